import type { RawHeaders } from '../../src/sidecar/raw-headers';
import { responseHeaders } from '../../src/sidecar/response-headers';
import { grantOf, pathOf } from './support/grant';

const PREFIX = '/jupyter/proxy/8501';

/** What the client gets of the fields. */
function forClient(
  headers: RawHeaders,
  path = pathOf(),
  publicHost = 'Hub.example:8000',
  grant = grantOf()
): RawHeaders {
  return responseHeaders({ headers, path, grant, publicHost });
}

const LINKS = [
  ['/', `${PREFIX}/`],
  ['/x/y?q=1#f', `${PREFIX}/x/y?q=1#f`],
  ['http://localhost:8501/x', `${PREFIX}/x`],
  ['https://LOCALHOST:8501/x', `${PREFIX}/x`],
  ['//localhost:8501/x', `${PREFIX}/x`],
  ['http://127.0.0.1:8501/x', `${PREFIX}/x`],
  ['http://[::1]:8501/x', `${PREFIX}/x`],
  ['http://localhost:8501', `${PREFIX}/`],
  ['http://localhost:8501?q', `${PREFIX}/?q`],
  ['http://hub.example:8000/x', `${PREFIX}/x`],
  // Once: one that has the prefix already keeps it.
  [`${PREFIX}/x`, `${PREFIX}/x`],
  [PREFIX, PREFIX],
  [`${PREFIX}?q`, `${PREFIX}?q`],
  [`http://localhost:8501${PREFIX}/x`, `${PREFIX}/x`],
  [`http://hub.example:8000${PREFIX}/x`, `${PREFIX}/x`],
  [`${PREFIX}2/x`, `${PREFIX}${PREFIX}2/x`],
  // Not the app.
  ['x', 'x'],
  ['../x', '../x'],
  ['?q', '?q'],
  ['', ''],
  ['//evil.example/x', '//evil.example/x'],
  ['https://evil.example/x', 'https://evil.example/x'],
  ['http://localhost:85010/x', 'http://localhost:85010/x'],
  ['http://localhost/x', 'http://localhost/x'],
  [
    'http://localhost:8501@evil.example/',
    'http://localhost:8501@evil.example/'
  ],
  ['mailto:a@example.org', 'mailto:a@example.org']
];

describe('responseHeaders', () => {
  it('keeps order, case, duplicates and bytes', () => {
    const headers = [
      'x-B',
      '1',
      'Date',
      'd',
      'X-b',
      '\xe9',
      'Content-Length',
      '5'
    ];
    expect(forClient(headers)).toEqual(headers);
  });

  it.each([
    ['Connection', 'keep-alive'],
    ['Transfer-Encoding', 'chunked'],
    ['Clear-Site-Data', '"*"'],
    ['ALT-SVC', 'h3=":443"'],
    ['Strict-Transport-Security', 'max-age=1'],
    ['X-Accel-Redirect', '/etc/passwd'],
    ['Service-Worker-Allowed', '/'],
    ['Service-Worker-Allowed', `${PREFIX}2`],
    ['Set-Cookie', 'username-localhost-8888=forged']
  ])('drops %s: %s', (name, value) => {
    expect(forClient(['X-A', '1', name, value, 'X-B', '2'])).toEqual([
      'X-A',
      '1',
      'X-B',
      '2'
    ]);
  });

  it.each([PREFIX, `${PREFIX}/`, `${PREFIX}/sw/`])(
    'keeps Service-Worker-Allowed: %s',
    scope => {
      const headers = ['Service-Worker-Allowed', scope];
      expect(forClient(headers)).toEqual(headers);
    }
  );

  it('confines each cookie', () => {
    expect(
      forClient(['Set-Cookie', 'a=1; Path=/', 'set-cookie', 'b=2; Domain=x'])
    ).toEqual(['Set-Cookie', `a=1; Path=${PREFIX}`, 'set-cookie', 'b=2']);
  });

  it.each(LINKS)('sends Location: %s to %s', (link, expected) => {
    expect(forClient(['Location', link])).toEqual(['Location', expected]);
  });

  it.each(LINKS)('sends Content-Location: %s to %s', (link, expected) => {
    expect(forClient(['content-location', link])).toEqual([
      'content-location',
      expected
    ]);
  });

  it.each([
    ['5', '5'],
    ['0;url=/x', `0;url=${PREFIX}/x`],
    ['0.5 ; URL = /x', `0.5 ; URL = ${PREFIX}/x`],
    ['0, url="/x"', `0, url="${PREFIX}/x"`],
    ["0; url='http://localhost:8501/x'", `0; url='${PREFIX}/x'`],
    ['0; /x', `0; ${PREFIX}/x`],
    ['0; url=x', '0; url=x'],
    ['0; url=https://evil.example/', '0; url=https://evil.example/'],
    [`0; url=${PREFIX}/x`, `0; url=${PREFIX}/x`]
  ])('sends Refresh: %s to %s', (refresh, expected) => {
    expect(forClient(['Refresh', refresh])).toEqual(['Refresh', expected]);
  });

  it('knows an app of another host by that name only', () => {
    const path = pathOf({
      place: { port: 8787, host: 'node7' },
      prefix: '/jupyter/proxy/node7:8787'
    });
    const grant = grantOf({
      target: { addresses: ['192.0.2.9'], port: 8787 },
      host: 'node7:8787'
    });
    const locate = (link: string): string | undefined =>
      forClient(['Location', link], path, '', grant)[1];
    expect(locate('http://NODE7:8787/x')).toBe('/jupyter/proxy/node7:8787/x');
    expect(locate('/x')).toBe('/jupyter/proxy/node7:8787/x');
    expect(locate('http://localhost:8787/x')).toBe('http://localhost:8787/x');
  });

  it('confines nothing where an app has the whole server', () => {
    const path = pathOf({ place: { app: 'app' }, prefix: '' });
    const headers = ['Location', '/x', 'Set-Cookie', 'a=1; Path=/'];
    expect(forClient(headers, path)).toEqual(headers);
  });

  it('knows that port 80 is left out', () => {
    const path = pathOf({
      place: { port: 80, host: null },
      prefix: '/jupyter/proxy/80'
    });
    const grant = grantOf({
      target: { addresses: ['127.0.0.1'], port: 80 },
      host: 'localhost:80'
    });
    const headers = ['Location', 'http://localhost/x'];
    expect(forClient(headers, path, '', grant)).toEqual([
      'Location',
      '/jupyter/proxy/80/x'
    ]);
  });
});

it('lets pages be shown in frames of this origin', () => {
  expect(
    forClient([
      'X-Frame-Options',
      'DENY',
      'Content-Security-Policy',
      "frame-ancestors 'none'"
    ])
  ).toEqual([
    'X-Frame-Options',
    'SAMEORIGIN',
    'Content-Security-Policy',
    "frame-ancestors 'self'"
  ]);
});
