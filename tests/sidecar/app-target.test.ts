import { appTarget, decodedPath } from '../../src/sidecar/app-target';
import { grantOf, pathOf } from './support/grant';

const ROOT = '/jupyter/app';

/** What the app is asked for. */
function targetOf(
  rest: string,
  given: Parameters<typeof grantOf>[0] = {}
): string {
  const path = pathOf({
    place: { app: 'app' },
    prefix: ROOT,
    whole: ROOT + rest,
    rest: rest.startsWith('/') ? rest : null
  });
  return appTarget(path, grantOf(given));
}

describe('appTarget', () => {
  it.each(['/', '/a%2Fb?c=%zz&&d', '//x', '/%2e%2e/', '/?'])(
    'leaves %j as it is',
    rest => {
      expect(targetOf(rest)).toBe(rest);
      expect(targetOf(rest, { keepsPrefix: true })).toBe(ROOT + rest);
      expect(targetOf(rest, { paths: { '/other': '/x' } })).toBe(rest);
    }
  );

  it.each([
    ['', '/'],
    ['?a=b', '/?a=b']
  ])('adds the slash before %j', (rest, expected) => {
    expect(targetOf(rest)).toBe(expected);
    expect(targetOf(rest, { keepsPrefix: true })).toBe(ROOT + expected);
  });

  it('takes Jupyter’s tokens out', () => {
    const grant = { tokens: ['s'], paths: { '/a': '/b' } };
    expect(targetOf('/a?token=s&x', grant)).toBe('/b?x');
    expect(targetOf('/c?token=s', grant)).toBe('/c');
  });

  it.each([
    ['/', { '/': '/index.html' }, '/index.html'],
    ['/?x=1', { '/': '/index.html' }, '/index.html?x=1'],
    ['/a%20b', { '/a b': '/c d' }, '/c%20d'],
    ['/a', { '/a': '/b?x=1' }, '/b?x=1'],
    ['/a?y', { '/a': '/b?x=1' }, '/b?x=1&y'],
    ['/a', { '/a': 'b' }, '/b'],
    ['/a', { '/a': '/ü%#"\n' }, '/%C3%BC%25%23%22%0A'],
    ['/a', { '/a': '/\ud800' }, '/%EF%BF%BD'],
    ['/__proto__', {}, '/__proto__'],
    ['/%zz%20', { '/%zz ': '/b' }, '/b'],
    ['/%FF%20', { '/%FF%20': '/b' }, '/b']
  ])('asks for %j with %j as %j', (rest, paths, expected) => {
    expect(targetOf(rest, { paths })).toBe(expected);
    expect(targetOf(rest, { paths, keepsPrefix: true })).toBe(ROOT + expected);
  });
});

it('asks for what a function has mapped the path to, whatever the path is', () => {
  for (const rest of ['/a', '/a%zz', '/%FF']) {
    expect(targetOf(`${rest}?x`, { mappedTo: '/b c' })).toBe('/b%20c?x');
  }
});

describe('decodedPath', () => {
  it.each([
    ['/a%20b?c=%20', '/a b'],
    ['/%C3%BC', '/ü'],
    ['/%FF', '/%FF'],
    ['/+', '/+'],
    ['/%zz%20%', '/%zz %'],
    ['/%2', '/%2']
  ])('makes of %j %j', (target, expected) => {
    expect(decodedPath(target)).toBe(expected);
  });
});
