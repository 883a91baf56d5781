import { type IRawApp, startApp, startRawApp } from './support/app';
import { fetch, head, startGranting } from './support/exchange';
import { values } from './support/message';
import type { ISidecar } from './support/sidecar';
import type { Wire } from './support/wire';

const OK = 'HTTP/1.1 200 OK\r\n';

/** What makes a request without a body one that is not plain. */
const EMPTY = 'Content-Length: 0';

/** A client's request that Node's server has read, and the app that has got it. */
async function open(method = 'GET'): Promise<{
  sidecar: ISidecar;
  client: Wire;
  rawApp: IRawApp;
  app: Wire;
}> {
  const sidecar = await startGranting();
  const rawApp = await startRawApp();
  const client = await sidecar.connect();
  await client.send(head(method, `/jupyter/proxy/${rawApp.port}/`, EMPTY));
  const app = await rawApp.next();
  await app.take('\r\n\r\n');
  return { sidecar, client, rawApp, app };
}

describe.each(['GET', 'POST'])('a %s that is not plain', method => {
  it('streams its response, with hints and trailers', async () => {
    const { client, app } = await open(method);
    await app.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
    expect(values(await client.response(), 'Link')).toEqual(['</a>']);
    await app.send(`${OK}Transfer-Encoding: chunked\r\nx-B: \xe9\r\n\r\n`);
    expect(await client.take('\r\n\r\n')).toContain('x-B: \xe9\r\n');
    await app.send('5\r\nfirst\r\n');
    expect(await client.take('first\r\n')).toBe('5\r\nfirst\r\n');
    await app.send('4\r\nlast\r\n0\r\nX-Sum: 9\r\n\r\n');
    expect(await client.take('\r\n\r\n')).toBe(
      '4\r\nlast\r\n0\r\nX-Sum: 9\r\n\r\n'
    );
  });

  it('ends the app’s side when the client leaves', async () => {
    const { client, app } = await open(method);
    await app.send(`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n`);
    await client.until(() => client.received.includes('part'));
    client.socket.destroy();
    await app.until(() => app.hasEnded);
  });

  it.each([
    ['in chunks', 'Transfer-Encoding: chunked', '4\r\npart\r\n'],
    ['of a known length', 'Content-Length: 1000', 'part'],
    ['with a bad chunk', 'Transfer-Encoding: chunked', '4\r\npart\r\nx\r\n']
  ])(
    'never looks complete when a body %s breaks',
    async (_what, field, part) => {
      const { client, app } = await open(method);
      await app.send(`${OK}${field}\r\n\r\n${part}`);
      await client.until(() => client.received.includes('part'));
      app.socket.end();
      expect(await client.rest()).not.toContain('\r\n0\r\n');
    }
  );

  it('is 502 when the app breaks off before its response', async () => {
    const { client, app } = await open(method);
    app.socket.destroy();
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['broke-off']);
  });

  it('is 502 when what listens speaks another language', async () => {
    const { client, app } = await open(method);
    await app.send('SSH-2.0-OpenSSH_9.2p1\r\n');
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['no-pages']);
    expect(response.body).toContain('SSH listens on port');
  });

  it('gets a response that ends with the app’s connection', async () => {
    const { client, app } = await open(method);
    app.socket.end(`${OK}\r\nall of it`);
    expect((await client.response()).body).toBe('all of it');
  });

  it('gets no bytes behind the response', async () => {
    const { client, app } = await open(method);
    await app.send(`${OK}Content-Length: 4\r\n\r\ngood${OK}\r\nevil`);
    expect((await client.response()).body).toBe('good');
    await app.until(() => app.hasEnded);
    await client.send(head('GET', '/jupyter/lab'));
    expect((await client.response()).body).toBe('Jupyter got GET /jupyter/lab');
  });

  it('gets a large response as it is, however slowly it is read', async () => {
    const sidecar = await startGranting();
    const lines = Array.from({ length: 400_000 }, (_line, at) => `${at}\n`);
    const text = lines.join('');
    const port = await startApp((_request, response) => {
      response.setHeader('Content-Length', text.length);
      response.end(text);
    });
    const request = head(method, `/jupyter/proxy/${port}/`, EMPTY);
    const client = await sidecar.connect();
    client.socket.pause();
    await client.send(request);
    // Others read on meanwhile.
    for (let count = 0; count < 2; count += 1) {
      expect((await fetch(sidecar, request)).body === text).toBe(true);
    }
    client.socket.resume();
    expect((await client.response()).body === text).toBe(true);
    await client.send(request);
    expect((await client.response()).body === text).toBe(true);
  });
});

describe('a HEAD that is not plain', () => {
  it('has no body and keeps its length', async () => {
    const { client, app } = await open('HEAD');
    await app.send(`${OK}Content-Length: 5\r\n\r\n`);
    const response = await client.response(true);
    expect(values(response, 'Content-Length')).toEqual(['5']);
    await client.send(head('GET', '/jupyter/lab'));
    expect((await client.response()).body).toBe('Jupyter got GET /jupyter/lab');
  });
});

describe('a POST without a body', () => {
  /*
   * An app may close an idle connection just as a request is sent. Whether it has
   * acted on it is unknown then, and a form must not be sent twice.
   */
  it('is sent once, on a connection of its own', async () => {
    const { sidecar, client, app, rawApp } = await open();
    await app.send(`${OK}Content-Length: 2\r\n\r\nhi`);
    await client.response();
    const other = await sidecar.connect();
    const target = `/jupyter/proxy/${rawApp.port}/`;
    await other.send(head('POST', target, EMPTY));
    const second = await rawApp.next();
    expect(await second.take('\r\n\r\n')).toMatch(/^POST \/ /);
    second.socket.destroy();
    expect((await other.response()).status).toBe(502);
    expect(rawApp.wires).toHaveLength(2);
    expect(app.received).toBe('');
  });
});

describe('a GET on a used connection', () => {
  it.each(['plain', 'not plain'])(
    'that the app closes then is repeated once: %s',
    async kind => {
      const { sidecar, client, app, rawApp } = await open();
      await app.send(`${OK}Content-Length: 2\r\n\r\nhi`);
      await client.response();
      const other = await sidecar.connect();
      const fields = kind === 'plain' ? [] : [EMPTY];
      const target = `/jupyter/proxy/${rawApp.port}/`;
      await other.send(head('GET', target, ...fields));
      await app.take('\r\n\r\n');
      app.socket.destroy();
      const second = await rawApp.next();
      await second.take('\r\n\r\n');
      await second.send(`${OK}Content-Length: 5\r\n\r\nagain`);
      expect((await other.response()).body).toBe('again');
      expect(rawApp.wires).toHaveLength(2);
    }
  );
});

describe('a client of HTTP/1.0', () => {
  it('gets a response without chunks that ends with the connection', async () => {
    const sidecar = await startGranting();
    const port = await startApp((_request, response) => {
      response.write('all ');
      response.end('of it');
    });
    const client = await sidecar.connect();
    await client.send(`GET /jupyter/proxy/${port}/ HTTP/1.0\r\n\r\n`);
    const got = await client.rest();
    expect(got).not.toMatch(/transfer-encoding/i);
    expect(got).toMatch(/\r\n\r\nall of it$/);
  });
});
