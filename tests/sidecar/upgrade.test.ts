import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';

import { type IRawApp, startRawApp } from './support/app';
import { startJupyter, startWaiting } from './support/jupyter';
import { freePort, listenOnPath, socketPath } from './support/listen';
import { fieldsOf, values } from './support/message';
import { type ISidecar, startSidecar } from './support/sidecar';
import type { Wire } from './support/wire';

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n';

/** A WebSocket handshake. */
function handshake(target: string, ...fields: string[]): string {
  return [
    `GET ${target} HTTP/1.1`,
    'Host: hub.example',
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...fields,
    '',
    ''
  ].join('\r\n');
}

/** The client's and the app's ends of a handshake that the app has. */
async function open(...fields: string[]): Promise<{
  sidecar: ISidecar;
  rawApp: IRawApp;
  client: Wire;
  app: Wire;
  head: string;
}> {
  const sidecar = await startSidecar(await startJupyter());
  const rawApp = await startRawApp();
  const client = await sidecar.connect();
  await client.send(
    handshake(`/jupyter/proxy/${rawApp.port}/ws?a=%2F`, ...fields)
  );
  const app = await rawApp.next();
  return { sidecar, rawApp, client, app, head: await app.take('\r\n\r\n') };
}

/** The two ends after the app's 101. */
async function openSpliced(): Promise<{ client: Wire; app: Wire }> {
  const { client, app } = await open();
  await app.send(SWITCHING);
  await client.take('\r\n\r\n');
  return { client, app };
}

describe('a handshake', () => {
  it('reaches the app like any request, with its upgrade', async () => {
    const { head } = await open(
      'Cookie: username-localhost-8888=s; a=1',
      'Origin: http://hub.example'
    );
    expect(head).toMatch(/^GET \/ws\?a=%2F HTTP\/1\.1\r\n/);
    const message = { headers: fieldsOf(head) };
    expect(values(message, 'Upgrade')).toEqual(['websocket']);
    expect(values(message, 'Connection')).toEqual(['Upgrade']);
    expect(values(message, 'Sec-WebSocket-Version')).toEqual(['13']);
    expect(values(message, 'Host')[0]).toMatch(/^localhost:/);
    expect(values(message, 'Origin')[0]).toMatch(/^http:\/\/localhost:/);
    expect(values(message, 'Cookie')).toEqual(['a=1']);
    expect(values(message, 'X-Forwarded-For')).toEqual(['192.0.2.7']);
    expect(values(message, 'X-Forwarded-Prefix')).toHaveLength(1);
  });

  it('is answered by the app’s own 101', async () => {
    const { client, app } = await open();
    expect(client.received).toBe('');
    await app.send(
      SWITCHING.replace(
        'x\r\n',
        'x\r\nSec-WebSocket-Protocol: v2\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n'
      )
    );
    const head = await client.take('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    const message = { headers: fieldsOf(head) };
    expect(values(message, 'Upgrade')).toEqual(['websocket']);
    expect(values(message, 'Connection')).toEqual(['Upgrade']);
    expect(values(message, 'Sec-WebSocket-Protocol')).toEqual(['v2']);
    expect(values(message, 'Set-Cookie')).toEqual(['a=1', 'b=2']);
  });

  it('loses no bytes that come with it, in either direction', async () => {
    const sidecar = await startSidecar(await startJupyter());
    const rawApp = await startRawApp();
    const client = await sidecar.connect();
    await client.send(
      `${handshake(`/jupyter/proxy/${rawApp.port}/`)}\x81\x02hi`
    );
    const app = await rawApp.next();
    await app.take('\r\n\r\n');
    await app.send(`${SWITCHING}\x81\x02ho`);
    await client.take('\r\n\r\n');
    expect(await client.takeBytes(4)).toBe('\x81\x02ho');
    expect(await app.takeBytes(4)).toBe('\x81\x02hi');
  });

  it('splices the two connections: bytes pass unread', async () => {
    const { client, app } = await openSpliced();
    const bytes = Buffer.from(
      Array.from({ length: 300_000 }, (_byte, index) => index % 251)
    );
    await Promise.all([client.send(bytes), app.send(bytes)]);
    const text = bytes.toString('latin1');
    expect((await app.takeBytes(bytes.length)) === text).toBe(true);
    expect((await client.takeBytes(bytes.length)) === text).toBe(true);
  });

  it('that the app refuses ends the connection', async () => {
    const { client, app, rawApp } = await open();
    await client.send(
      'GET /jupyter/proxy/1/unjudged HTTP/1.1\r\nHost: a\r\n\r\n'
    );
    await app.send(
      'HTTP/1.1 403 No way\r\nx-B: 1\r\nX-a: 2\r\nContent-Length: 2\r\n\r\nno'
    );
    const response = await client.response();
    expect(response.status).toBe(403);
    expect(response.reason).toBe('No way');
    expect(response.headers.slice(0, 2)).toEqual([
      ['x-B', '1'],
      ['X-a', '2']
    ]);
    expect(response.body).toBe('no');
    expect(await client.rest()).toBe('');
    await app.until(() => app.hasEnded);
    expect(app.received).toBe('');
    expect(rawApp.wires).toHaveLength(1);
  });

  it('that nobody takes is 502', async () => {
    const sidecar = await startSidecar(await startJupyter());
    const client = await sidecar.connect();
    await client.send(handshake(`/jupyter/proxy/${await freePort()}/`));
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['not-listening']);
    expect(await client.rest()).toBe('');
  });

  it('that the app breaks off is 502', async () => {
    const { client, app } = await open();
    app.socket.destroy();
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['broke-off']);
  });

  it('that what listens doesn’t understand is 502', async () => {
    const { client, app } = await open();
    await app.send('SSH-2.0-OpenSSH_9.2p1\r\n');
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['no-pages']);
  });

  /*
   * Node's parser stumbles over the body after the answer has begun. To answer again would
   * be an error that ends the sidecar, and all connections with it.
   */
  it.each([
    ['more than it announces', 'Content-Length: 2\r\n\r\nno more'],
    [
      'a malformed chunk',
      'Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\nzz\r\n'
    ],
    ['trailers that can’t come', 'Trailer: X\r\nContent-Length: 2\r\n\r\nno']
  ])(
    'that the app refuses with %s ends the connection',
    async (_what, rest) => {
      const { sidecar, client, app } = await open();
      await app.send(`HTTP/1.1 403 No way\r\n${rest}`);
      expect(await client.rest()).toMatch(/^(?:HTTP\/1\.1 403 No way\r\n|$)/);
      const next = await sidecar.connect();
      await next.send('GET /jupyter/lab HTTP/1.1\r\nHost: a\r\n\r\n');
      expect((await next.response()).status).toBe(200);
    }
  );

  it('that Jupyter refuses reaches no app and ends the connection', async () => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(403, {
        'Content-Type': 'text/plain',
        'Content-Length': 2
      });
      response.end('no');
    };
    const sidecar = await startSidecar(jupyter);
    const rawApp = await startRawApp();
    const client = await sidecar.connect();
    await client.send(handshake(`/jupyter/proxy/${rawApp.port}/`));
    const response = await client.response();
    expect(response.status).toBe(403);
    expect(response.body).toBe('no');
    expect(await client.rest()).toBe('');
    expect(rawApp.wires).toEqual([]);
  });

  it('to no port is 404', async () => {
    const sidecar = await startSidecar({ path: socketPath() });
    const client = await sidecar.connect();
    await client.send(handshake('/jupyter/proxy/x/'));
    expect((await client.response()).status).toBe(404);
    expect(await client.rest()).toBe('');
  });

  it('with a body is 400: it could be read in two ways', async () => {
    const sidecar = await startSidecar({ path: socketPath() });
    const client = await sidecar.connect();
    await client.send(
      `${handshake('/jupyter/proxy/1/', 'Content-Length: 4')}body`
    );
    expect((await client.response()).status).toBe(400);
    expect(await client.rest()).toBe('');
  });

  it('behind an upload without a response ends the connection', async () => {
    const { jupyter, asked } = await startWaiting();
    const sidecar = await startSidecar(jupyter);
    const client = await sidecar.connect();
    await client.send(
      'POST /jupyter/proxy/1/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx'
    );
    await asked;
    await client.send(handshake('/jupyter/proxy/1/'));
    expect(await client.rest()).toBe('');
  });

  it('behind a plain request is carried when its turn comes', async () => {
    const sidecar = await startSidecar(await startJupyter());
    const rawApp = await startRawApp();
    const client = await sidecar.connect();
    const path = `/jupyter/proxy/${rawApp.port}`;
    await client.send(`GET ${path}/1 HTTP/1.1\r\nHost: a\r\n\r\n`);
    const first = await rawApp.next();
    await first.take('\r\n\r\n');
    await client.send(`${handshake(`${path}/ws`)}\x81\x02hi`);
    await first.send('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none');
    expect((await client.response()).body).toBe('one');
    const second = await rawApp.next();
    expect(await second.take('\r\n\r\n')).toMatch(/^GET \/ws /);
    await second.send(SWITCHING);
    expect(await client.take('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
    expect(await second.takeBytes(4)).toBe('\x81\x02hi');
  });

  it('whose client leaves while Jupyter is asked does no harm', async () => {
    const jupyter = await startJupyter();
    let refuse = (): void => undefined;
    const asked = new Promise<void>(resolve => {
      jupyter.judge = (_request, response) => {
        refuse = () => {
          response.writeHead(403, { 'Content-Length': 2 });
          response.end('no');
        };
        resolve();
      };
    });
    const sidecar = await startSidecar(jupyter);
    const client = await sidecar.connect();
    await client.send(handshake('/jupyter/proxy/1/'));
    await asked;
    const left = new Promise<void>(resolve => {
      sidecar.sockets[0]?.once('close', () => {
        resolve();
      });
    });
    client.socket.destroy();
    refuse();
    await left;
    const other = await sidecar.connect();
    await other.send('GET /jupyter/lab HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await other.response()).status).toBe(200);
  });

  it('may follow other requests on its connection', async () => {
    const sidecar = await startSidecar(await startJupyter());
    const rawApp = await startRawApp();
    const client = await sidecar.connect();
    await client.send('GET /jupyter/lab HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.response()).body).toBe('Jupyter got GET /jupyter/lab');
    await client.send(handshake(`/jupyter/proxy/${rawApp.port}/`));
    const app = await rawApp.next();
    await app.take('\r\n\r\n');
    await app.send(SWITCHING);
    expect(await client.take('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('for another protocol is an ordinary request', async () => {
    const sidecar = await startSidecar(await startJupyter());
    const rawApp = await startRawApp();
    const client = await sidecar.connect();
    await client.send(
      handshake(`/jupyter/proxy/${rawApp.port}/`).replace(
        'Upgrade: websocket',
        'Upgrade: h2c'
      )
    );
    const app = await rawApp.next();
    const head = await app.take('\r\n\r\n');
    expect(values({ headers: fieldsOf(head) }, 'Upgrade')).toEqual([]);
    await app.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    expect((await client.response()).body).toBe('hi');
  });
});

describe('spliced connections', () => {
  it('end with the client', async () => {
    const { client, app } = await openSpliced();
    client.socket.destroy();
    await app.until(() => app.hasEnded);
  });

  it('end with the app', async () => {
    const { client, app } = await openSpliced();
    app.socket.destroy();
    await client.until(() => client.hasEnded);
  });

  it('pass on what was sent last', async () => {
    const { client, app } = await openSpliced();
    app.socket.end('\x88\x02\x03\xe8', 'latin1');
    expect(await client.rest()).toBe('\x88\x02\x03\xe8');
  });
});

describe('a handshake that is not proxied', () => {
  it('is carried to Jupyter, without a question', async () => {
    const path = socketPath();
    const server = createServer();
    const targets: string[] = [];
    server.on('upgrade', (request, socket: Duplex) => {
      targets.push(request.url ?? '');
      socket.write(SWITCHING);
      socket.pipe(socket);
    });
    await listenOnPath(server, path);
    const sidecar = await startSidecar({ path });
    const client = await sidecar.connect();
    await client.send(handshake('/jupyter/api/kernels/1/channels'));
    expect(await client.take('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
    await client.send('echo');
    expect(await client.takeBytes(4)).toBe('echo');
    expect(targets).toEqual(['/jupyter/api/kernels/1/channels']);
  });

  it('is answered 503 while Jupyter is gone', async () => {
    const sidecar = await startSidecar({ path: socketPath() });
    const client = await sidecar.connect();
    await client.send(handshake('/jupyter/api/kernels/1/channels'));
    expect((await client.response()).status).toBe(503);
  });
});

describe('a client that waits for its upgrade', () => {
  it('ends the app’s side when it leaves', async () => {
    const { client, app } = await open();
    client.socket.destroy();
    await app.until(() => app.hasEnded);
  });

  it('may send before it is upgraded', async () => {
    const { client, app } = await open();
    await client.send('early');
    await app.send(SWITCHING);
    await app.take('early');
  });

  it('gets an answer with many headers', async () => {
    const { client, app } = await open();
    const long = `X-Long: ${'x'.repeat(40_000)}`;
    await app.send(`HTTP/1.1 403 No\r\n${long}\r\nContent-Length: 0\r\n\r\n`);
    expect(await client.take('\r\n\r\n')).toContain(long);
  });
});
