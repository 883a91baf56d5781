import type { RawHeaders } from '../../src/sidecar/raw-headers';
import {
  type IProxiedRequest,
  publicHost,
  requestHeaders
} from '../../src/sidecar/request-headers';
import { grantOf, pathOf } from './support/grant';

const HOST = ['Host', 'hub.example:8000'];
const PREFIX = '/jupyter/proxy/8501';
const ADDED = [
  'X-Forwarded-For',
  '192.0.2.7',
  'X-Forwarded-Proto',
  'http',
  'X-Forwarded-Host',
  'hub.example:8000',
  'X-Forwarded-Port',
  '8000',
  'X-Forwarded-Prefix',
  PREFIX,
  'X-Forwarded-Context',
  PREFIX,
  'X-ProxyContextPath',
  PREFIX,
  'X-Script-Name',
  PREFIX
];

/** What the app gets of the fields. */
function forApp(
  headers: RawHeaders,
  given: Partial<IProxiedRequest> = {}
): RawHeaders {
  return requestHeaders({
    headers,
    client: { address: '192.0.2.7', scheme: 'http' },
    path: pathOf(),
    grant: grantOf(),
    isNavigation: false,
    trustXheaders: false,
    ...given
  });
}

/** The values of a field that the app gets. */
function valuesForApp(
  name: string,
  headers: RawHeaders,
  given: Partial<IProxiedRequest> = {}
): string[] {
  const got = forApp(headers, given);
  return got.filter(
    (_value, index) => index % 2 === 1 && got[index - 1] === name
  );
}

describe('requestHeaders', () => {
  it('keeps order, case, duplicates and bytes', () => {
    expect(
      forApp([
        'x-B',
        '1',
        ...HOST,
        'X-a',
        '\xe9',
        'X-b',
        '2',
        'Content-Length',
        '5'
      ])
    ).toEqual([
      'x-B',
      '1',
      'Host',
      'localhost:8501',
      'X-a',
      '\xe9',
      'X-b',
      '2',
      'Content-Length',
      '5',
      ...ADDED
    ]);
  });

  it.each([
    ['hop-by-hop', ['Connection', 'X-A', 'X-A', '1', 'TE', 'trailers']],
    ['Expect', ['Expect', '100-continue']],
    ['Forwarded', ['Forwarded', 'for=10.0.0.1']],
    [
      'forged forwarded fields',
      ADDED.map((text, index) => (index % 2 === 0 ? text : 'forged'))
    ]
  ])('drops %s', (_what, headers) => {
    expect(forApp([...HOST, ...headers])).toEqual([
      'Host',
      'localhost:8501',
      ...ADDED
    ]);
  });

  it('can’t be kept from adding a field by nominating it', () => {
    expect(forApp([...HOST, 'Connection', 'X-Forwarded-For, Host'])).toEqual([
      'Host',
      'localhost:8501',
      ...ADDED
    ]);
  });

  it.each([
    ['http://hub.example:8000', 'http://localhost:8501'],
    ['https://elsewhere.example', 'http://localhost:8501'],
    ['null', 'null']
  ])('turns the origin %s into %s', (origin, own) => {
    expect(valuesForApp('Origin', [...HOST, 'Origin', origin])).toEqual([own]);
  });

  it.each([
    [
      'a page of the app',
      `http://hub.example:8000${PREFIX}/a?b=1`,
      'http://localhost:8501/a?b=1'
    ],
    [
      'the app’s root',
      `https://hub.example:8000${PREFIX}/`,
      'http://localhost:8501/'
    ],
    [
      'Lab with its token',
      'http://hub.example:8000/jupyter/lab?token=secret',
      'http://localhost:8501/'
    ],
    [
      'another app',
      `http://hub.example:8000${PREFIX}2/secret`,
      'http://localhost:8501/'
    ],
    ['the bare origin', 'http://hub.example:8000', 'http://localhost:8501/'],
    [
      'another site',
      'https://elsewhere.example/x',
      'https://elsewhere.example/x'
    ],
    ['something else', 'about:client', 'about:client']
  ])('writes a Referer that is %s for the app', (_what, referer, own) => {
    expect(valuesForApp('Referer', [...HOST, 'Referer', referer])).toEqual([
      own
    ]);
  });

  it('takes the Origin for ours when a proxy in front has changed Host', () => {
    expect(
      valuesForApp('Referer', [
        'Host',
        'inner:8888',
        'Origin',
        'https://hub.example',
        'Referer',
        `https://hub.example${PREFIX}/a`
      ])
    ).toEqual(['http://localhost:8501/a']);
  });

  it('keeps the prefix in the Referer of an absolute path', () => {
    const prefix = '/jupyter/proxy/absolute/8501';
    expect(
      valuesForApp(
        'Referer',
        [...HOST, 'Referer', `http://hub.example:8000${prefix}/a`],
        {
          path: pathOf({ prefix, absolute: true }),
          grant: grantOf({ keepsPrefix: true })
        }
      )
    ).toEqual([`http://localhost:8501${prefix}/a`]);
  });

  it('leaves Host, Origin and Referer to an app that wants them so', () => {
    const headers = [
      ...HOST,
      'Origin',
      'http://hub.example:8000',
      'Referer',
      `http://hub.example:8000${PREFIX}/a`
    ];
    const given = { grant: grantOf({ host: '' }) };
    expect(forApp(headers, given).slice(0, 6)).toEqual(headers);
    expect(
      valuesForApp(
        'Referer',
        [...HOST, 'Referer', 'http://hub.example:8000/jupyter/lab?token=s'],
        given
      )
    ).toEqual(['http://hub.example:8000/']);
  });

  it('names an app of another scheme and host', () => {
    const grant = grantOf({
      host: 'node7:8787',
      tls: { serverName: 'node7', verifies: true, authorities: '', changed: 0 }
    });
    const headers = [...HOST, 'Origin', 'http://hub.example:8000'];
    expect(forApp(headers, { grant }).slice(0, 4)).toEqual([
      'Host',
      'node7:8787',
      'Origin',
      'https://node7:8787'
    ]);
  });

  /*
   * VS Code's server refuses a WebSocket whose Origin is another host than
   * X-Forwarded-Host names, and so do Next.js's actions.
   */
  it.each([true, false])(
    'names no other host beside an Origin that names the app (trusted: %s)',
    trustXheaders => {
      const origin = ['Origin', 'http://hub.example:8000'];
      const forwarded = ['X-Forwarded-Host', 'public.example'];
      const values = (given: RawHeaders, grant = grantOf()): string[] =>
        valuesForApp('X-Forwarded-Host', [...HOST, ...given], {
          grant,
          trustXheaders
        });
      expect(values([...origin, ...forwarded])).toEqual([]);
      const told = trustXheaders ? 'public.example' : 'hub.example:8000';
      expect(values(forwarded)).toEqual([told]);
      expect(values(['Origin', 'null', ...forwarded])).toEqual([told]);
      expect(values([...origin, ...forwarded], grantOf({ host: '' }))).toEqual([
        told
      ]);
    }
  );

  it('sets the fields that the configuration names, and no framing', () => {
    const grant = grantOf({
      requestHeaders: [
        ['host', 'fixed'],
        ['Authorization', 'Basic x'],
        ['X-Forwarded-Prefix', '/mine'],
        ['Content-Length', '0'],
        ['Transfer-Encoding', 'chunked'],
        ['Connection', 'close'],
        ['Upgrade', 'h2c']
      ]
    });
    const got = forApp(
      [...HOST, 'authorization', 'other', 'Content-Length', '3', 'X-A', '1'],
      { grant }
    );
    expect(got).toEqual([
      'Content-Length',
      '3',
      'X-A',
      '1',
      ...ADDED.filter(
        (_text, index) => ADDED[index - (index % 2)] !== 'X-Forwarded-Prefix'
      ),
      'host',
      'fixed',
      'Authorization',
      'Basic x',
      'X-Forwarded-Prefix',
      '/mine'
    ]);
  });

  it('keeps to itself that a page asks for news', () => {
    expect(forApp([...HOST, 'Porthole-Page', '1'])).not.toContain(
      'Porthole-Page'
    );
  });

  it('takes Jupyter’s token out of the Referer', () => {
    expect(
      valuesForApp(
        'Referer',
        [...HOST, 'Referer', `http://hub.example:8000${PREFIX}/?a=1&token=s`],
        { grant: grantOf({ tokens: ['s'] }) }
      )
    ).toEqual(['http://localhost:8501/?a=1']);
  });

  it.each([
    ['Jupyter’s token', 'token s', []],
    ['a token of the app', 'token t', ['token t']],
    ['something else', 'Basic czpz', ['Basic czpz']]
  ])('with %s as Authorization', (_what, authorization, expected) => {
    expect(
      valuesForApp('Authorization', [...HOST, 'Authorization', authorization], {
        grant: grantOf({ tokens: ['s'] })
      })
    ).toEqual(expected);
  });

  it('takes Jupyter’s cookies out, and the field with the last of them', () => {
    expect(
      valuesForApp('Cookie', [
        ...HOST,
        'Cookie',
        'username-localhost-8888=s',
        'Cookie',
        'a=1; jupyterhub-x=s'
      ])
    ).toEqual(['a=1']);
  });

  it.each([
    ['https', 'hub.example', '443'],
    ['http', 'hub.example', '80'],
    ['https', 'hub.example:8443', '8443'],
    ['http', '[::1]', '80'],
    ['http', '[::1]:8888', '8888']
  ] as const)('of %s and %s makes the port %s', (scheme, host, port) => {
    const given = { client: { address: '192.0.2.7', scheme } };
    const headers = ['Host', host];
    expect(valuesForApp('X-Forwarded-Port', headers, given)).toEqual([port]);
    expect(valuesForApp('X-Forwarded-Proto', headers, given)).toEqual([scheme]);
    expect(valuesForApp('X-Forwarded-Host', headers, given)).toEqual([host]);
  });

  it('names the app where the client has named no host (HTTP/1.0)', () => {
    expect(forApp([])).toEqual([
      'Host',
      'localhost:8501',
      ...ADDED.slice(0, 4),
      'X-Forwarded-Port',
      '80',
      ...ADDED.slice(8)
    ]);
  });

  it('adds no address and no host where there is none', () => {
    const got = forApp([], { client: { address: '', scheme: 'http' } });
    expect(got).not.toContain('X-Forwarded-For');
    expect(got).not.toContain('X-Forwarded-Host');
    expect(got).toContain('X-Forwarded-Proto');
  });

  it('adds no prefix to an absolute path, whose app knows it', () => {
    const got = forApp([...HOST, 'X-Forwarded-Prefix', '/forged'], {
      grant: grantOf({ keepsPrefix: true })
    });
    expect(got).toEqual(['Host', 'localhost:8501', ...ADDED.slice(0, 8)]);
  });

  it('keeps forwarded fields that are to be believed, and adds the others', () => {
    const given = [
      'X-Forwarded-For',
      '10.0.0.1, 10.0.0.2',
      'x-forwarded-proto',
      'https',
      'X-Forwarded-Host',
      'public.example'
    ];
    expect(forApp([...HOST, ...given], { trustXheaders: true })).toEqual([
      'Host',
      'localhost:8501',
      ...given,
      'X-Forwarded-Port',
      '443',
      ...ADDED.slice(8)
    ]);
  });
});

describe('publicHost', () => {
  const headers = ['Host', 'inner', 'X-Forwarded-Host', 'outer'];

  it.each([
    [headers, false, 'inner'],
    [headers, true, 'outer'],
    [['Host', 'inner'], true, 'inner'],
    [[], true, '']
  ])('of %j, trusted: %s, is "%s"', (given, trust, host) => {
    expect(publicHost(given, trust)).toBe(host);
  });
});

describe('an app that has a field for its public address', () => {
  const grant = grantOf({ addressField: 'X-Gradio-Server' });

  it('gets it instead of the public host', () => {
    const headers = ['Host', 'hub.example:8000'];
    expect(valuesForApp('X-Gradio-Server', headers, { grant })).toEqual([
      `http://hub.example:8000${PREFIX}/`
    ]);
    expect(valuesForApp('X-Forwarded-Host', headers, { grant })).toEqual([]);
    expect(valuesForApp('X-Forwarded-Prefix', headers, { grant })).toEqual([
      PREFIX
    ]);
  });

  it('gets none that a trusted proxy in front has named', () => {
    const headers = [
      'Host',
      'inner',
      'X-Forwarded-Host',
      'hub.example',
      'X-Forwarded-Proto',
      'https'
    ];
    const trusting = { grant, trustXheaders: true };
    expect(valuesForApp('X-Gradio-Server', headers, trusting)).toEqual([
      `https://hub.example${PREFIX}/`
    ]);
    expect(valuesForApp('X-Forwarded-Host', headers, trusting)).toEqual([]);
  });
});

describe('what asks for a page only if it has changed', () => {
  const headers = ['Host', 'h', 'If-None-Match', '"a"', 'Range', 'bytes=0-9'];

  it('is no use for a page that is going to be another one', () => {
    const grant = grantOf({ fix: 'always' });
    for (const name of ['If-None-Match', 'Range']) {
      const given = { grant, isNavigation: true };
      expect(valuesForApp(name, headers, given)).toEqual([]);
    }
  });

  it.each([
    { fix: 'always', isNavigation: false },
    { fix: 'auto', isNavigation: true },
    { fix: 'never', isNavigation: true }
  ] as const)('reaches the app else: %j', ({ fix, isNavigation }) => {
    const given = { grant: grantOf({ fix }), isNavigation };
    expect(valuesForApp('If-None-Match', headers, given)).toEqual(['"a"']);
    expect(valuesForApp('Range', headers, given)).toEqual(['bytes=0-9']);
  });
});
