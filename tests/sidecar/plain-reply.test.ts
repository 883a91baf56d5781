import { type IRawApp, startApp, startRawApp } from './support/app';
import { head, startGranting } from './support/exchange';
import { startJupyter } from './support/jupyter';
import { freePort } from './support/listen';
import { type IResponse, values } from './support/message';
import { Random } from './support/random';
import { type ISidecar, startSidecar } from './support/sidecar';
import type { Wire } from './support/wire';

const OK = 'HTTP/1.1 200 OK\r\n';

/** A client's own connection, and an app that has got its request. */
async function open(
  method: 'GET' | 'HEAD' = 'GET',
  ...fields: string[]
): Promise<{
  sidecar: ISidecar;
  client: Wire;
  rawApp: IRawApp;
  app: Wire;
  request: string;
}> {
  const sidecar = await startGranting();
  const rawApp = await startRawApp();
  const client = await sidecar.enter();
  const request = head(method, `/jupyter/proxy/${rawApp.port}/`, ...fields);
  await client.send(request);
  const app = await rawApp.next();
  await app.take('\r\n\r\n');
  return { sidecar, client, rawApp, app, request };
}

/** The next response on a connection shows that there was nothing in between. */
async function expectNothingBefore(client: Wire): Promise<void> {
  await client.send(head('GET', '/jupyter/lab'));
  expect((await client.response()).body).toBe('Jupyter got GET /jupyter/lab');
}

describe('a response to a plain request', () => {
  it('keeps status, reason, order, case, duplicates and bytes', async () => {
    const { client, app } = await open();
    await app.send(
      'HTTP/1.1 299 F\xefne  so\r\nx-B: 1\r\nX-a: \xe9\r\nX-b:\r\nContent-Length: 1\r\n\r\n\xff'
    );
    const response = await client.response();
    expect(response.status).toBe(299);
    expect(response.reason).toBe('F\xefne  so');
    expect(response.headers).toEqual([
      ['x-B', '1'],
      ['X-a', '\xe9'],
      ['X-b', ''],
      ['Content-Length', '1'],
      ['Connection', 'keep-alive'],
      ['Keep-Alive', 'timeout=75']
    ]);
    expect(response.body).toBe('\xff');
  });

  it('loses what ends here, and is confined to the app', async () => {
    const { client, app, rawApp } = await open();
    await app.send(
      `${OK}Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\nUpgrade: h2c\r\nLocation: /x\r\nSet-Cookie: a=1; Path=/\r\nClear-Site-Data: "*"\r\nContent-Length: 0\r\n\r\n`
    );
    const path = `/jupyter/proxy/${rawApp.port}`;
    expect((await client.response()).headers).toEqual([
      ['Location', `${path}/x`],
      ['Set-Cookie', `a=1; Path=${path}`],
      ['Content-Length', '0'],
      ['Connection', 'keep-alive'],
      ['Keep-Alive', 'timeout=75']
    ]);
    await expectNothingBefore(client);
  });

  it('streams: head and parts come before the end', async () => {
    const { client, app } = await open();
    await app.send(`${OK}Transfer-Encoding: chunked\r\n\r\n`);
    expect(await client.take('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await app.send('5\r\nfirst\r\n');
    expect(await client.take('first\r\n')).toBe('5\r\nfirst\r\n');
    await app.send('6;ext\r\nsecond\r\n');
    expect(await client.take('second\r\n')).toBe('6\r\nsecond\r\n');
    await app.send('0\r\n\r\n');
    expect(await client.take('0\r\n\r\n')).toBe('0\r\n\r\n');
    await expectNothingBefore(client);
  });

  it('streams parts of a known length', async () => {
    const { client, app } = await open();
    await app.send(`${OK}Content-Length: 11\r\n\r\nfirst`);
    await client.until(() => client.received.endsWith('\r\n\r\nfirst'));
    await app.send('second');
    expect((await client.response()).body).toBe('firstsecond');
  });

  it('streams a part of a chunk', async () => {
    const { client, app } = await open();
    await app.send(`${OK}Transfer-Encoding: chunked\r\n\r\nB\r\nfirst`);
    await client.until(() => client.received.includes('first'));
    await app.send('second\r\n0\r\n\r\n');
    expect((await client.response()).body).toBe('firstsecond');
  });

  it('without an end of its own is ended for the client', async () => {
    const { client, app } = await open();
    await app.send(`${OK}X-A: 1\r\n\r\nall`);
    await client.until(() => client.received.includes('all'));
    app.socket.end(' of it');
    const response = await client.response();
    expect(values(response, 'Transfer-Encoding')).toEqual(['chunked']);
    expect(response.body).toBe('all of it');
    await expectNothingBefore(client);
  });

  it('of HTTP/1.0 becomes one of HTTP/1.1', async () => {
    const { client, app } = await open();
    app.socket.end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    expect((await client.response()).body).toBe('hi');
    await expectNothingBefore(client);
  });

  it.each([
    ['of no length', `${OK}Content-Length: 0\r\n\r\n`, ['0'], []],
    [
      'of no chunks',
      `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      [],
      ['chunked']
    ],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', [], []],
    ['304', 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n', [], []],
    [
      '304 with a length',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
      ['5'],
      []
    ]
  ])('%s has no body', async (_what, bytes, lengths, codings) => {
    const { client, app } = await open();
    await app.send(bytes);
    const response = await client.response();
    expect(values(response, 'Content-Length')).toEqual(lengths);
    expect(values(response, 'Transfer-Encoding')).toEqual(codings);
    expect(response.body).toBe('');
    await expectNothingBefore(client);
  });

  it.each([
    ['a length', `${OK}Content-Length: 5\r\n\r\n`, ['5']],
    ['chunks', `${OK}Transfer-Encoding: chunked\r\n\r\n`, []],
    ['no framing', `${OK}X-A: 1\r\n\r\n`, []],
    ['404', 'HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\n', ['9']]
  ])('to HEAD with %s has no body', async (_what, bytes, lengths) => {
    const { client, app } = await open('HEAD');
    await app.send(bytes);
    const response = await client.response(true);
    expect(values(response, 'Content-Length')).toEqual(lengths);
    await expectNothingBefore(client);
  });

  it('keeps its trailers', async () => {
    const { client, app } = await open();
    await app.send(
      `${OK}Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 42\r\nx-Two: \xe9\r\n\r\n`
    );
    const response = await client.response();
    expect(response.body).toBe('hi');
    expect(response.trailers).toEqual([
      ['X-Sum', '42'],
      ['x-Two', '\xe9']
    ]);
    await expectNothingBefore(client);
  });

  it('may be announced by early hints, of which links are kept', async () => {
    const { client, app } = await open();
    await app.send(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload, </b>\r\nSet-Cookie: a=1\r\nlink: </c>\r\n\r\n'
    );
    const hints = await client.response();
    expect(hints.status).toBe(103);
    expect(hints.headers).toEqual([
      ['Link', '</a.css>; rel=preload, </b>'],
      ['link', '</c>']
    ]);
    await app.send(`${OK}Content-Length: 2\r\n\r\nhi`);
    expect((await client.response()).body).toBe('hi');
  });

  it('is not announced by what the client has not asked for', async () => {
    const { client, app } = await open();
    await app.send(
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`
    );
    const response = await client.response();
    expect(response.status).toBe(200);
    expect(response.body).toBe('hi');
  });

  it('of many headers arrives', async () => {
    const { client, app } = await open();
    const cookies = Array.from(
      { length: 60 },
      (_cookie, index) => `Set-Cookie: c${index}=${'x'.repeat(600)}\r\n`
    );
    await app.send(`${OK}${cookies.join('')}Content-Length: 2\r\n\r\nhi`);
    const response = await client.response();
    expect(values(response, 'Set-Cookie')).toHaveLength(60);
    expect(response.body).toBe('hi');
  });

  it('of many small chunks arrives whole', async () => {
    const sidecar = await startGranting();
    const parts = Array.from({ length: 5000 }, (_part, index) => `${index},`);
    const port = await startApp((_request, response) => {
      for (const part of parts) {
        response.write(part);
      }
      response.end();
    });
    const client = await sidecar.enter();
    await client.send(head('GET', `/jupyter/proxy/${port}/`));
    const { body } = await client.response();
    expect(body === parts.join('')).toBe(true);
    await expectNothingBefore(client);
  });
});

describe('a large response', () => {
  const SIZE = 4 * 1024 * 1024;

  /** Bytes that are the same nowhere else. */
  function content(seed: number): Buffer {
    const bytes = Buffer.alloc(SIZE);
    const random = new Random(seed);
    for (let at = 0; at < SIZE; at += 4) {
      bytes.writeUInt32LE(random.below(0x1_0000_0000), at);
    }
    return bytes;
  }

  const CONTENTS = new Map(
    ['/slow', '/fast', '/next'].map((target, seed) => [target, content(seed)])
  );

  /** An app that sends each of the contents in one of these ways. */
  function startSending(framing: string): Promise<number> {
    return startApp((request, response) => {
      const body = CONTENTS.get(request.url ?? '') ?? Buffer.alloc(0);
      response.sendDate = false;
      if (framing === 'of a known length') {
        response.setHeader('Content-Length', body.length);
      } else if (framing === 'until the connection ends') {
        response.useChunkedEncodingByDefault = false;
        response.removeHeader('Transfer-Encoding');
        response.setHeader('Connection', 'close');
      }
      // Pieces below and above of what is gathered, and of what is read at a time.
      const random = new Random(1);
      let at = 0;
      const more = (): void => {
        while (at < body.length) {
          const size = random.pick([1, 100, 8191, 8192, 8193, 65_536, 200_000]);
          const piece = body.subarray(at, at + size);
          at += size;
          if (!response.write(piece)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
  }

  /** Whether a response is what the app has sent for this target. */
  function isContent(target: string, { body }: IResponse): boolean {
    return body === CONTENTS.get(target)?.toString('latin1');
  }

  /** Read with a pause after each piece, during which others go on. */
  function readSlowly({ socket }: Wire): void {
    socket.on('data', () => {
      socket.pause();
      setImmediate(() => {
        setImmediate(() => socket.resume());
      });
    });
  }

  /*
   * All that an app sends is read into one buffer again and again: what is still
   * to be sent from it, to a client that reads slowly, must not be overwritten.
   */
  it.each(['of a known length', 'in chunks', 'until the connection ends'])(
    'is the same for all readers: %s',
    async framing => {
      const sidecar = await startGranting();
      const port = await startSending(framing);
      const path = `/jupyter/proxy/${port}`;
      const [slow, stopped, fast] = [
        await sidecar.enter(),
        await sidecar.enter(),
        await sidecar.enter()
      ];
      readSlowly(slow);
      stopped.socket.pause();
      await slow.send(head('GET', `${path}/slow`));
      await stopped.send(head('GET', `${path}/slow`));
      await fast.send(head('GET', `${path}/fast`));
      expect(isContent('/fast', await fast.response())).toBe(true);
      await fast.send(head('GET', `${path}/next`));
      expect(isContent('/next', await fast.response())).toBe(true);
      expect(isContent('/slow', await slow.response())).toBe(true);
      stopped.socket.resume();
      expect(isContent('/slow', await stopped.response())).toBe(true);
      // On connections to the app that have been held.
      for (const client of [slow, stopped, fast]) {
        await client.send(head('GET', `${path}/next`));
      }
      for (const client of [slow, stopped, fast]) {
        expect(isContent('/next', await client.response())).toBe(true);
      }
    },
    20_000
  );
});

describe('a response that breaks', () => {
  const NAVIGATION = 'Accept: text/html';

  it.each([
    ['is nothing', ''],
    ['is a part of a head', `${OK}X-A: 1\r\n`],
    ['is an interim response', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    [
      'has two framings',
      `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
    ]
  ])('before its head is 502, when it %s', async (_what, bytes) => {
    const { client, app, sidecar } = await open();
    app.socket.end(bytes);
    let response = await client.response();
    if (response.status === 103) {
      response = await client.response();
    }
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['broke-off']);
    expect(values(response, 'Content-Type')).toEqual(['application/json']);
    expect(JSON.parse(response.body)).toEqual({
      message: expect.any(String) as unknown
    });
    await expectNothingBefore(client);
    expect(sidecar.sockets).toHaveLength(1);
  });

  it('because it is none is 502', async () => {
    const { client, app } = await open();
    await app.send('SSH-2.0-OpenSSH_9.2p1\r\n');
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['no-pages']);
    expect(response.body).toContain('SSH listens on port');
    await app.until(() => app.hasEnded);
    await expectNothingBefore(client);
  });

  it('before its head is a page for who wants to see one', async () => {
    const { client, app } = await open('GET', NAVIGATION);
    app.socket.destroy();
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(response.body).toMatch(/^<!doctype html>/i);
    await expectNothingBefore(client);
  });

  it('because nothing listens is 502', async () => {
    const sidecar = await startGranting();
    const client = await sidecar.enter();
    const port = await freePort();
    await client.send(head('GET', `/jupyter/proxy/${port}/`));
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(values(response, 'Porthole-Answer')).toEqual(['not-listening']);
    expect(response.body).toContain(`port ${port}`);
  });

  it('because it takes too long is 504', async () => {
    const sidecar = await startSidecar(await startJupyter(), {
      responseTimeoutMs: 50
    });
    const app = await startRawApp();
    const client = await sidecar.enter();
    await client.send(head('GET', `/jupyter/proxy/${app.port}/`));
    const response = await client.response();
    expect(response.status).toBe(504);
    expect(values(response, 'Porthole-Answer')).toEqual(['response-timeout']);
    const upstream = await app.next();
    await upstream.until(() => upstream.hasEnded);
    await expectNothingBefore(client);
  });

  it.each([
    ['in chunks', 'Transfer-Encoding: chunked', '4\r\npart\r\n'],
    ['within a chunk', 'Transfer-Encoding: chunked', '9\r\npart'],
    ['of a known length', 'Content-Length: 1000', 'part']
  ])(
    'within a body %s never looks complete, however the app ends',
    async (_what, field, part) => {
      for (const end of ['end', 'resetAndDestroy'] as const) {
        const { client, app } = await open();
        await app.send(`${OK}${field}\r\n\r\n${part}`);
        await client.until(() => client.received.includes('part'));
        app.socket[end]();
        const got = await client.rest();
        expect(got).toContain('part');
        expect(got).not.toContain('\r\n0\r\n');
        expect(client.socket.closed || client.hasEnded).toBe(true);
      }
    }
  );

  it('by a reset never looks complete where the end would be one', async () => {
    const { client, app } = await open();
    await app.send(`${OK}X-A: 1\r\n\r\npart`);
    await client.until(() => client.received.includes('part'));
    app.socket.resetAndDestroy();
    const got = await client.rest();
    expect(got).toContain('Transfer-Encoding: chunked');
    expect(got).not.toContain('\r\n0\r\n');
  });

  it.each([
    ['has no size', 'x\r\npart\r\n0\r\n\r\n'],
    ['is longer than its size', '1\r\npart\r\n0\r\n\r\n'],
    ['is followed by a bad trailer', '0\r\nX A: 1\r\n\r\n']
  ])('by a chunk that %s never looks complete', async (_what, bytes) => {
    const { client, app } = await open();
    await app.send(
      `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n${bytes}`
    );
    const got = await client.rest();
    expect(got).toContain('good');
    expect(got).not.toContain('\r\n0\r\n');
    await app.until(() => app.hasEnded);
  });
});

/*
 * An app's connection is used for one client's request after another's: bytes that
 * an app sends too many would be taken for the response to somebody else.
 */
describe('bytes behind a response', () => {
  const EXTRA = `${OK}Content-Length: 4\r\n\r\nevil`;

  it.each([
    ['of a known length', `${OK}Content-Length: 4\r\n\r\ngood`],
    [
      'in chunks',
      `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n`
    ]
  ])('%s never reach the next client', async (_what, bytes) => {
    const { client, app, rawApp, sidecar, request } = await open();
    await app.send(bytes + EXTRA);
    expect((await client.response()).body).toBe('good');
    expect(client.received).toBe('');
    const other = await sidecar.enter();
    await other.send(request);
    const second = await rawApp.next();
    await second.take('\r\n\r\n');
    await second.send(bytes);
    expect((await other.response()).body).toBe('good');
    await app.until(() => app.hasEnded);
    await expectNothingBefore(client);
  });

  it('that come later never reach the next client', async () => {
    const { client, app, rawApp, sidecar, request } = await open();
    await app.send(`${OK}Content-Length: 4\r\n\r\ngood`);
    expect((await client.response()).body).toBe('good');
    await app.send(EXTRA);
    await app.until(() => app.hasEnded);
    const other = await sidecar.enter();
    await other.send(request);
    const second = await rawApp.next();
    await second.take('\r\n\r\n');
    await second.send(`${OK}Content-Length: 4\r\n\r\ngood`);
    expect((await other.response()).body).toBe('good');
    expect(other.received + client.received).toBe('');
  });

  it('that are no body reach nobody: 204 and HEAD', async () => {
    for (const method of ['GET', 'HEAD'] as const) {
      const { client, app } = await open(method);
      const status = method === 'GET' ? '204 No Content' : '200 OK';
      await app.send(`HTTP/1.1 ${status}\r\nContent-Length: 4\r\n\r\nevil`);
      await client.response(true);
      await app.until(() => app.hasEnded);
      await expectNothingBefore(client);
    }
  });
});
