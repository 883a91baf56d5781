import type { IncomingMessage } from 'node:http';

import { GRANT_HEADER, REFUSAL_HEADER } from '../../src/protocol/grant';
import { type IRawApp, startApp, startRawApp } from './support/app';
import { head, startGranting } from './support/exchange';
import { NO_DETAILS, startJupyter, startWaiting } from './support/jupyter';
import { freePort } from './support/listen';
import { values } from './support/message';
import { type ISidecar, startSidecar } from './support/sidecar';
import type { Wire } from './support/wire';

const OK = 'HTTP/1.1 200 OK\r\n';

/** An app that answers with the target, and with what the request brought. */
function startEcho(): Promise<number> {
  return startApp((request, response) => {
    response.write(`${request.method} ${request.url} `);
    request.pipe(response);
  });
}

/** A client's own connection, and an app that has got its first request. */
async function open(...fields: string[]): Promise<{
  sidecar: ISidecar;
  client: Wire;
  rawApp: IRawApp;
  app: Wire;
  /** The path of the app, without the last slash. */
  path: string;
}> {
  const sidecar = await startGranting();
  const rawApp = await startRawApp();
  const client = await sidecar.enter();
  const path = `/jupyter/proxy/${rawApp.port}`;
  await client.send(head('GET', `${path}/1`, ...fields));
  const app = await rawApp.next();
  await app.take('\r\n\r\n');
  return { sidecar, client, rawApp, app, path };
}

/** Wait until the sidecar’s end of its first connection has read that much. */
async function untilRead(sidecar: ISidecar, count: number): Promise<void> {
  while ((sidecar.sockets[0]?.bytesRead ?? 0) < count) {
    await new Promise(setImmediate);
  }
}

const ENTRIES: [name: string, enter: (sidecar: ISidecar) => Promise<Wire>][] = [
  ['relay', sidecar => sidecar.connect()],
  ['door', sidecar => sidecar.enter()]
];

describe.each(ENTRIES)('a plain connection by the %s', (_name, enter) => {
  it('serves one request after the other', async () => {
    const sidecar = await startGranting();
    const port = await startEcho();
    const client = await enter(sidecar);
    for (const target of ['/1', '/2', '/3']) {
      await client.send(head('GET', `/jupyter/proxy/${port}${target}`));
      const response = await client.response();
      expect(response.status).toBe(200);
      expect(values(response, 'Connection')).toEqual(['keep-alive']);
      expect(response.body).toBe(`GET ${target} `);
    }
    expect(sidecar.sockets).toHaveLength(1);
  });

  it('ends after a response that is the last', async () => {
    const sidecar = await startGranting();
    const port = await startEcho();
    const client = await enter(sidecar);
    const target = `/jupyter/proxy/${port}/`;
    await client.send(head('GET', target, 'Connection: close'));
    const response = await client.response();
    expect(values(response, 'Connection')).toEqual(['close']);
    expect(response.body).toBe('GET / ');
    expect(await client.rest()).toBe('');
  });

  it('goes on with what is not plain', async () => {
    const sidecar = await startGranting();
    const port = await startEcho();
    const client = await enter(sidecar);
    const target = `/jupyter/proxy/${port}/`;
    for (const [request, body] of [
      [head('GET', target), 'GET / '],
      [`${head('POST', target, 'Content-Length: 2')}hi`, 'POST / hi'],
      [head('GET', target), 'GET / '],
      [head('GET', '/jupyter/lab'), 'Jupyter got GET /jupyter/lab'],
      [head('DELETE', target), 'DELETE / ']
    ] as const) {
      await client.send(request);
      expect((await client.response()).body).toBe(body);
    }
    expect(sidecar.sockets).toHaveLength(1);
  });
});

describe('pipelined requests', () => {
  it.each([2, 63, 64, 65, 66, 100, 128])(
    'of %d are served in their order, one at a time',
    async count => {
      const sidecar = await startGranting();
      const came: (string | undefined)[] = [];
      let underWay = 0;
      let most = 0;
      const port = await startApp((request, response) => {
        came.push(request.url);
        most = Math.max(most, ++underWay);
        response.once('close', () => underWay--);
        // A later one must not be quicker.
        setImmediate(() => response.end(request.url));
      });
      const targets = Array.from({ length: count }, (_item, at) => `/${at}`);
      const client = await sidecar.enter();
      await client.send(
        targets
          .map(target => head('GET', `/jupyter/proxy/${port}${target}`))
          .join('')
      );
      for (const target of targets) {
        expect((await client.response()).body).toBe(target);
      }
      expect(came).toEqual(targets);
      expect(most).toBe(1);
    }
  );

  it('that come one by one are served in their order', async () => {
    const { sidecar, client, app, rawApp, path } = await open();
    let sent = 0;
    for (let index = 2; index <= 100; index += 1) {
      const request = head('GET', `${path}/${index}`);
      sent += request.length;
      await client.send(request);
      if (index <= 64) {
        await untilRead(sidecar, sent);
      }
    }
    await app.send(`${OK}Content-Length: 3\r\nConnection: close\r\n\r\n/1.`);
    expect((await client.response()).body).toBe('/1.');
    const upstream = await rawApp.next();
    for (let index = 2; index <= 100; index += 1) {
      const [, target = ''] = (await upstream.take('\r\n\r\n')).split(' ');
      expect(target).toBe(`/${index}`);
      const { length } = target;
      await upstream.send(`${OK}Content-Length: ${length}\r\n\r\n${target}`);
      expect((await client.response()).body).toBe(target);
    }
  });

  it.each([
    ['another plain one', (path: string) => head('GET', `${path}/2`)],
    [
      'an upload',
      (path: string) => `${head('POST', `${path}/2`, 'Content-Length: 1')}x`
    ],
    ['one for Jupyter', () => head('GET', '/jupyter/lab')]
  ])('behind the last are ignored: %s', async (_what, next) => {
    const jupyter = await startJupyter();
    const sidecar = await startSidecar(jupyter);
    const served: (string | undefined)[] = [];
    const port = await startApp((request, response) => {
      served.push(request.url);
      response.end('last');
    });
    jupyter.serve = (request, response) => {
      served.push(request.url);
      response.end();
    };
    const client = await sidecar.enter();
    const path = `/jupyter/proxy/${port}`;
    await client.send(
      head('GET', `${path}/1`, 'Connection: close') + next(path)
    );
    expect((await client.response()).body).toBe('last');
    expect(await client.rest()).toBe('');
    expect(served).toEqual(['/1']);
  });

  it('may be an upload behind a plain one, and more behind that', async () => {
    const sidecar = await startGranting();
    const port = await startEcho();
    const client = await sidecar.enter();
    const path = `/jupyter/proxy/${port}`;
    await client.send(
      `${head('GET', `${path}/1`)}${head('POST', `${path}/2`, 'Content-Length: 4')}body${head('GET', `${path}/3`)}`
    );
    expect((await client.response()).body).toBe('GET /1 ');
    expect((await client.response()).body).toBe('POST /2 body');
    expect((await client.response()).body).toBe('GET /3 ');
  });

  it('may be an upload of which only a part has come', async () => {
    const { client, app, path, rawApp } = await open();
    await client.send(`${head('POST', `${path}/2`, 'Content-Length: 8')}one,`);
    await app.send(`${OK}Content-Length: 5\r\n\r\nfirst`);
    expect((await client.response()).body).toBe('first');
    await client.send('two.');
    const upstream = await rawApp.next();
    expect(await upstream.take('two.')).toMatch(/\r\n\r\none,two\.$/);
    await upstream.send(`${OK}Content-Length: 6\r\n\r\nsecond`);
    expect((await client.response()).body).toBe('second');
  });

  it('may be a handshake and its first frame behind a plain one', async () => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const client = await sidecar.enter();
    const path = `/jupyter/proxy/${app.port}`;
    const handshake = head(
      'GET',
      `${path}/ws`,
      'Connection: Upgrade',
      'Upgrade: websocket'
    );
    await client.send(`${head('GET', `${path}/1`)}${handshake}\x81\x02hi`);
    const one = await app.next();
    await one.take('\r\n\r\n');
    await one.send(`${OK}Content-Length: 3\r\n\r\none`);
    expect((await client.response()).body).toBe('one');
    const two = await app.next();
    expect(await two.take('\r\n\r\n')).toMatch(/^GET \/ws /);
    await two.send(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
    );
    expect(await client.take('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
    expect(await two.takeBytes(4)).toBe('\x81\x02hi');
  });

  it.each([
    ['a page of Jupyter', head('GET', '/jupyter/lab'), 200],
    ['no port', head('GET', '/jupyter/proxy/65536/'), 404],
    ['a missing slash', head('GET', '/jupyter/proxy/1'), 302],
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['two hosts', head('GET', '/jupyter/proxy/1/', 'Host: b'), 400],
    ['a fold', head('GET', '/jupyter/proxy/1/', 'X-A: 1', ' 2'), 400]
  ])('may be one to %s behind a plain one', async (_what, next, status) => {
    const { client, app, rawApp } = await open();
    await client.send(next);
    await app.send(`${OK}Content-Length: 5\r\n\r\nfirst`);
    expect((await client.response()).body).toBe('first');
    expect((await client.response()).status).toBe(status);
    expect(rawApp.wires).toHaveLength(1);
  });

  it('are judged each for itself', async () => {
    const jupyter = await startJupyter({ lifetimeMs: 60_000 });
    jupyter.judge = (request, response) => {
      const isGood = request.headers.cookie === 'a=good';
      response.writeHead(
        isGood ? 204 : 403,
        isGood
          ? { [GRANT_HEADER]: JSON.stringify(jupyter.grantFor(request)) }
          : {}
      );
      response.end();
    };
    const sidecar = await startSidecar(jupyter);
    const seen: (string | undefined)[] = [];
    const port = await startApp((request, response) => {
      seen.push(request.headers.cookie);
      response.end();
    });
    const client = await sidecar.enter();
    const cookies = ['good', 'bad', 'good', 'bad'];
    await client.send(
      cookies
        .map(cookie =>
          head('GET', `/jupyter/proxy/${port}/`, `Cookie: a=${cookie}`)
        )
        .join('')
    );
    for (const status of [200, 403, 200, 403]) {
      expect((await client.response()).status).toBe(status);
    }
    expect(seen).toEqual(['a=good', 'a=good']);
  });
});

describe('a client that closes its side', () => {
  it('gets the response that is to come, and the end', async () => {
    const { sidecar, client, app } = await open();
    const ended = new Promise<void>(resolve => {
      sidecar.sockets[0]?.once('end', resolve);
    });
    client.socket.end();
    await ended;
    await app.send(`${OK}Content-Length: 5\r\n\r\nfirst`);
    expect((await client.response()).body).toBe('first');
    expect(await client.rest()).toBe('');
  });

  it('gets the responses to all plain requests that it has sent', async () => {
    const sidecar = await startGranting();
    const port = await startEcho();
    const client = await sidecar.enter();
    const path = `/jupyter/proxy/${port}`;
    client.socket.end(
      ['/1', '/2', '/3'].map(target => head('GET', path + target)).join('')
    );
    for (const target of ['/1', '/2', '/3']) {
      expect((await client.response()).body).toBe(`GET ${target} `);
    }
    expect(await client.rest()).toBe('');
  });

  it('gets the response to an upload behind a plain request, too', async () => {
    const { client, app, rawApp, path } = await open();
    client.socket.end(`${head('POST', `${path}/2`, 'Content-Length: 4')}body`);
    // When another connection has been served the sidecar has read all of this one.
    const other = await open();
    await other.app.send(`${OK}Content-Length: 5\r\n\r\nother`);
    expect((await other.client.response()).body).toBe('other');
    await app.send(`${OK}Content-Length: 5\r\n\r\nfirst`);
    expect((await client.response()).body).toBe('first');
    const upstream = await rawApp.next();
    await upstream.take('body');
    await upstream.send(`${OK}Content-Length: 6\r\n\r\nsecond`);
    expect((await client.response()).body).toBe('second');
  });

  it('gets nothing between the parts of a response', async () => {
    const { client, app } = await open();
    client.socket.end();
    // What tells whether it has left comes before the head, where clients skip it.
    await client.take('HTTP/1.1 100 Continue\r\n\r\n');
    await app.send(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n`);
    await client.until(() => /first\r\n0+$/.test(client.received));
    await app.send('4\r\nlast\r\n0\r\n\r\n');
    await client.until(() => client.hasEnded);
    client.received = client.received.replaceAll(
      'HTTP/1.1 100 Continue\r\n\r\n',
      ''
    );
    expect((await client.response()).body).toBe('firstlast');
    expect(client.received).toBe('');
  });

  it('without a request gets the end', async () => {
    const sidecar = await startGranting();
    const client = await sidecar.enter();
    client.socket.end();
    expect(await client.rest()).toBe('');
  });

  it('within a head gets no response of an app', async () => {
    const jupyter = await startJupyter();
    const sidecar = await startSidecar(jupyter);
    const client = await sidecar.enter();
    client.socket.end(head('GET', '/jupyter/proxy/1/').slice(0, -2));
    expect(await client.rest()).not.toContain(' 200 ');
    expect(jupyter.questions).toEqual([]);
  });
});

describe('a client that leaves', () => {
  it.each([
    ['before the head', '', ''],
    [
      'within a body in chunks',
      `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n`,
      'part'
    ],
    [
      'within a body of a known length',
      `${OK}Content-Length: 1000\r\n\r\npart`,
      'part'
    ],
    ['within a body without an end', `${OK}\r\npart`, 'part']
  ])('%s ends the app’s side', async (_when, begun, part) => {
    const { client, app } = await open();
    await app.send(begun);
    await client.until(() => client.received.includes(part));
    client.socket.destroy();
    await app.until(() => app.hasEnded);
  });

  it('while others wait behind it keeps those from the app', async () => {
    const { client, app, rawApp, path } = await open();
    await client.send(head('GET', `${path}/2`) + head('GET', `${path}/3`));
    client.socket.destroy();
    await app.until(() => app.hasEnded);
    expect(app.received).toBe('');
    expect(rawApp.wires).toHaveLength(1);
  });

  it('with an upload behind its request ends the app’s side', async () => {
    const { sidecar, client, app, path } = await open();
    const upload = `${head('POST', `${path}/2`, 'Content-Length: 4')}body`;
    await client.send(upload);
    await untilRead(sidecar, upload.length + 1);
    client.socket.destroy();
    await app.until(() => app.hasEnded);
  });

  it('while Jupyter is asked keeps its request from the app', async () => {
    const { jupyter, asked, grant } = await startWaiting();
    const sidecar = await startSidecar(jupyter);
    const app = await startRawApp();
    const client = await sidecar.enter();
    await client.send(head('GET', `/jupyter/proxy/${app.port}/1`));
    await asked;
    const left = new Promise<void>(resolve => {
      sidecar.sockets[0]?.once('close', () => {
        resolve();
      });
    });
    client.socket.destroy();
    await left;
    grant();
    const other = await sidecar.enter();
    await other.send(head('GET', `/jupyter/proxy/${app.port}/2`));
    const upstream = await app.next();
    expect(await upstream.take('\r\n\r\n')).toMatch(/^GET \/2 /);
    expect(app.wires).toHaveLength(1);
  });

  it('leaves the others alone', async () => {
    const { sidecar, client, app, rawApp, path } = await open();
    const other = await sidecar.enter();
    await other.send(head('GET', `${path}/2`));
    const second = await rawApp.next();
    await second.take('\r\n\r\n');
    client.socket.destroy();
    await app.until(() => app.hasEnded);
    await second.send(`${OK}Content-Length: 2\r\n\r\nhi`);
    expect((await other.response()).body).toBe('hi');
  });
});

describe('a plain request', () => {
  const NAVIGATION = 'Accept: text/html';

  it('that Jupyter refuses gets the refusal, and the next one its answer', async () => {
    const { jupyter, asked, refuse } = await startWaiting();
    const sidecar = await startSidecar(jupyter);
    const client = await sidecar.enter();
    const app = await startRawApp();
    await client.send(head('GET', `/jupyter/proxy/${app.port}/`));
    await asked;
    refuse();
    const response = await client.response();
    expect(response.status).toBe(403);
    expect(response.body).toBe(NO_DETAILS);
    expect(values(response, 'Content-Length')).toEqual([
      String(NO_DETAILS.length)
    ]);
    await client.send(head('GET', '/jupyter/lab'));
    expect((await client.response()).status).toBe(200);
    expect(app.wires).toEqual([]);
  });

  it.each(['cross-site', 'foreign-port'])(
    'that is %s is refused, as a page or as JSON',
    async reason => {
      const jupyter = await startJupyter();
      jupyter.judge = (_request, response) => {
        response.writeHead(403, { [REFUSAL_HEADER]: reason });
        response.end(NO_DETAILS);
      };
      const sidecar = await startSidecar(jupyter);
      const app = await startRawApp();
      const client = await sidecar.enter();
      const target = `/jupyter/proxy/${app.port}/`;
      await client.send(head('GET', target) + head('GET', target, NAVIGATION));
      for (const type of ['application/json', 'text/html; charset=utf-8']) {
        const response = await client.response();
        expect(response.status).toBe(403);
        expect(values(response, 'Porthole-Answer')).toEqual([reason]);
        expect(values(response, 'Content-Type')).toEqual([type]);
        expect(response.body).not.toBe('');
      }
      expect(app.wires).toEqual([]);
    }
  );

  it('to HEAD is answered without a body, whatever the answer', async () => {
    const jupyter = await startJupyter();
    const sidecar = await startSidecar(jupyter);
    const client = await sidecar.enter();
    const target = `/jupyter/proxy/${await freePort()}/`;
    await client.send(head('HEAD', target, NAVIGATION));
    const failure = await client.response(true);
    expect(failure.status).toBe(502);
    expect(Number(values(failure, 'Content-Length')[0])).toBeGreaterThan(0);
    jupyter.judge = (_request, response) => {
      response.writeHead(302, { Location: '/jupyter/login' });
      response.end('no');
    };
    await client.send(head('HEAD', target));
    expect((await client.response(true)).status).toBe(302);
    // What follows would be the body, if there were one.
    await client.send(head('GET', '/jupyter/lab'));
    expect((await client.response()).body).toBe('Jupyter got GET /jupyter/lab');
  });

  it('is answered 503 when Jupyter breaks off, and the next one is asked about', async () => {
    const jupyter = await startJupyter();
    const { judge } = jupyter;
    jupyter.judge = request => {
      request.socket.destroy();
    };
    const sidecar = await startSidecar(jupyter);
    const port = await startEcho();
    const client = await sidecar.enter();
    await client.send(head('GET', `/jupyter/proxy/${port}/`));
    const response = await client.response();
    expect(response.status).toBe(503);
    expect(values(response, 'Porthole-Answer')).toEqual(['jupyter-gone']);
    jupyter.judge = judge;
    await client.send(head('GET', `/jupyter/proxy/${port}/`));
    expect((await client.response()).body).toBe('GET / ');
  });

  it('whose grant can’t be read is not answered', async () => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(204, { [GRANT_HEADER]: 'yes' });
      response.end();
    };
    const sidecar = await startSidecar(jupyter);
    const app = await startRawApp();
    const client = await sidecar.enter();
    await client.send(head('GET', `/jupyter/proxy/${app.port}/`));
    expect(await client.rest()).toBe('');
    expect(app.wires).toEqual([]);
  });

  it('reaches the app with all that it holds, confined', async () => {
    const jupyter = await startJupyter({ tokens: ['secret'] });
    const sidecar = await startSidecar(jupyter);
    const app = await startRawApp();
    const client = await sidecar.enter();
    await client.send(
      head(
        'GET',
        `/jupyter/proxy/${app.port}/a%2F?b=1&token=secret`,
        'Authorization: token secret',
        'Cookie: username-localhost-8888=secret; c=2',
        'x-b: \xe9',
        'X-B: 2',
        'Connection: keep-alive',
        'Keep-Alive: 5',
        'X-Forwarded-For: 10.0.0.1'
      )
    );
    const got = await (await app.next()).take('\r\n\r\n');
    expect(got).toMatch(/^GET \/a%2F\?b=1 HTTP\/1\.1\r\n/);
    expect(got).toContain(`Host: localhost:${app.port}\r\n`);
    expect(got).toContain('Cookie: c=2\r\nx-b: \xe9\r\nX-B: 2\r\n');
    expect(got).toContain('X-Forwarded-For: 192.0.2.7\r\n');
    expect(got).not.toContain('secret');
    expect(got).not.toMatch(/keep-alive/i);
    expect(got).not.toContain('10.0.0.1');
  });

  it.each([
    ['plain', (target: string) => head('GET', target)],
    ['not plain', (target: string) => head('DELETE', target)]
  ])(
    'may have bytes beyond ASCII in its target: %s',
    async (_what, request) => {
      const sidecar = await startGranting();
      const port = await startApp((incoming, response) => {
        response.end(incoming.url);
      });
      const client = await sidecar.enter();
      await client.send(request(`/jupyter/proxy/${port}/\xe8\xbf\x9c?a=\xff`));
      expect((await client.response()).body).toBe('/%E8%BF%9C?a=%FF');
    }
  );

  it('may be cut within such a target', async () => {
    const sidecar = await startGranting();
    const port = await startApp((incoming, response) => {
      response.end(incoming.url);
    });
    const bytes = head('GET', `/jupyter/proxy/${port}/\xe8\xbf\x9c`);
    for (const cut of [0, 1, 2, 3].map(at => bytes.indexOf('\xe8') + at)) {
      const client = await sidecar.enter(bytes.slice(0, cut));
      await client.send(bytes.slice(cut));
      const { body } = await client.response();
      expect([cut, body]).toEqual([cut, '/%E8%BF%9C']);
    }
  });

  it('is asked about with its own head', async () => {
    const jupyter = await startJupyter();
    const sidecar = await startSidecar(jupyter);
    const port = await startEcho();
    const client = await sidecar.enter();
    await client.send(head('GET', `/jupyter/proxy/${port}/`, 'Cookie: a=1'));
    await client.response();
    const [question] = jupyter.questions as [IncomingMessage];
    expect(question.url).toBe(`/jupyter/proxy/${port}/`);
    expect(question.headers).toMatchObject({
      cookie: 'a=1',
      'x-real-ip': '192.0.2.7',
      'x-scheme': 'http'
    });
  });
});

describe('a client that reads slowly', () => {
  /** What is read at a time holds it, and the system takes some of them, in bytes. */
  const SIZE = 60_000;

  /** Answer each request of a connection by one segment. */
  async function answerAll(wire: Wire): Promise<void> {
    for (;;) {
      const [, target = ''] = (await wire.take('\r\n\r\n')).split(' ');
      const body = target.padEnd(SIZE, '.');
      await wire.send(`${OK}Content-Length: ${SIZE}\r\n\r\n${body}`);
    }
  }

  /** Pipeline requests, let the responses pile up, and read them then. */
  async function pileUp(): Promise<{
    client: Wire;
    rawApp: IRawApp;
    path: string;
  }> {
    const sidecar = await startGranting();
    const rawApp = await startRawApp(wire => {
      answerAll(wire).catch(() => undefined);
    });
    const path = `/jupyter/proxy/${rawApp.port}`;
    const client = await sidecar.enter();
    client.socket.pause();
    const targets = Array.from({ length: 30 }, (_item, index) => `/${index}`);
    await client.send(
      targets.map(target => head('GET', path + target)).join('')
    );
    while (
      sidecar.sockets[0] === undefined ||
      !sidecar.sockets[0].writableNeedDrain
    ) {
      await new Promise(setImmediate);
    }
    // What the client doesn't read is not asked for.
    expect(sidecar.sockets[0].writableLength).toBeLessThan(4 * SIZE);
    client.socket.resume();
    for (const target of targets) {
      const { body } = await client.response();
      expect(body.replace(/\.+$/, '')).toBe(target);
      expect(body).toHaveLength(SIZE);
    }
    return { client, rawApp, path };
  }

  it('gets the next response after all that has piled up', async () => {
    const { client, path } = await pileUp();
    for (const target of ['/a', '/b', '/c']) {
      await client.send(head('GET', path + target));
      const { body } = await client.response();
      expect(body.replace(/\.+$/, '')).toBe(target);
    }
  });

  it('leaves no connection to the app that nobody looks after', async () => {
    const { rawApp } = await pileUp();
    for (const wire of rawApp.wires) {
      wire.socket.end();
      await wire.until(() => wire.hasEnded);
    }
  });
});
