import { startApp, startRawApp } from './support/app';
import { fetch, head, startGranting } from './support/exchange';
import { startJupyter } from './support/jupyter';
import { freePort } from './support/listen';
import { values } from './support/message';
import { startSidecar } from './support/sidecar';
import type { Wire } from './support/wire';

describe('a response', () => {
  /** The client's and the app's ends of a request that the app has. */
  async function open(
    ...fields: string[]
  ): Promise<{ client: Wire; app: Wire; port: number }> {
    const sidecar = await startGranting();
    const rawApp = await startRawApp();
    const client = await sidecar.connect();
    await client.send(head('GET', `/jupyter/proxy/${rawApp.port}/`, ...fields));
    const app = await rawApp.next();
    await app.take('\r\n\r\n');
    return { client, app, port: rawApp.port };
  }

  it('keeps status, reason, order, case, duplicates and bytes', async () => {
    const { client, app } = await open();
    await app.send(
      'HTTP/1.1 299 Fine so\r\nx-B: 1\r\nX-a: \xe9\r\nX-b: 2\r\nContent-Length: 1\r\n\r\n\xff'
    );
    const response = await client.response();
    expect(response.status).toBe(299);
    expect(response.reason).toBe('Fine so');
    expect(response.headers.slice(0, 4)).toEqual([
      ['x-B', '1'],
      ['X-a', '\xe9'],
      ['X-b', '2'],
      ['Content-Length', '1']
    ]);
    expect(response.body).toBe('\xff');
  });

  it('streams: head and parts come before the end', async () => {
    const { client, app } = await open();
    await app.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(await client.take('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await app.send('5\r\nfirst\r\n');
    expect(await client.take('first\r\n')).toBe('5\r\nfirst\r\n');
    await app.send('6\r\nsecond\r\n');
    expect(await client.take('second\r\n')).toBe('6\r\nsecond\r\n');
    await app.send('0\r\n\r\n');
    expect(await client.take('0\r\n\r\n')).toBe('0\r\n\r\n');
  });

  /*
   * Node throws for an announcement of trailers where there can be none, so any app could
   * end the sidecar, and all connections with it.
   */
  it.each([
    ['200 OK\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nhi', 'hi'],
    ['304 Not Modified\r\nTrailer: X-Sum\r\n\r\n', ''],
    ['204 No Content\r\ntrailer: X-Sum\r\n\r\n', '']
  ])('may announce trailers that can’t come: %j', async (answer, body) => {
    const sidecar = await startGranting();
    const app = await startRawApp(wire => {
      void wire.take('\r\n\r\n').then(() => wire.send(`HTTP/1.1 ${answer}`));
    });
    const request = head(
      'POST',
      `/jupyter/proxy/${app.port}/`,
      'Content-Length: 1'
    );
    const response = await fetch(sidecar, `${request}x`);
    expect(response.status).toBe(Number(answer.slice(0, 3)));
    expect(response.body).toBe(body);
    expect(values(response, 'Trailer')).toEqual([]);
  });

  it('keeps its trailers', async () => {
    const { client, app } = await open('TE: trailers');
    await app.send(
      'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 42\r\nx-Two: 2\r\n\r\n'
    );
    const response = await client.response();
    expect(response.body).toBe('hi');
    expect(response.trailers).toEqual([
      ['X-Sum', '42'],
      ['x-Two', '2']
    ]);
  });

  it.each([
    ['204', 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n'],
    [
      '304',
      'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 5\r\n\r\n'
    ]
  ])('%s has no body', async (status, bytes) => {
    const { client, app } = await open();
    await app.send(bytes);
    const response = await client.response();
    expect(response.status).toBe(Number(status));
    expect(values(response, 'Transfer-Encoding')).toEqual([]);
    expect(client.received).toBe('');
  });

  it('to HEAD keeps its length', async () => {
    const sidecar = await startGranting();
    const port = await startApp((_request, response) => {
      response.setHeader('Content-Length', 12345);
      response.end();
    });
    const response = await fetch(
      sidecar,
      head('HEAD', `/jupyter/proxy/${port}/`)
    );
    expect(values(response, 'Content-Length')).toEqual(['12345']);
  });

  it('that ends with its connection is complete for the client', async () => {
    const { client, app } = await open();
    app.socket.end('HTTP/1.1 200 OK\r\n\r\nall of it');
    expect((await client.response()).body).toBe('all of it');
  });

  it('may be announced by early hints', async () => {
    const { client, app } = await open();
    await app.send(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; as=style\r\n\r\n'
    );
    const hints = await client.response();
    expect(hints.status).toBe(103);
    expect(values(hints, 'Link')).toEqual(['</a.css>; rel=preload; as=style']);
    await app.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    expect((await client.response()).body).toBe('hi');
  });

  // Node's own writer of early hints throws at both.
  it.each([
    '</a.css>; rel=preload, </b.css>; rel=preload',
    '</a.css>; rel="preload stylesheet"'
  ])('may be announced by the odd hint %s', async link => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const client = await sidecar.connect();
    await client.send(
      `${head('POST', `/jupyter/proxy/${app.port}/`, 'Content-Length: 1')}x`
    );
    const upstream = await app.next();
    await upstream.take('\r\n\r\n');
    await upstream.send(`HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n\r\n`);
    const hints = await client.response();
    expect(hints.status).toBe(103);
    expect(values(hints, 'Link')).toEqual([link]);
    await upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    expect((await client.response()).body).toBe('hi');
  });

  it('is confined to the app', async () => {
    const { client, app, port } = await open();
    await app.send(
      `HTTP/1.1 302 Found\r\nLocation: http://localhost:${port}/x\r\nSet-Cookie: a=1; Path=/\r\nClear-Site-Data: "*"\r\nContent-Length: 0\r\n\r\n`
    );
    const response = await client.response();
    expect(values(response, 'Location')).toEqual([`/jupyter/proxy/${port}/x`]);
    expect(values(response, 'Set-Cookie')).toEqual([
      `a=1; Path=/jupyter/proxy/${port}`
    ]);
    expect(values(response, 'Clear-Site-Data')).toEqual([]);
  });

  it.each([
    ['chunked', 'Transfer-Encoding: chunked', '4\r\npart\r\n'],
    ['of a known length', 'Content-Length: 1000', 'part']
  ])(
    'that is %s and breaks never looks complete',
    async (_what, field, part) => {
      const { client, app } = await open();
      await app.send(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n${part}`);
      await client.until(() => client.received.includes(part));
      app.socket.destroy();
      const got = await client.rest();
      expect(got).toContain(part);
      expect(got).not.toContain('\r\n0\r\n');
    }
  );

  it('that breaks during an upload never looks complete', async () => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const client = await sidecar.connect();
    await client.send(
      head('POST', `/jupyter/proxy/${app.port}/`, 'Content-Length: 100')
    );
    const upstream = await app.next();
    await upstream.send(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'
    );
    await client.until(() => client.received.includes('part'));
    upstream.socket.destroy();
    expect(await client.rest()).not.toContain('\r\n0\r\n');
  });

  it.each(['GET', 'POST'])('to %s that never begins is 502', async method => {
    const sidecar = await startGranting();
    const app = await startRawApp(wire => {
      wire.take('\r\n\r\n').then(
        () => wire.socket.destroy(),
        () => undefined
      );
    });
    const request = head(
      method,
      `/jupyter/proxy/${app.port}/`,
      'Content-Length: 1'
    );
    const response = await fetch(sidecar, `${request}x`);
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['broke-off']);
  });

  it.each(['GET', 'POST'])(
    'to %s is 502 where nothing listens',
    async method => {
      const sidecar = await startGranting();
      const port = await freePort();
      const body = method === 'POST' ? 'x' : '';
      const request = head(
        method,
        `/jupyter/proxy/${port}/`,
        `Content-Length: ${body.length}`
      );
      const response = await fetch(sidecar, request + body);
      expect(response.status).toBe(502);
      expect(values(response, 'Porthole-Answer')).toEqual(['not-listening']);
      expect(response.body).toContain(`port ${port}`);
    }
  );

  it.each(['GET', 'POST'])(
    'to %s is 504 when it takes too long',
    async method => {
      const sidecar = await startSidecar(await startJupyter(), {
        responseTimeoutMs: 50
      });
      const app = await startRawApp();
      const body = method === 'POST' ? 'x' : '';
      const request = head(
        method,
        `/jupyter/proxy/${app.port}/`,
        `Content-Length: ${body.length}`
      );
      const response = await fetch(sidecar, request + body);
      expect(response.status).toBe(504);
      expect(values(response, 'Porthole-Answer')).toEqual(['response-timeout']);
      await (await app.next()).until(() => app.wires[0]?.hasEnded === true);
    }
  );
});

describe('a slow reader', () => {
  /** Read and count a chunked response of which nothing is kept. */
  function countAll(wire: Wire): Promise<number> {
    return new Promise(resolve => {
      let count = 0;
      wire.socket.removeAllListeners('data');
      wire.socket.on('data', (chunk: Buffer) => {
        count += chunk.length;
        if (chunk.subarray(-7).toString('latin1') === '\r\n0\r\n\r\n') {
          resolve(count);
        }
      });
      wire.socket.resume();
    });
  }

  it('holds the app back, no one else, and gets everything in the end', async () => {
    const sidecar = await startGranting();
    const size = 32 * 1024 * 1024;
    const sent: Record<string, number> = {};
    const port = await startApp((request, response) => {
      const part = Buffer.alloc(64 * 1024, 'x');
      const name = request.url ?? '';
      sent[name] = 0;
      const more = (): void => {
        while ((sent[name] ?? size) < size) {
          sent[name] = (sent[name] ?? 0) + part.length;
          if (!response.write(part)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const [slow, fast] = [await sidecar.connect(), await sidecar.connect()];
    slow.socket.pause();
    await slow.send(head('GET', `/jupyter/proxy/${port}/slow`));
    await fast.send(head('GET', `/jupyter/proxy/${port}/fast`));
    expect(await countAll(fast)).toBeGreaterThan(size);
    expect(sent['/slow']).toBeLessThan(size / 4);
    expect(await countAll(slow)).toBeGreaterThan(size);
  });
});
