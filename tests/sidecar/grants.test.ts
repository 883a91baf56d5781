import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

import { type IQuestion, QUESTION_HEADER } from '../../src/protocol/grant';
import { parseProxiedPath } from '../../src/protocol/paths';
import { introduce } from '../../src/sidecar/client';
import { Grants } from '../../src/sidecar/grants';
import type { IRequestHead } from '../../src/sidecar/request-head';
import { startDoor } from './support/door';
import { grantOf, pathOf, routesOf } from './support/grant';
import {
  type Jupyter,
  NO_DETAILS,
  startJupyter,
  startWaiting
} from './support/jupyter';
import { socketPath } from './support/listen';
import { connectAsClient, PREFACE } from './support/wire';

const KEPT = 60_000;

interface IAsk {
  method?: string;
  url?: string;
  fields?: string[];
  preface?: string;
  upgrade?: boolean;
}

/** Obtain grants for real requests, all from one `Grants`. */
async function startAsking(
  jupyter: Pick<Jupyter, 'path'>
): Promise<(ask?: IAsk) => Promise<unknown>> {
  const grants = new Grants(jupyter.path, false);
  let upgrade = false;
  const obtain = (request: IncomingMessage): Promise<unknown> => {
    const path = parseProxiedPath(routesOf(), request.url ?? '');
    if (path === null || path === 'malformed') {
      throw new Error('Not a proxied path.');
    }
    return grants.obtain(request, path, upgrade);
  };
  const door = await startDoor((request, response) => {
    obtain(request).then(
      answer => response.end(JSON.stringify({ answer })),
      (error: unknown) => {
        const { name, code, place } = error as Record<string, unknown>;
        response.end(JSON.stringify({ error: { name, code, place } }));
      }
    );
  });
  return async (ask = {}) => {
    const { method = 'GET', url = '/jupyter/proxy/8501/' } = ask;
    upgrade = ask.upgrade ?? false;
    const wire = await connectAsClient(door, ask.preface ?? PREFACE);
    const fields = ask.fields ?? ['Host: a'];
    await wire.send(
      [`${method} ${url} HTTP/1.1`, ...fields, '', ''].join('\r\n')
    );
    const isHead = method === 'HEAD';
    const { body } = await wire.response(isHead);
    wire.socket.destroy();
    return isHead ? null : (JSON.parse(body) as unknown);
  };
}

/** The ports that Jupyter was asked about. */
function portsOf(jupyter: Jupyter): number[] {
  return jupyter.questions.map(({ url }) =>
    Number(/proxy\/([0-9]+)/.exec(url ?? '')?.[1])
  );
}

/** What a question asks. */
function questionIn(headers: IncomingHttpHeaders): IQuestion {
  const text = headers[QUESTION_HEADER.toLowerCase()];
  return JSON.parse(String(text)) as IQuestion;
}

const cookie = (value: string): string[] => ['Host: a', `Cookie: a=${value}`];

describe('Grants', () => {
  it('asks with the request’s head and gets the grant', async () => {
    const jupyter = await startJupyter();
    const obtain = await startAsking(jupyter);
    const url = '/jupyter/proxy/8501/x%2F?q=1';
    expect(
      await obtain({ url, fields: [...cookie('1'), 'X-User: u'] })
    ).toEqual({
      answer: grantOf()
    });
    const [question] = jupyter.questions;
    expect(question?.method).toBe('GET');
    expect(question?.url).toBe(url);
    expect(question?.headers).toMatchObject({
      host: 'a',
      cookie: 'a=1',
      'x-user': 'u',
      'x-real-ip': '192.0.2.7',
      'x-scheme': 'http',
      [QUESTION_HEADER.toLowerCase()]: JSON.stringify({
        place: { port: 8501, host: null },
        absolute: false,
        path: '/x%2F',
        upgrade: false,
        page: false
      })
    });
  });

  it.each([
    ['GET', 'GET'],
    ['HEAD', 'HEAD'],
    ['DELETE', 'DELETE'],
    // Tornado would answer 405 to what it doesn't know.
    ['PROPFIND', 'POST'],
    ['QUERY', 'POST']
  ])('asks about %s by %s', async (method, asked) => {
    const jupyter = await startJupyter();
    const obtain = await startAsking(jupyter);
    await obtain({ method });
    expect(jupyter.questions.map(question => question.method)).toEqual([asked]);
  });

  it('keeps a grant as long as it holds', async () => {
    const jupyter = await startJupyter({ lifetimeMs: KEPT });
    const obtain = await startAsking(jupyter);
    const first = await obtain();
    expect(await obtain()).toEqual(first);
    expect(await obtain({ url: '/jupyter/proxy/8501/other?b=1' })).toEqual(
      first
    );
    expect(jupyter.questions).toHaveLength(1);
  });

  it('asks again when it holds no longer', async () => {
    const lifetimeMs = 200;
    const jupyter = await startJupyter({ lifetimeMs });
    const obtain = await startAsking(jupyter);
    const before = performance.now();
    await obtain();
    while (jupyter.questions.length < 2) {
      await obtain();
    }
    expect(performance.now() - before).toBeGreaterThanOrEqual(lifetimeMs);
  });

  it('asks each time when it holds once', async () => {
    const jupyter = await startJupyter({ lifetimeMs: 0 });
    const obtain = await startAsking(jupyter);
    await obtain();
    await obtain();
    expect(jupyter.questions).toHaveLength(2);
  });

  /*
   * A grant that one user got must never serve another: whatever can tell users
   * apart asks separately.
   */
  it.each<[string, IAsk, IAsk]>([
    ['cookies', { fields: cookie('1') }, { fields: cookie('2') }],
    ['a cookie and none', { fields: cookie('1') }, {}],
    [
      'Authorization',
      { fields: ['Host: a', 'Authorization: token 1'] },
      { fields: ['Host: a', 'Authorization: token 2'] }
    ],
    [
      'tokens',
      { url: '/jupyter/proxy/8501/?token=1' },
      { url: '/jupyter/proxy/8501/?token=2' }
    ],
    ['a token and none', { url: '/jupyter/proxy/8501/?token=1' }, {}],
    [
      'a second token',
      { url: '/jupyter/proxy/8501/?token=1' },
      { url: '/jupyter/proxy/8501/?token=1&token=2' }
    ],
    [
      'a token in disguise and none',
      { url: '/jupyter/proxy/8501/?%74oken=1' },
      {}
    ],
    ['hosts', { fields: ['Host: a'] }, { fields: ['Host: b'] }],
    ['addresses', {}, { preface: '{"address":"192.0.2.8","scheme":"http"}\n' }],
    ['schemes', {}, { preface: '{"address":"192.0.2.7","scheme":"https"}\n' }],
    [
      'a proxy’s user field',
      { fields: ['Host: a', 'X-Remote-User: 1'] },
      { fields: ['Host: a', 'X-Remote-User: 2'] }
    ],
    ['ports', {}, { url: '/jupyter/proxy/8502/' }],
    ['routes', {}, { url: '/jupyter/proxy/absolute/8501/' }],
    ['safe and unsafe methods', { method: 'GET' }, { method: 'DELETE' }],
    [
      'origins of unsafe methods',
      { method: 'DELETE', fields: ['Host: a', 'Origin: http://a'] },
      { method: 'DELETE', fields: ['Host: a', 'Origin: http://evil'] }
    ],
    [
      'Sec-Fetch-Site of unsafe methods',
      { method: 'DELETE', fields: ['Host: a', 'Sec-Fetch-Site: same-origin'] },
      { method: 'DELETE', fields: ['Host: a', 'Sec-Fetch-Site: cross-site'] }
    ],
    [
      'Referers of unsafe methods',
      { method: 'DELETE', fields: ['Host: a', 'Referer: http://a/'] },
      { method: 'DELETE', fields: ['Host: a', 'Referer: http://evil/'] }
    ],
    [
      'a page and a script with a token',
      {
        url: '/jupyter/proxy/8501/?token=1',
        fields: ['Host: a', 'Accept: text/html']
      },
      {
        url: '/jupyter/proxy/8501/?token=1',
        fields: ['Host: a', 'Accept: */*']
      }
    ]
  ])('tells %s apart', async (_what, one, other) => {
    const jupyter = await startJupyter({ lifetimeMs: KEPT });
    const obtain = await startAsking(jupyter);
    await obtain(one);
    await obtain(other);
    expect(jupyter.questions).toHaveLength(2);
    await obtain(one);
    await obtain(other);
    expect(jupyter.questions).toHaveLength(2);
  });

  it.each<[string, IAsk]>([
    ['Accept', { fields: ['Host: a', 'Accept: text/html'] }],
    ['User-Agent', { fields: ['Host: a', 'User-Agent: b'] }],
    ['client hints', { fields: ['Host: a', 'Sec-CH-UA: "b"'] }],
    ['Range', { fields: ['Host: a', 'Range: bytes=0-1'] }],
    ['Origin of a safe method', { fields: ['Host: a', 'Origin: http://b'] }],
    ['the path within the app', { url: '/jupyter/proxy/8501/b?c' }],
    ['another safe method', { method: 'OPTIONS' }]
  ])('doesn’t ask again because of %s', async (_what, other) => {
    const jupyter = await startJupyter({ lifetimeMs: KEPT });
    const obtain = await startAsking(jupyter);
    await obtain();
    await obtain(other);
    expect(jupyter.questions).toHaveLength(1);
  });

  it('asks about each upgrade', async () => {
    const jupyter = await startJupyter({ lifetimeMs: KEPT });
    const obtain = await startAsking(jupyter);
    await obtain();
    await obtain({ upgrade: true });
    await obtain({ upgrade: true });
    await obtain();
    expect(
      jupyter.questions.map(({ headers }) => questionIn(headers))
    ).toMatchObject([{ upgrade: false }, { upgrade: true }, { upgrade: true }]);
  });

  it.each([
    [302, { Location: '/jupyter/login?next=%2Fjupyter%2F' }, ''],
    [403, { 'Content-Type': 'text/plain' }, 'Forbidden']
  ])('hands Jupyter’s %d on and asks again', async (status, headers, body) => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(status, headers);
      response.end(body);
    };
    const obtain = await startAsking(jupyter);
    for (const count of [1, 2]) {
      const [[name, value] = []] = Object.entries(headers);
      expect(await obtain()).toMatchObject({
        answer: {
          status,
          headers: expect.arrayContaining([name, value]) as unknown,
          body: { data: [...Buffer.from(body)] }
        }
      });
      expect(jupyter.questions).toHaveLength(count);
    }
  });

  it.each(['cross-site', 'foreign-port'])('throws %s', async reason => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(403, { 'Porthole-Refusal': reason });
      response.end(NO_DETAILS);
    };
    const obtain = await startAsking(jupyter);
    const expected = {
      error: { name: 'CarryError', code: reason, place: 'port 8501' }
    };
    expect(await obtain()).toEqual(expected);
    expect(await obtain()).toEqual(expected);
    expect(jupyter.questions).toHaveLength(2);
  });

  it('forgets a grant when Jupyter refuses later', async () => {
    const jupyter = await startJupyter({ lifetimeMs: 50 });
    const obtain = await startAsking(jupyter);
    await obtain();
    jupyter.judge = (_request, response) => {
      response.writeHead(403);
      response.end();
    };
    while (jupyter.questions.length < 2) {
      await obtain();
    }
    expect(await obtain()).toMatchObject({ answer: { status: 403 } });
  });

  it.each([
    ['no JSON', 'yes', 'SyntaxError'],
    ['no object', '1', 'TypeError'],
    ['null', 'null', 'TypeError'],
    ...Object.keys(grantOf())
      .filter(name => !['tls', 'mappedTo', 'earlier'].includes(name))
      .map(name => [
        `nothing in ${name}`,
        JSON.stringify({ ...grantOf(), [name]: null }),
        'TypeError'
      ]),
    [
      'an address that is no text',
      JSON.stringify(grantOf({ target: { addresses: [1], port: 1 } as never })),
      'TypeError'
    ],
    [
      'an earlier app without a name',
      JSON.stringify(
        grantOf({ earlier: { folder: '', command: '' } as never })
      ),
      'TypeError'
    ]
  ])('takes no grant with %s', async (_what, text, name) => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(204, { 'Porthole-Grant': text });
      response.end();
    };
    const obtain = await startAsking(jupyter);
    expect(await obtain()).toEqual({ error: { name } });
  });

  it('takes a grant with 204 only', async () => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(403, { 'Porthole-Grant': JSON.stringify(grantOf()) });
      response.end();
    };
    const obtain = await startAsking(jupyter);
    expect(await obtain()).toMatchObject({ answer: { status: 403 } });
  });

  it('says so when Jupyter is gone', async () => {
    const obtain = await startAsking({ path: socketPath() });
    expect(await obtain()).toEqual({
      error: { name: 'CarryError', code: 'jupyter-gone', place: 'port 8501' }
    });
  });

  /** Ask the same at once, by two connections, and wait until both wait. */
  async function askTwice(ask: IAsk = {}): Promise<{
    answers: Promise<unknown>[];
    jupyter: Jupyter;
    refuse: (fields?: Record<string, string>) => void;
    grant: () => void;
  }> {
    const { jupyter, asked, refuse, grant } = await startWaiting();
    const obtain = await startAsking(jupyter);
    const answers = [obtain(ask)];
    await asked;
    answers.push(obtain(ask));
    // The third asks something else: the second has been read before it is.
    answers.push(obtain({ url: '/jupyter/proxy/8502/' }));
    while (jupyter.questions.length < 2) {
      await new Promise(setImmediate);
    }
    // What a test has no interest in is not answered when it is over.
    Promise.all(answers).catch(() => undefined);
    return { answers, jupyter, refuse, grant };
  }

  it('asks once what is asked at once', async () => {
    const { answers, jupyter, grant } = await askTwice();
    jupyter.grant = grantOf({ lifetimeMs: KEPT });
    grant();
    const [one, two] = await Promise.all(answers);
    expect(one).toEqual({ answer: jupyter.grant });
    expect(two).toEqual(one);
    expect(portsOf(jupyter)).toEqual([8501, 8502]);
  });

  it.each([2, 10])('asks once what %d callers ask at once', async count => {
    const jupyter = await startJupyter({ lifetimeMs: KEPT });
    const grants = new Grants(jupyter.path, false);
    const path = pathOf();
    const socket = new Socket();
    introduce(socket, { address: '192.0.2.7', scheme: 'http' });
    const request = {
      method: 'GET',
      url: `${path.prefix}/`,
      rawHeaders: ['Host', 'a'],
      socket
    };
    const answers = Array.from({ length: count }, () =>
      grants.obtain(request, path)
    );
    for (const answer of answers) {
      expect(await answer).toEqual(jupyter.grant);
    }
    expect(jupyter.questions.length).toBe(1);
  });

  /*
   * A refusal may hold what is meant for one request only (where to come back to
   * after the login), and the next question may be granted.
   */
  it('asks about each what is refused', async () => {
    const { answers, jupyter, refuse, grant } = await askTwice();
    refuse();
    expect(await answers[0]).toMatchObject({ answer: { status: 403 } });
    grant();
    expect(await answers[1]).toEqual({ answer: grantOf() });
    expect(portsOf(jupyter)).toEqual([8501, 8502, 8501]);
  });

  it('asks about each what is refused in our words', async () => {
    const { answers, jupyter, refuse, grant } = await askTwice();
    refuse({ 'Porthole-Refusal': 'cross-site' });
    expect(await answers[0]).toMatchObject({ error: { code: 'cross-site' } });
    grant();
    expect(await answers[1]).toEqual({ answer: grantOf() });
    expect(portsOf(jupyter)).toEqual([8501, 8502, 8501]);
  });

  // It is for one request only: a second one must be seen by Jupyter, too.
  it('shares no grant that holds once', async () => {
    const { answers, jupyter, grant } = await askTwice();
    grant();
    expect(await Promise.all(answers)).toMatchObject([
      { answer: { target: { port: 8501 } } },
      { answer: { target: { port: 8501 } } },
      { answer: { target: { port: 8502 } } }
    ]);
    expect(portsOf(jupyter)).toEqual([8501, 8502, 8501]);
  });

  it('is forgotten for a port by whatever name of its host', async () => {
    const jupyter = await startJupyter({ lifetimeMs: KEPT });
    const grants = new Grants(jupyter.path, false);
    const places = [
      { port: 8501, host: null },
      { port: 8501, host: 'localhost' },
      { port: 8502, host: null }
    ];
    const obtainAll = async (): Promise<void> => {
      for (const place of places) {
        const host = place.host === null ? '' : `${place.host}:`;
        const prefix = `/jupyter/proxy/${host}${place.port}`;
        const socket = new Socket();
        introduce(socket, { address: '192.0.2.7', scheme: 'http' });
        await grants.obtain(
          {
            method: 'GET',
            url: `${prefix}/`,
            rawHeaders: ['Host', 'a'],
            socket
          },
          pathOf({ place, prefix })
        );
      }
    };
    const asked = (): (string | undefined)[] =>
      jupyter.questions.map(({ url }) => url?.split('/')[3]);
    await obtainAll();
    grants.forget({ app: 'app' });
    await obtainAll();
    expect(asked()).toEqual(['8501', 'localhost:8501', '8502']);
    jupyter.questions.length = 0;
    grants.forget({ port: 8501, host: '127.0.0.1' });
    await obtainAll();
    expect(asked()).toEqual(['8501', 'localhost:8501']);
  });

  it('asks again when Jupyter was gone', async () => {
    const jupyter = await startJupyter();
    const { judge } = jupyter;
    jupyter.judge = request => {
      request.socket.destroy();
    };
    const obtain = await startAsking(jupyter);
    expect(await obtain()).toMatchObject({ error: { code: 'jupyter-gone' } });
    jupyter.judge = judge;
    expect(await obtain()).toEqual({ answer: grantOf() });
  });

  describe('of a named app', () => {
    const routes = routesOf({ apps: [{ name: 'app', root: '/jupyter/app' }] });

    function asking(rest: string, ...fields: string[]): IRequestHead {
      const socket = new Socket();
      introduce(socket, { address: '192.0.2.7', scheme: 'http' });
      const url = `/jupyter/app${rest}`;
      return {
        method: 'GET',
        url,
        rawHeaders: ['Host', 'a', ...fields],
        socket
      };
    }

    function obtain(
      grants: Grants,
      request: IRequestHead
    ): ReturnType<Grants['obtain']> {
      const path = parseProxiedPath(routes, request.url ?? '');
      if (path === null || path === 'malformed') {
        throw new Error('Not a proxied path.');
      }
      return grants.obtain(request, path);
    }

    it('holds for all paths, unless it says otherwise', async () => {
      const jupyter = await startJupyter({ lifetimeMs: KEPT });
      const grants = new Grants(jupyter.path, false);
      for (const rest of ['/', '/a', '/a?b', '/c']) {
        await obtain(grants, asking(rest));
      }
      expect(jupyter.questions).toHaveLength(1);
    });

    it('holds for its path only, if it says so', async () => {
      const jupyter = await startJupyter({ lifetimeMs: KEPT, isForPath: true });
      const grants = new Grants(jupyter.path, false);
      for (const rest of ['/', '/a', '/a?b', '/', '/a?c']) {
        await obtain(grants, asking(rest));
      }
      expect(jupyter.questions.map(({ url }) => url)).toEqual([
        '/jupyter/app/',
        '/jupyter/app/a'
      ]);
    });

    it('is not shared with another path that is asked at once', async () => {
      const { jupyter, asked, grant } = await startWaiting();
      jupyter.grant = grantOf({ lifetimeMs: KEPT, isForPath: true });
      const grants = new Grants(jupyter.path, false);
      const answers = ['/a', '/b', '/a'].map(rest =>
        obtain(grants, asking(rest))
      );
      await asked;
      grant();
      await Promise.all(answers);
      expect(jupyter.questions.map(({ url }) => url).sort()).toEqual([
        '/jupyter/app/a',
        '/jupyter/app/b'
      ]);
    });

    it('is asked for by a page and by what else comes, each for itself', async () => {
      const { jupyter, grant } = await startWaiting();
      const grants = new Grants(jupyter.path, false);
      const answers = [
        obtain(grants, asking('/')),
        obtain(grants, asking('/', 'Accept', 'text/html')),
        obtain(grants, asking('/', 'Porthole-Page', '1'))
      ];
      while (jupyter.questions.length < 2) {
        await new Promise(setImmediate);
      }
      const pages = jupyter.questions.map(
        ({ headers }) => questionIn(headers).page
      );
      expect(pages.sort()).toEqual([false, true]);
      grant();
      await Promise.all(answers);
    });

    it('is forgotten when it is out of date', async () => {
      const jupyter = await startJupyter({ lifetimeMs: KEPT });
      const grants = new Grants(jupyter.path, false);
      await obtain(grants, asking('/'));
      grants.forget({ app: 'other' });
      grants.forget({ port: 8501, host: null });
      await obtain(grants, asking('/'));
      expect(jupyter.questions).toHaveLength(1);
      grants.forget({ app: 'app' });
      await obtain(grants, asking('/'));
      expect(jupyter.questions).toHaveLength(2);
    });

    it('is not kept when it gets out of date on its way', async () => {
      const { jupyter, asked, grant } = await startWaiting();
      jupyter.grant = grantOf({ lifetimeMs: KEPT });
      const grants = new Grants(jupyter.path, false);
      const first = obtain(grants, asking('/'));
      await asked;
      grants.forget({ app: 'app' });
      grant();
      await first;
      await obtain(grants, asking('/'));
      expect(jupyter.questions).toHaveLength(2);
    });
  });

  describe('known', () => {
    it('tells a grant that holds, and asks nobody', async () => {
      const jupyter = await startJupyter({ lifetimeMs: KEPT });
      const grants = new Grants(jupyter.path, false);
      const path = pathOf();
      const socket = new Socket();
      introduce(socket, { address: '192.0.2.7', scheme: 'http' });
      const asking = (cookie: string): IRequestHead => ({
        method: 'GET',
        url: `${path.prefix}/`,
        rawHeaders: ['Host', 'a', 'Cookie', cookie],
        socket
      });
      expect(grants.known(asking('a=1'), path)).toBeUndefined();
      await grants.obtain(asking('a=1'), path);
      expect(grants.known(asking('a=1'), path)).toEqual(jupyter.grant);
      expect(grants.known(asking('a=2'), path)).toBeUndefined();
      expect(jupyter.questions).toHaveLength(1);
    });

    it.each([
      ['holds once', 0],
      ['held', 1]
    ])('tells no grant that %s', async (_what, lifetimeMs) => {
      const jupyter = await startJupyter({ lifetimeMs });
      const grants = new Grants(jupyter.path, false);
      const socket = new Socket();
      introduce(socket, { address: '', scheme: 'http' });
      const request = { method: 'GET', url: '/', rawHeaders: [], socket };
      await grants.obtain(request, pathOf());
      const start = performance.now();
      while (performance.now() - start <= lifetimeMs) {
        await new Promise(setImmediate);
      }
      expect(grants.known(request, pathOf())).toBeUndefined();
    });
  });
});
