import { createServer } from 'node:http';

import { ResponseTimeoutError } from '../../src/sidecar/errors';
import type { IOutgoing } from '../../src/sidecar/outgoing';
import { ResponseError } from '../../src/sidecar/response-parser';
import { UpstreamExchange } from '../../src/sidecar/upstream-exchange';
import { type IRawApp, startRawApp } from './support/app';
import { freePort, listenOnPath, socketPath } from './support/listen';
import { outgoingTo } from './support/outgoing';
import { Recorder } from './support/receiver';
import type { Wire } from './support/wire';

const OK = 'HTTP/1.1 200 OK\r\n';

/** A response in one piece. */
function ok(body: string): string {
  return `${OK}Content-Length: ${body.length}\r\n\r\n${body}`;
}

interface ISent {
  recorder: Recorder;
  exchange: UpstreamExchange;
}

/** Send a request to an app. */
function send(
  app: Pick<IRawApp, 'port'>,
  method = 'GET',
  given: Partial<IOutgoing> = {}
): ISent {
  const recorder = new Recorder();
  const outgoing = outgoingTo(app.port, given);
  return {
    recorder,
    exchange: new UpstreamExchange(method, outgoing, recorder)
  };
}

/** An app, and its end of a connection that has carried one request. */
async function startUsed(): Promise<{ app: IRawApp; wire: Wire }> {
  const app = await startRawApp();
  const { recorder } = send(app);
  const wire = await app.next();
  await wire.take('\r\n\r\n');
  await wire.send(ok('first'));
  expect(await recorder.over()).toEqual(['end', []]);
  return { app, wire };
}

describe('UpstreamExchange', () => {
  it('sends the head as it is', async () => {
    const app = await startRawApp();
    send(app, 'GET', {
      path: '/a%2F?b',
      headers: ['Host', 'a', 'x-B', '\xe9', 'X-b', '']
    });
    const wire = await app.next();
    expect(await wire.take('\r\n\r\n')).toBe(
      'GET /a%2F?b HTTP/1.1\r\nHost: a\r\nx-B: \xe9\r\nX-b: \r\n\r\n'
    );
    expect(wire.received).toBe('');
  });

  it('hands on interim responses, head, body and trailers', async () => {
    const app = await startRawApp();
    const { recorder } = send(app, 'GET', {
      responseHeaders: headers => ['X-Count', String(headers.length)]
    });
    const wire = await app.next();
    await wire.send(
      `HTTP/1.1 103 E\r\nLink: a\r\n\r\n${OK}Transfer-Encoding: chunked\r\nX-A: 1\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n`
    );
    await recorder.over();
    expect(recorder.events).toEqual([
      ['inform', { status: 103, reason: 'E', headers: ['X-Count', '2'] }],
      ['begin', { status: 200, reason: 'OK', headers: ['X-Count', '4'] }],
      ['write', 'hi'],
      ['end', ['X-T', '1']]
    ]);
  });

  it('reaches a Unix socket, too', async () => {
    const path = socketPath();
    const server = createServer((request, response) => {
      response.end(request.url);
    });
    await listenOnPath(server, path);
    const { recorder } = send({ port: 0 }, 'GET', {
      target: { socketPath: path },
      path: '/x'
    });
    expect(await recorder.over()).toEqual(['end', []]);
    expect(recorder.body).toBe('/x');
  });

  it('fails where nothing listens', async () => {
    const { recorder } = send({ port: await freePort() });
    const [name, error] = (await recorder.over()) ?? [];
    expect(name).toBe('fail');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(recorder.events).toHaveLength(1);
  });

  it.each([
    ['closes', (wire: Wire) => wire.socket.destroy()],
    ['resets', (wire: Wire) => wire.socket.resetAndDestroy()],
    ['sends no HTTP', (wire: Wire) => wire.socket.write('hello\r\n\r\n')],
    [
      'switches protocols',
      (wire: Wire) =>
        wire.socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    ]
  ])('fails once when a new connection’s end %s', async (_what, act) => {
    const app = await startRawApp();
    const { recorder } = send(app);
    const wire = await app.next();
    await wire.take('\r\n\r\n');
    act(wire);
    expect((await recorder.over())?.[0]).toBe('fail');
    await wire.until(() => wire.hasEnded);
    expect(recorder.events).toHaveLength(1);
    expect(app.wires).toHaveLength(1);
  });

  it('fails within a body that breaks off', async () => {
    const app = await startRawApp();
    const { recorder } = send(app);
    const wire = await app.next();
    wire.socket.end(`${OK}Content-Length: 9\r\n\r\npart`);
    const [name, error] = (await recorder.over()) ?? [];
    expect(name).toBe('fail');
    expect(error).toBeInstanceOf(ResponseError);
    expect(recorder.body).toBe('part');
    expect(app.wires).toHaveLength(1);
  });
});

describe('an upstream’s connection', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('is used again for %s', async method => {
    const { app, wire } = await startUsed();
    const { recorder } = send(app, method);
    expect(await wire.take('\r\n\r\n')).toMatch(new RegExp(`^${method} `));
    await wire.send(`${OK}Content-Length: 0\r\n\r\n`);
    expect(await recorder.over()).toEqual(['end', []]);
    expect(app.wires).toHaveLength(1);
  });

  /*
   * An upstream may close an idle connection just as a request is sent: whether it
   * has acted on that request then is unknown, so it must not be sent twice.
   */
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])(
    'is not used again for %s, which is never sent twice',
    async method => {
      const { app, wire } = await startUsed();
      const { recorder } = send(app, method);
      const second = await app.next();
      expect(await second.take('\r\n\r\n')).toMatch(new RegExp(`^${method} `));
      second.socket.destroy();
      expect((await recorder.over())?.[0]).toBe('fail');
      expect(app.wires).toHaveLength(2);
      expect(wire.received).toBe('');
    }
  );

  it.each([
    ['is closed', (wire: Wire) => wire.socket.destroy()],
    ['is reset', (wire: Wire) => wire.socket.resetAndDestroy()]
  ])(
    'that %s as it is used again has its request repeated on a new one',
    async (_what, close) => {
      const { app, wire } = await startUsed();
      const { recorder } = send(app, 'GET', { path: '/again' });
      await wire.take('\r\n\r\n');
      close(wire);
      const second = await app.next();
      expect(await second.take('\r\n\r\n')).toMatch(/^GET \/again /);
      await second.send(ok('second'));
      expect(await recorder.over()).toEqual(['end', []]);
      expect(recorder.body).toBe('second');
      expect(app.wires).toHaveLength(2);
    }
  );

  it('has its request repeated once only', async () => {
    const { app, wire } = await startUsed();
    const { recorder } = send(app);
    await wire.take('\r\n\r\n');
    wire.socket.destroy();
    const second = await app.next();
    await second.take('\r\n\r\n');
    second.socket.destroy();
    expect((await recorder.over())?.[0]).toBe('fail');
    expect(app.wires).toHaveLength(2);
  });

  it.each([
    ['an interim response', 'HTTP/1.1 103 E\r\n\r\n'],
    ['a head', `${OK}Content-Length: 1\r\n\r\n`],
    ['a part of a body', `${OK}Content-Length: 9\r\n\r\npart`]
  ])('has no request repeated after %s', async (_what, bytes) => {
    const { app, wire } = await startUsed();
    const { recorder } = send(app);
    await wire.take('\r\n\r\n');
    wire.socket.end(bytes);
    expect((await recorder.over())?.[0]).toBe('fail');
    expect(app.wires).toHaveLength(1);
  });

  it('that was closed while it was idle is not used', async () => {
    const { app, wire } = await startUsed();
    wire.socket.end();
    await wire.until(() => wire.hasEnded);
    const { recorder } = send(app, 'GET', { path: '/next' });
    const second = await app.next();
    await second.take('\r\n\r\n');
    await second.send(ok('second'));
    await recorder.over();
    expect(recorder.body).toBe('second');
    expect(wire.received).toBe('');
  });

  it.each([
    [
      'Connection: close',
      `${OK}Connection: close\r\nContent-Length: 0\r\n\r\n`
    ],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n']
  ])('is closed after %s', async (_what, bytes) => {
    const app = await startRawApp();
    const { recorder } = send(app);
    const wire = await app.next();
    await wire.send(bytes);
    expect(await recorder.over()).toEqual(['end', []]);
    await wire.until(() => wire.hasEnded);
  });

  it('carries one request at a time', async () => {
    const app = await startRawApp();
    const sent = [send(app), send(app)];
    const wires = [await app.next(), await app.next()];
    for (const wire of wires) {
      await wire.take('\r\n\r\n');
      expect(wire.received).toBe('');
      await wire.send(ok('hi'));
    }
    for (const { recorder } of sent) {
      await recorder.over();
      expect(recorder.body).toBe('hi');
    }
  });

  it('is kept apart from those to others', async () => {
    const { wire } = await startUsed();
    const other = await startRawApp();
    send(other);
    const second = await other.next();
    await second.take('\r\n\r\n');
    expect(wire.received).toBe('');
  });
});

/*
 * A connection goes from one user's request to another's: bytes that nobody has
 * asked for must end it.
 */
describe('bytes that nobody has asked for', () => {
  it.each([
    ['behind a response', ok('good') + ok('evil')],
    ['behind one without a body', `HTTP/1.1 204 No\r\n\r\n${ok('evil')}`],
    ['that are no response', `${ok('good')}\r\n`]
  ])('%s end the connection, not the response', async (_what, bytes) => {
    const app = await startRawApp();
    const { recorder } = send(app);
    const wire = await app.next();
    await wire.take('\r\n\r\n');
    await wire.send(bytes);
    expect(await recorder.over()).toEqual(['end', []]);
    expect(recorder.body).not.toContain('evil');
    const next = send(app);
    const second = await app.next();
    await second.take('\r\n\r\n');
    await second.send(ok('next'));
    await next.recorder.over();
    expect(next.recorder.body).toBe('next');
    await wire.until(() => wire.hasEnded);
    expect(wire.received).toBe('');
    expect(recorder.events.filter(([name]) => name === 'fail')).toEqual([]);
  });

  it('on an idle connection end it', async () => {
    const { app, wire } = await startUsed();
    await wire.send(ok('evil'));
    await wire.until(() => wire.hasEnded);
    const { recorder } = send(app);
    const second = await app.next();
    await second.send(ok('good'));
    await recorder.over();
    expect(recorder.body).toBe('good');
  });
});

describe('a receiver that waits', () => {
  it('gets nothing until it goes on, and everything then', async () => {
    const app = await startRawApp();
    const { recorder, exchange } = send(app);
    recorder.mayGoOn = false;
    const wire = await app.next();
    await wire.take('\r\n\r\n');
    const body = 'x'.repeat(8 * 1024 * 1024);
    let isTaken = false;
    const taken = wire.send(ok(body)).then(() => {
      isTaken = true;
    });
    await recorder.until(() => recorder.body !== '');
    const { length } = recorder.body;
    // Others are served meanwhile.
    const other = await startUsed();
    other.wire.socket.destroy();
    expect(recorder.body).toHaveLength(length);
    expect(length).toBeLessThan(body.length);
    expect(isTaken).toBe(false);
    recorder.mayGoOn = true;
    exchange.resume();
    expect(await recorder.over()).toEqual(['end', []]);
    await taken;
    expect(recorder.body === body).toBe(true);
  });

  it('may go on without need', async () => {
    const app = await startRawApp();
    const { recorder, exchange } = send(app);
    exchange.resume();
    const wire = await app.next();
    exchange.resume();
    await wire.send(ok('hi'));
    await recorder.over();
    exchange.resume();
    expect(recorder.body).toBe('hi');
  });

  it('for the end of a response keeps its connection to itself', async () => {
    const app = await startRawApp();
    const { recorder } = send(app);
    recorder.mayGoOn = false;
    const wire = await app.next();
    await wire.send(ok('first'));
    await recorder.over();
    send(app);
    const second = await app.next();
    await second.take('\r\n\r\n');
    expect(app.wires).toHaveLength(2);
  });

  it('leaves a connection that can be used when it goes on', async () => {
    const app = await startRawApp();
    const { recorder, exchange } = send(app);
    recorder.mayGoOn = false;
    const wire = await app.next();
    await wire.take('\r\n\r\n');
    await wire.send(ok('first'));
    await recorder.over();
    // It is told to wait only after that.
    await new Promise(setImmediate);
    exchange.resume();
    const next = send(app);
    await wire.take('\r\n\r\n');
    await wire.send(ok('second'));
    expect(await next.recorder.over()).toEqual(['end', []]);
    expect(next.recorder.body).toBe('second');
  });
});

describe('giving up', () => {
  it('closes the connection', async () => {
    const app = await startRawApp();
    const { recorder, exchange } = send(app);
    const wire = await app.next();
    await wire.take('\r\n\r\n');
    exchange.abort();
    await wire.until(() => wire.hasEnded);
    expect(recorder.events).toEqual([]);
  });

  it('within a body closes the connection', async () => {
    const app = await startRawApp();
    const { recorder, exchange } = send(app);
    const wire = await app.next();
    await wire.send(`${OK}Content-Length: 9\r\n\r\npart`);
    await recorder.until(() => recorder.body === 'part');
    exchange.abort();
    await wire.until(() => wire.hasEnded);
    expect(recorder.events.map(([name]) => name)).toEqual(['begin', 'write']);
  });

  it('while it waits closes the connection', async () => {
    const app = await startRawApp();
    const { recorder, exchange } = send(app);
    recorder.mayGoOn = false;
    const wire = await app.next();
    await wire.send(`${OK}Content-Length: 9\r\n\r\npart`);
    await recorder.until(() => recorder.body === 'part');
    await new Promise(setImmediate);
    exchange.abort();
    await wire.until(() => wire.hasEnded);
  });

  it('before there is a connection sends nothing', async () => {
    const app = await startRawApp();
    const { recorder, exchange } = send(app);
    exchange.abort();
    const wire = await app.next();
    expect(await wire.rest()).toBe('');
    expect(recorder.events).toEqual([]);
  });

  it('on a used connection repeats nothing', async () => {
    const { app, wire } = await startUsed();
    const { recorder, exchange } = send(app);
    exchange.abort();
    await wire.until(() => wire.hasEnded);
    const other = await startUsed();
    other.wire.socket.destroy();
    expect(recorder.events).toEqual([]);
    expect(app.wires).toHaveLength(1);
  });

  it('on what is over leaves the connection to others', async () => {
    const app = await startRawApp();
    const { recorder, exchange } = send(app);
    const wire = await app.next();
    await wire.take('\r\n\r\n');
    await wire.send(ok('first'));
    await recorder.over();
    await new Promise(setImmediate);
    exchange.abort();
    const next = send(app);
    await wire.take('\r\n\r\n');
    await wire.send(ok('second'));
    await next.recorder.over();
    expect(next.recorder.body).toBe('second');
    expect(app.wires).toHaveLength(1);
  });
});

describe('a limit for the answer', () => {
  const LIMIT = { responseTimeoutMs: 50 };

  it('ends the wait and the connection', async () => {
    const app = await startRawApp();
    const { recorder } = send(app, 'GET', LIMIT);
    const [name, error] = (await recorder.over()) ?? [];
    expect(name).toBe('fail');
    expect(error).toBeInstanceOf(ResponseTimeoutError);
    const wire = await app.next();
    await wire.until(() => wire.hasEnded);
    expect(app.wires).toHaveLength(1);
  });

  it('holds for used connections, without a second try', async () => {
    const { app, wire } = await startUsed();
    const { recorder } = send(app, 'GET', LIMIT);
    await wire.take('\r\n\r\n');
    const [, error] = (await recorder.over()) ?? [];
    expect(error).toBeInstanceOf(ResponseTimeoutError);
    await wire.until(() => wire.hasEnded);
    expect(app.wires).toHaveLength(1);
  });

  it('holds for a second try, too', async () => {
    const { app, wire } = await startUsed();
    const { recorder } = send(app, 'GET', LIMIT);
    await wire.take('\r\n\r\n');
    wire.socket.destroy();
    const [, error] = (await recorder.over()) ?? [];
    expect(error).toBeInstanceOf(ResponseTimeoutError);
    expect(app.wires).toHaveLength(2);
  });

  it('is none for the body', async () => {
    const app = await startRawApp();
    const { recorder } = send(app, 'GET', LIMIT);
    const wire = await app.next();
    await wire.send(`${OK}Content-Length: 4\r\n\r\nhi`);
    await recorder.until(() => recorder.body === 'hi');
    // Another one’s time is over later than this one’s would be.
    const later = send(await startRawApp(), 'GET', LIMIT);
    await later.recorder.over();
    await wire.send('ho');
    expect(await recorder.over()).toEqual(['end', []]);
    expect(recorder.body).toBe('hiho');
  });
});
