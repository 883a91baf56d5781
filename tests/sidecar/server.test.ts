import { startApp, startRawApp } from './support/app';
import { fetch, head, startGranting } from './support/exchange';
import { startJupyter, startWaiting } from './support/jupyter';
import { startSidecar } from './support/sidecar';
import type { Wire } from './support/wire';

/** Answer each request of a connection with its target. */
async function answerWithTargets(wire: Wire): Promise<void> {
  for (;;) {
    const [, target = ''] = (await wire.take('\r\n\r\n')).split(' ');
    await wire.send(
      `HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`
    );
  }
}

describe('a connection', () => {
  it('serves one request after the other', async () => {
    const sidecar = await startGranting();
    const port = await startApp((request, response) => {
      response.end(request.url);
    });
    const wire = await sidecar.connect();
    for (const target of ['/1', '/2', '/3']) {
      await wire.send(head('GET', `/jupyter/proxy/${port}${target}`));
      expect((await wire.response()).body).toBe(target);
    }
    expect(sidecar.sockets).toHaveLength(1);
  });

  it('reuses its connection to the app', async () => {
    const sidecar = await startGranting();
    const app = await startRawApp(wire => {
      answerWithTargets(wire).catch(() => undefined);
    });
    for (const target of ['/1', '/2', '/3']) {
      const request = head('GET', `/jupyter/proxy/${app.port}${target}`);
      expect((await fetch(sidecar, request)).body).toBe(target);
    }
    expect(app.wires).toHaveLength(1);
  });

  it('serves pipelined requests in their order, one at a time', async () => {
    const sidecar = await startGranting();
    const came: string[] = [];
    let underWay = 0;
    let most = 0;
    const port = await startApp((request, response) => {
      came.push(request.url ?? '');
      most = Math.max(most, ++underWay);
      response.once('close', () => underWay--);
      // The first takes longest.
      let turns = request.url === '/1' ? 50 : 0;
      const answer = (): void => {
        if (turns-- > 0) {
          setImmediate(answer);
        } else {
          response.end(request.url);
        }
      };
      answer();
    });
    const wire = await sidecar.connect();
    const targets = ['/1', '/2', '/3', '/4'];
    await wire.send(
      targets
        .map(target => head('GET', `/jupyter/proxy/${port}${target}`))
        .join('')
    );
    for (const target of targets) {
      expect((await wire.response()).body).toBe(target);
    }
    expect(came).toEqual(targets);
    expect(most).toBe(1);
  });

  it('mixes apps, Jupyter and answers of its own', async () => {
    const sidecar = await startGranting();
    const port = await startApp((_request, response) => {
      response.end('app');
    });
    const wire = await sidecar.connect();
    await wire.send(
      head('GET', `/jupyter/proxy/${port}/`) +
        head('GET', '/jupyter/lab?a=1') +
        head('GET', '/jupyter/proxy/65536/') +
        head('GET', `/jupyter/proxy/${port}`)
    );
    expect((await wire.response()).body).toBe('app');
    expect((await wire.response()).body).toBe(
      'Jupyter got GET /jupyter/lab?a=1'
    );
    expect((await wire.response()).status).toBe(404);
    expect((await wire.response()).status).toBe(302);
  });

  it('asks about each request, not about the connection', async () => {
    const jupyter = await startJupyter({ lifetimeMs: 60_000 });
    const sidecar = await startSidecar(jupyter);
    const port = await startApp((_request, response) => {
      response.end('app');
    });
    jupyter.judge = (request, response) => {
      if (request.headers.cookie === 'a=good') {
        response.writeHead(204, {
          'Porthole-Grant': JSON.stringify(jupyter.grantFor(request))
        });
      } else {
        response.writeHead(403, { 'Content-Length': 0 });
      }
      response.end();
    };
    const wire = await sidecar.connect();
    const statuses: number[] = [];
    for (const cookie of ['good', 'bad', 'good', 'bad']) {
      await wire.send(
        head('GET', `/jupyter/proxy/${port}/`, `Cookie: a=${cookie}`)
      );
      statuses.push((await wire.response()).status);
    }
    expect(statuses).toEqual([200, 403, 200, 403]);
  });

  it('ends when it begins without a preface', async () => {
    const sidecar = await startGranting();
    const wire = await sidecar.connect(head('GET', '/jupyter/lab'));
    expect(await wire.rest()).toBe('');
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    [
      'two framings',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400
    ],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    [
      'a head that is too long',
      head('GET', '/', `X-Long: ${'x'.repeat(65536)}`),
      431
    ]
  ])('ends after %s', async (_what, request, status) => {
    const sidecar = await startGranting();
    const wire = await sidecar.connect();
    await wire.send(request);
    expect((await wire.response()).status).toBe(status);
    expect(await wire.rest()).toBe('');
  });

  it('ends at a CONNECT behind an upload without a response', async () => {
    const { jupyter, asked } = await startWaiting();
    const sidecar = await startSidecar(jupyter);
    const wire = await sidecar.connect();
    await wire.send(
      `${head('POST', '/jupyter/proxy/1/', 'Content-Length: 1')}x`
    );
    await asked;
    await wire.send('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await wire.rest()).toBe('');
  });

  it('answers a CONNECT behind a plain request in its turn', async () => {
    const { jupyter, asked, refuse } = await startWaiting();
    const sidecar = await startSidecar(jupyter);
    const wire = await sidecar.connect();
    await wire.send(head('GET', '/jupyter/proxy/1/'));
    await asked;
    await wire.send('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
    refuse();
    expect((await wire.response()).status).toBe(403);
    expect((await wire.response()).status).toBe(405);
    expect(await wire.rest()).toBe('');
  });

  it('may close right after a CONNECT', async () => {
    const sidecar = await startGranting();
    const wire = await sidecar.connect();
    const closed = new Promise<void>(resolve => {
      sidecar.sockets[0]?.once('close', () => {
        resolve();
      });
    });
    await wire.send('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
    wire.socket.destroy();
    await closed;
    expect((await fetch(sidecar, head('GET', '/jupyter/lab'))).status).toBe(
      200
    );
  });

  it('has no CONNECT', async () => {
    const sidecar = await startGranting();
    const wire = await sidecar.connect();
    await wire.send(
      'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22\r\n\r\n'
    );
    expect((await wire.response()).status).toBe(405);
    expect(await wire.rest()).toBe('');
  });
});
