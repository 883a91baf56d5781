import { REFUSAL_HEADER } from '../../src/protocol/grant';
import { startApp, startRawApp } from './support/app';
import { fetch, head, startGranting } from './support/exchange';
import { NO_DETAILS, startJupyter } from './support/jupyter';
import { values } from './support/message';
import { startSidecar } from './support/sidecar';

describe('a refusal', () => {
  it('of Jupyter reaches the client, and nothing the app', async () => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(302, {
        Location: '/jupyter/login?next=x',
        'Set-Cookie': ['a=1', 'b=2'],
        'Content-Length': 2
      });
      response.end('no');
    };
    const sidecar = await startSidecar(jupyter);
    const app = await startRawApp();
    const response = await fetch(
      sidecar,
      head('GET', `/jupyter/proxy/${app.port}/`)
    );
    expect(response.status).toBe(302);
    expect(values(response, 'Location')).toEqual(['/jupyter/login?next=x']);
    expect(values(response, 'Set-Cookie')).toEqual(['a=1', 'b=2']);
    expect(response.body).toBe('no');
    expect(app.wires).toEqual([]);
  });

  it('has one framing, whatever Jupyter’s was', async () => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(403, { Connection: 'close' });
      response.write('no');
      response.end(' way');
    };
    const sidecar = await startSidecar(jupyter);
    const response = await fetch(sidecar, head('GET', '/jupyter/proxy/1/'));
    expect(values(response, 'Transfer-Encoding')).toEqual([]);
    expect(values(response, 'Content-Length')).toEqual(['6']);
    expect(values(response, 'Connection')).toEqual(['keep-alive']);
    expect(response.body).toBe('no way');
  });

  it.each(['cross-site', 'foreign-port'])('%s is worded here', async reason => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(403, { [REFUSAL_HEADER]: reason });
      response.end(NO_DETAILS);
    };
    const sidecar = await startSidecar(jupyter);
    const app = await startRawApp();
    const response = await fetch(
      sidecar,
      head('GET', `/jupyter/proxy/${app.port}/`)
    );
    expect(response.status).toBe(403);
    expect(values(response, 'Porthole-Answer')).toEqual([reason]);
    expect(app.wires).toEqual([]);
  });

  it('keeps a client that waits for 100 from sending its body', async () => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(403);
      response.end();
    };
    const sidecar = await startSidecar(jupyter);
    const request = head(
      'POST',
      '/jupyter/proxy/1/',
      'Content-Length: 9',
      'Expect: 100-continue'
    );
    expect((await fetch(sidecar, request)).status).toBe(403);
  });

  it.each(['0', '65536', '08501', '8501@evil', 'evil', ''])(
    'answers the port "%s" without a question',
    async port => {
      const jupyter = await startJupyter();
      const sidecar = await startSidecar(jupyter);
      const response = await fetch(
        sidecar,
        head('GET', `/jupyter/proxy/${port}/`)
      );
      expect(response.status).toBe(404);
      expect(jupyter.questions).toEqual([]);
    }
  );
});

describe('a missing slash', () => {
  it.each([
    ['GET', ''],
    ['HEAD', '?a=%2F']
  ])('is added for %s', async (method, query) => {
    const sidecar = await startGranting();
    const response = await fetch(
      sidecar,
      head(method, `/jupyter/proxy/1${query}`)
    );
    expect(response.status).toBe(302);
    expect(values(response, 'Location')).toEqual([`/jupyter/proxy/1/${query}`]);
  });

  it('makes a POST one of the root', async () => {
    const sidecar = await startGranting();
    const port = await startApp((request, response) => {
      response.end(`${request.method} ${request.url}`);
    });
    const request = head('POST', `/jupyter/proxy/${port}`, 'Content-Length: 0');
    expect((await fetch(sidecar, request)).body).toBe('POST /');
  });
});
