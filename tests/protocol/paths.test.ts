import {
  parsePort,
  parseProxiedPath,
  proxiedPath,
  proxiedRoot
} from '../../src/protocol/paths';

/*
 * Two readers of one URL that disagree about its port let a request pass the
 * check for one port and reach another, or another host (CVE-2022-21697).
 */
const BAD_PORTS = [
  '',
  '0',
  '-1',
  '+9300',
  ' 9300',
  '9300 ',
  '09300',
  '65536',
  '99999',
  '100000',
  '9300.0',
  '9e3',
  '0x2454',
  '９３００',
  '٩٣٠٠',
  '9300@evil',
  '9300:80@evil',
  '9300%40x',
  '%39300',
  '9300;x',
  '9300\t',
  '9300\n',
  'evil:9300',
  'evil'
];

describe('parsePort', () => {
  it.each([
    ['1', 1],
    ['80', 80],
    ['9300', 9300],
    ['65535', 65535]
  ])('reads %j', (text, port) => {
    expect(parsePort(text)).toBe(port);
  });

  it.each(BAD_PORTS)('refuses %j', text => {
    expect(parsePort(text)).toBeNull();
  });
});

describe('parseProxiedPath', () => {
  it.each(BAD_PORTS)('finds no port in %j', text => {
    for (const rest of ['', '/', '/x?y']) {
      for (const way of ['', 'absolute/']) {
        const target = `/jupyter/proxy/${way}${text}${rest}`;
        expect(parseProxiedPath('/jupyter/', target)).toBe('malformed');
      }
    }
  });

  it('names the app, its prefix, and what the app gets', () => {
    expect(
      parseProxiedPath('/jupyter/', '/jupyter/proxy/8501/a/b?c=d')
    ).toEqual({
      port: 8501,
      prefix: '/jupyter/proxy/8501',
      absolute: false,
      appTarget: '/a/b?c=d'
    });
  });

  it('leaves the path whole for an app that wants it so', () => {
    const target = '/jupyter/proxy/absolute/8501/a?b';
    expect(parseProxiedPath('/jupyter/', target)).toEqual({
      port: 8501,
      prefix: '/jupyter/proxy/absolute/8501',
      absolute: true,
      appTarget: target
    });
  });

  it.each(['', '?a=b', '#a'])('tells a missing slash before %j', rest => {
    expect(parseProxiedPath('/', `/proxy/8501${rest}`)).toMatchObject({
      port: 8501,
      prefix: '/proxy/8501',
      appTarget: null
    });
  });

  it.each([
    '/a%2Fb',
    '/%2e%2e/x',
    '/../9301/',
    '/..;/9301',
    '//evil',
    '/./a;v=1',
    '/?',
    '/a%zz',
    '/?next=http://x/proxy/1/'
  ])('leaves the bytes of %j as they are', target => {
    expect(parseProxiedPath('/', `/proxy/8501${target}`)).toMatchObject({
      port: 8501,
      appTarget: target
    });
  });

  it('cuts a fragment', () => {
    expect(parseProxiedPath('/', '/proxy/8501/a?b#c')).toMatchObject({
      appTarget: '/a?b'
    });
  });

  it.each(['/jupyter/lab', '/proxy/8501/', '/jupyter/proxyx/1/', '*', ''])(
    'leaves %j to Jupyter',
    target => {
      expect(parseProxiedPath('/jupyter/', target)).toBeNull();
    }
  );
});

describe('proxiedPath', () => {
  it('lies under the proxied root', () => {
    expect(proxiedRoot('/user/a/')).toBe('/user/a/proxy/');
    expect(proxiedPath('/user/a/', 8501)).toBe('/user/a/proxy/8501/');
    expect(proxiedPath('/', 8501, 'a?b#c')).toBe('/proxy/8501/a?b#c');
  });

  it('can name no other host', () => {
    expect(proxiedPath('/', 8501, '//evil/x')).toBe('/proxy/8501/evil/x');
  });

  it.each(['/', '/a/b?c=d', '/%2F'])('comes back as %j', path => {
    const target = proxiedPath('/jupyter/', 8501, path);
    expect(parseProxiedPath('/jupyter/', target)).toMatchObject({
      port: 8501,
      appTarget: path
    });
  });
});
