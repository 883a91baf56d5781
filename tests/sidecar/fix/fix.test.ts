import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import type { IGrant } from '../../../src/protocol/grant';
import { startApp, startRawApp } from '../support/app';
import { fetch, head } from '../support/exchange';
import { type Jupyter, startJupyter, startWaiting } from '../support/jupyter';
import { fieldsOf, type IResponse, values } from '../support/message';
import { type ISidecar, startSidecar } from '../support/sidecar';
import type { Wire } from '../support/wire';

/** A page that has to be fixed, and one that has no need of it. */
const ROOTED = '<!doctype html><a href="/x">';
const RELATIVE = '<!doctype html><a href="x">';

const NAVIGATION = 'Accept: text/html,*/*;q=0.8';

/** What makes a request without a body one that is not plain. */
const EMPTY = 'Content-Length: 0';

const OK = 'HTTP/1.1 200 OK\r\n';
const HTML = `${OK}Content-Type: text/html\r\n`;
const CHUNKED = `${HTML}Transfer-Encoding: chunked\r\n\r\n`;

/** A part of a body in chunks. */
function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

interface IPlace {
  jupyter: Jupyter;
  sidecar: ISidecar;
}

async function start(given: Partial<IGrant> = {}): Promise<IPlace> {
  const jupyter = await startJupyter({ fix: 'auto', ...given });
  return { jupyter, sidecar: await startSidecar(jupyter) };
}

/** An app whose only page is this. */
function startPage(
  page: string,
  headers: Record<string, string> = {}
): Promise<number> {
  return startApp((_request, response) => {
    response.writeHead(200, {
      'Content-Type': 'text/html',
      'Content-Length': page.length,
      ETag: '"a"',
      ...headers
    });
    response.end(page);
  });
}

/** An app whose page has at least that many bytes, all of which has to be fixed. */
async function startLongPage(
  length: number
): Promise<{ port: number; written: () => number }> {
  const rows = Buffer.from(
    `<p><a href="/x">a</a>${' '.repeat(2000)}\n`.repeat(20)
  );
  let written = 0;
  const write = (response: ServerResponse): void => {
    while (written < length) {
      written += rows.length;
      if (!response.write(rows)) {
        response.once('drain', () => {
          write(response);
        });
        return;
      }
    }
    response.end();
  };
  const port = await startApp((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    write(response);
  });
  return { port, written: () => written };
}

/** How many bytes a client gets up to the end of a response in chunks. */
function lengthOf({ socket }: Wire): Promise<number> {
  socket.removeAllListeners('data');
  return new Promise(resolve => {
    let length = 0;
    let end = '';
    socket.on('data', (data: Buffer) => {
      length += data.length;
      end = (end + data.subarray(-7).toString('latin1')).slice(-7);
      if (end === '\r\n0\r\n\r\n') {
        resolve(length);
      }
    });
    socket.resume();
  });
}

function isFixed(response: IResponse): boolean {
  return values(response, 'Porthole-Fixed').length > 0;
}

describe.each([
  ['a plain request', 'GET', [NAVIGATION], ''],
  ['a request that is not plain', 'GET', [NAVIGATION, EMPTY], ''],
  ['a form', 'POST', [NAVIGATION, 'Content-Length: 3'], 'a=b']
])('the page that %s gets', (_what, method, fields, body) => {
  /** Send that request to an app, on a connection of its own. */
  async function send(sidecar: ISidecar, port: number): Promise<Wire> {
    const client = await sidecar.connect();
    const target = `/jupyter/proxy/${port}/`;
    await client.send(head(method, target, ...fields) + body);
    return client;
  }

  /** That request, and an app that has got it. */
  async function open(): Promise<{ client: Wire; app: Wire }> {
    const { sidecar } = await start();
    const rawApp = await startRawApp();
    const client = await send(sidecar, rawApp.port);
    const app = await rawApp.next();
    await app.take('\r\n\r\n');
    return { client, app };
  }

  it('is fixed if it has to be', async () => {
    const { sidecar } = await start();
    const port = await startPage(ROOTED);
    const client = await send(sidecar, port);
    const response = await client.response();
    const prefix = `/jupyter/proxy/${port}`;
    expect(response.body).toContain('>page();</script>');
    expect(response.body).toContain(`<a href="${prefix}/x">`);
    expect(values(response, 'ETag')).toEqual([]);
    expect(values(response, 'Content-Length')).toEqual([]);
    expect(isFixed(response)).toBe(true);
  });

  it('is as it came if it has no need of it', async () => {
    const { sidecar } = await start();
    const zipped = gzipSync(RELATIVE).toString('latin1');
    for (const [page, coding] of [
      [RELATIVE, 'identity'],
      [zipped, 'gzip']
    ] as const) {
      const port = await startApp((_request, response) => {
        response.writeHead(200, [
          ...['Content-Type', 'text/html', 'x-B', '\xe9', 'ETag', '"a"'],
          ...['Content-Encoding', coding, 'Content-Length', String(page.length)]
        ]);
        response.end(page, 'latin1');
      });
      const client = await send(sidecar, port);
      const response = await client.response();
      const own = response.headers.filter(([name]) =>
        /^(?:content-|etag|x-b|porthole)/i.test(name)
      );
      expect(own).toEqual([
        ['Content-Type', 'text/html'],
        ['x-B', '\xe9'],
        ['ETag', '"a"'],
        ['Content-Encoding', coding],
        ['Content-Length', String(page.length)]
      ]);
      expect(response.body).toBe(page);
    }
  });

  it('streams while it is made', async () => {
    const { client, app } = await open();
    await app.send(CHUNKED + chunk(ROOTED));
    await client.take('/x">');
    await app.send(chunk('<p>one<img src="/y"><img src="/z'));
    expect(await client.take('/y">')).toMatch(
      /<p>one<img src="\/jupyter\/proxy\/[0-9]+\/y">$/
    );
    await app.send(chunk('">two') + chunk(''));
    expect(await client.take('two\r\n0\r\n\r\n')).toContain('/z">two');
  });

  it('streams if it tells nothing for a while', async () => {
    const { client, app } = await open();
    await app.send(CHUNKED + chunk(RELATIVE));
    await client.take(RELATIVE);
    await app.send(chunk('<p>one'));
    await client.take('<p>one');
    await app.send(chunk('<img src="/y">'));
    expect(await client.take('/y">')).toMatch(
      /page\(\);<\/script>.*<img src="\/jupyter\//
    );
    await app.send(chunk(''));
    await client.take('0\r\n\r\n');
  });

  it('is broken as the app breaks it, when nothing is known of it yet', async () => {
    const { client, app } = await open();
    await app.send(CHUNKED + chunk(RELATIVE));
    app.socket.destroy();
    const rest = await client.rest();
    expect(rest).not.toContain('\r\n0\r\n');
  });

  it('is 502 if the app leaves without a head', async () => {
    const { client, app } = await open();
    await app.send(HTML);
    app.socket.destroy();
    expect((await client.response()).status).toBe(502);
  });

  it('is broken as the app breaks it, when it is fixed', async () => {
    const { client, app } = await open();
    await app.send(CHUNKED + chunk(ROOTED));
    await client.until(() => client.received.includes('/x">'));
    app.socket.destroy();
    expect(await client.rest()).not.toContain('\r\n0\r\n');
  });

  it('ends with the app’s connection if it has no length', async () => {
    for (const page of [ROOTED, RELATIVE]) {
      const { client, app } = await open();
      app.socket.end(`${HTML}\r\n${page}`);
      expect((await client.response()).body.endsWith('x">')).toBe(true);
    }
  });

  it('ends the app’s side when the client leaves', async () => {
    for (const page of [ROOTED, RELATIVE]) {
      const { client, app } = await open();
      await app.send(CHUNKED + chunk(page));
      client.socket.destroy();
      await app.until(() => app.hasEnded);
    }
  });

  it('leaves the connection to the next request', async () => {
    const { sidecar } = await start();
    const rooted = await startPage(ROOTED);
    const relative = await startPage(RELATIVE);
    const client = await send(sidecar, rooted);
    expect(isFixed(await client.response())).toBe(true);
    for (const port of [relative, rooted, relative]) {
      await client.send(head('GET', `/jupyter/proxy/${port}/`, NAVIGATION));
      expect(isFixed(await client.response())).toBe(port === rooted);
    }
  });

  it('holds the app up as long as the client doesn’t read', async () => {
    const { sidecar } = await start();
    const long = await startLongPage(50_000_000);
    const client = await send(sidecar, long.port);
    await client.until(() => client.received.includes('page();'));
    client.socket.pause();
    // Another reads on meanwhile.
    const other = await startLongPage(20_000_000);
    expect(await lengthOf(await send(sidecar, other.port))).toBeGreaterThan(
      20_000_000
    );
    expect(long.written()).toBeLessThan(20_000_000);
    // Then it gets all of it.
    expect(await lengthOf(client)).toBeGreaterThan(50_000_000);
    expect(long.written()).toBeGreaterThan(50_000_000);
  }, 20_000);
});

describe('a request that wants no page', () => {
  it.each([
    ['HEAD', [NAVIGATION]],
    ['GET', []],
    ['GET', ['Accept: */*']],
    ['GET', ['Accept: application/json, text/javascript']],
    ['GET', [NAVIGATION, 'X-Requested-With: XMLHttpRequest']],
    ['GET', [NAVIGATION, 'Sec-Fetch-Mode: cors']],
    ['GET', [NAVIGATION, 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script']],
    ['GET', ['Accept: text/event-stream']]
  ])('gets what the app sends: %s with %j', async (method, fields) => {
    for (const fix of ['auto', 'always'] as const) {
      const { sidecar } = await start({ fix });
      const port = await startPage(ROOTED);
      const target = `/jupyter/proxy/${port}/`;
      const response = await fetch(sidecar, head(method, target, ...fields));
      expect(isFixed(response)).toBe(false);
      expect(values(response, 'ETag')).toEqual(['"a"']);
      expect(values(response, 'Content-Length')).toEqual(['28']);
      expect(response.body).toBe(method === 'HEAD' ? '' : ROOTED);
    }
  });

  it.each([
    ['GET', ['Sec-Fetch-Mode: navigate']],
    ['GET', ['Accept: application/xhtml+xml,Text/HTML;q=0.9']],
    [
      'GET',
      ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe', 'Accept: */*']
    ]
  ])('is not this one: %s with %j', async (method, fields) => {
    const { sidecar } = await start();
    const port = await startPage(ROOTED);
    const target = `/jupyter/proxy/${port}/`;
    const response = await fetch(sidecar, head(method, target, ...fields));
    expect(isFixed(response)).toBe(true);
  });
});

describe('an app that is never to be fixed', () => {
  it('isn’t', async () => {
    const { sidecar } = await start({ fix: 'never' });
    const port = await startPage(ROOTED);
    const request = head('GET', `/jupyter/proxy/${port}/`, NAVIGATION);
    const response = await fetch(sidecar, request);
    expect(response.body).toBe(ROOTED);
    expect(isFixed(response)).toBe(false);
  });
});

describe('the home of a page', () => {
  /** What the page's script learns. */
  async function homeOf(sidecar: ISidecar, target: string): Promise<unknown> {
    const request = head('GET', target, NAVIGATION);
    const { body } = await fetch(sidecar, request);
    const [, text = ''] = /data-porthole="([^"]*)"/.exec(body) ?? [];
    return JSON.parse(text.replace(/&(?:quot|#34);/g, '"'));
  }

  it('is the prefix by which it was asked for', async () => {
    const { sidecar } = await start({ fix: 'always' });
    const port = await startPage(ROOTED);
    for (const prefix of [
      `/jupyter/proxy/${port}`,
      `/jupyter/proxy/absolute/${port}`,
      `/jupyter/proxy/localhost:${port}`
    ]) {
      expect(await homeOf(sidecar, `${prefix}/a/b?c=/d`)).toMatchObject({
        prefix,
        baseUrl: '/jupyter/',
        publicHost: 'hub.example',
        localHosts: expect.arrayContaining([
          `localhost:${port}`,
          `127.0.0.1:${port}`
        ]) as unknown
      });
    }
  });
});

describe('a client of HTTP/1.0', () => {
  it.each([ROOTED, RELATIVE])('gets %s without chunks', async page => {
    const { sidecar } = await start();
    const port = await startPage(page);
    const client = await sidecar.connect();
    await client.send(
      `GET /jupyter/proxy/${port}/ HTTP/1.0\r\n${NAVIGATION}\r\n\r\n`
    );
    const got = await client.rest();
    expect(got).not.toMatch(/transfer-encoding/i);
    expect(got.endsWith('x">')).toBe(true);
    expect(got.includes('page();')).toBe(page === ROOTED);
  });
});

describe('pipelined requests', () => {
  it('are answered in their order', async () => {
    const { sidecar } = await start();
    const zipped = await startPage(gzipSync(ROOTED).toString('latin1'));
    const ports = [
      await startPage(ROOTED),
      zipped,
      await startPage(RELATIVE),
      await startPage(ROOTED)
    ];
    const client = await sidecar.connect();
    const ask = (port: number | undefined): string =>
      head('GET', `/jupyter/proxy/${port}/`, NAVIGATION);
    await client.send(ports.map(ask).join('') + ask(ports[2]));
    const fixed: boolean[] = [];
    for (let count = 0; count < 5; count += 1) {
      fixed.push(isFixed(await client.response()));
    }
    expect(fixed).toEqual([true, false, false, true, false]);
    expect(client.received).toBe('');
  });
});

describe('the request to the app', () => {
  /** The fields that an app gets of a request. */
  async function gotten(
    fix: IGrant['fix'],
    ...fields: string[]
  ): Promise<string[]> {
    const { sidecar } = await start({ fix });
    const app = await startRawApp();
    const client = await sidecar.connect();
    await client.send(head('GET', `/jupyter/proxy/${app.port}/`, ...fields));
    const got = await (await app.next()).take('\r\n\r\n');
    return fieldsOf(got)
      .map(field => field.join(': ').replaceAll(String(app.port), 'PORT'))
      .filter(field => !/^X-/.test(field));
  }

  const CONDITIONS = [
    'If-None-Match: "a"',
    'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
    'If-Match: "b"',
    'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
    'If-Range: "a"',
    'Range: bytes=0-1'
  ];
  const ACCEPTED = ['Accept-Encoding: gzip, br, zstd', 'Accept-Language: de'];

  it.each(['auto', 'always'] as const)(
    'asks for the same as ever: %s',
    async fix => {
      const fields = [NAVIGATION, ...ACCEPTED];
      expect(await gotten(fix, ...fields)).toEqual(
        await gotten('never', ...fields)
      );
      expect(await gotten(fix, ...fields)).toEqual(
        expect.arrayContaining(fields)
      );
    }
  );

  it('has no conditions where the answer would be about something else', async () => {
    const fields = [NAVIGATION, ...CONDITIONS];
    expect(await gotten('always', ...fields)).toEqual([
      'Host: localhost:PORT',
      NAVIGATION
    ]);
  });

  it.each([
    ['auto', [NAVIGATION]],
    ['never', [NAVIGATION]],
    ['always', ['Accept: */*']]
  ] as const)('has its conditions else: %s', async (fix, fields) => {
    const got = await gotten(fix, ...fields, ...CONDITIONS);
    expect(got).toEqual(expect.arrayContaining(CONDITIONS));
  });
});

describe('the address of the service worker', () => {
  const WORKER = 'Service-Worker: script';

  /** An app that says which of its addresses is asked for. */
  const echo = (request: IncomingMessage, response: ServerResponse): void => {
    response.end(`app: ${request.url}`);
  };

  it.each(['auto', 'always'] as const)(
    'is where it is, confined to the app: %s',
    async fix => {
      const { sidecar } = await start({ fix });
      const port = await startApp(echo);
      const prefix = `/jupyter/proxy/${port}`;
      const target = `${prefix}/.porthole/worker.js`;
      for (const fields of [[WORKER], [WORKER, EMPTY]]) {
        const response = await fetch(sidecar, head('GET', target, ...fields));
        expect(response.status).toBe(200);
        expect(values(response, 'Content-Type')).toEqual([
          'text/javascript; charset=utf-8'
        ]);
        expect(values(response, 'Service-Worker-Allowed')).toEqual([
          `${prefix}/`
        ]);
        expect(values(response, 'Cache-Control')).toEqual(['no-cache']);
        const [, home = ''] =
          /^self\.home = (.*);\nworker\(\);\n$/.exec(response.body) ?? [];
        expect(JSON.parse(home)).toMatchObject({
          prefix,
          baseUrl: '/jupyter/'
        });
      }
    }
  );

  it('is there again and again, with leave that is remembered', async () => {
    const { sidecar, jupyter } = await start({ lifetimeMs: 60_000 });
    const port = await startApp(echo);
    const client = await sidecar.connect();
    const target = `/jupyter/proxy/${port}/.porthole/worker.js`;
    for (let count = 0; count < 2; count += 1) {
      await client.send(head('GET', target, WORKER));
      expect((await client.response()).body).toContain('worker();');
      await client.send(head('GET', `/jupyter/proxy/${port}/a`));
      expect((await client.response()).body).toBe('app: /a');
    }
    // One about each kind of request.
    expect(jupyter.questions).toHaveLength(2);
  });

  it.each([
    ['without the field', 'GET', '/.porthole/worker.js', []],
    [
      'with another value',
      'GET',
      '/.porthole/worker.js',
      ['Service-Worker: scripts']
    ],
    ['with a query', 'GET', '/.porthole/worker.js?a', [WORKER]],
    ['further down', 'GET', '/a/.porthole/worker.js', [WORKER]],
    ['in other words', 'GET', '/.porthole/%77orker.js', [WORKER]],
    ['another one', 'GET', '/sw.js', [WORKER]]
  ])('is the app’s %s', async (_how, method, path, fields) => {
    const { sidecar } = await start();
    const port = await startApp(echo);
    const request = head(method, `/jupyter/proxy/${port}${path}`, ...fields);
    expect((await fetch(sidecar, request)).body).toBe(`app: ${path}`);
  });

  it('is the app’s if that is never fixed', async () => {
    const { sidecar } = await start({ fix: 'never' });
    const port = await startApp(echo);
    const target = `/jupyter/proxy/${port}/.porthole/worker.js`;
    const response = await fetch(sidecar, head('GET', target, WORKER));
    expect(response.body).toBe('app: /.porthole/worker.js');
  });

  it('has nothing for who has no leave', async () => {
    const { jupyter, asked, refuse } = await startWaiting();
    jupyter.grant = { ...jupyter.grant, fix: 'always' };
    const sidecar = await startSidecar(jupyter);
    for (const fields of [[WORKER], [WORKER, EMPTY]]) {
      const client = await sidecar.connect();
      await client.send(
        head('GET', '/jupyter/proxy/8501/.porthole/worker.js', ...fields)
      );
      await asked;
      const response = client.response();
      while (jupyter.questions.length === 0) {
        await once(jupyter.server, 'request');
      }
      refuse();
      expect((await response).status).toBe(403);
      expect((await response).body).not.toContain('worker');
      jupyter.questions.length = 0;
    }
  });
});
