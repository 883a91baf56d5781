import {
  type IRoutes,
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
  '9300:',
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

/** Ports and these named apps, below a base_url. */
function routes(baseUrl: string, ...names: string[]): IRoutes {
  return {
    baseUrl,
    hasPorts: true,
    apps: names.map(name => ({ name, root: baseUrl + name })),
    ownPaths: []
  };
}

describe('parseProxiedPath', () => {
  it.each(BAD_PORTS)('finds no port in %j', text => {
    for (const rest of ['', '/', '/x?y']) {
      for (const way of ['', 'absolute/', 'node7:', 'absolute/node7:']) {
        const target = `/jupyter/proxy/${way}${text}${rest}`;
        expect(parseProxiedPath(routes('/jupyter/'), target)).toBe('malformed');
      }
    }
  });

  it('names the port, its prefix, and what follows', () => {
    const target = '/jupyter/proxy/8501/a/b?c=d';
    expect(parseProxiedPath(routes('/jupyter/'), target)).toEqual({
      place: { port: 8501, host: null },
      prefix: '/jupyter/proxy/8501',
      absolute: false,
      whole: target,
      rest: '/a/b?c=d'
    });
  });

  it('tells an app that wants the path whole', () => {
    const target = '/jupyter/proxy/absolute/8501/a?b';
    expect(parseProxiedPath(routes('/jupyter/'), target)).toEqual({
      place: { port: 8501, host: null },
      prefix: '/jupyter/proxy/absolute/8501',
      absolute: true,
      whole: target,
      rest: '/a?b'
    });
  });

  it.each([
    'node7',
    'NODE7.cluster.example',
    'node_7',
    'localhost',
    '127.0.0.1',
    '[::1]',
    '[fe80::1]'
  ])('names the host %s', host => {
    for (const way of ['', 'absolute/']) {
      const target = `/proxy/${way}${host}:8787/x`;
      expect(parseProxiedPath(routes('/'), target)).toEqual({
        place: { port: 8787, host },
        prefix: `/proxy/${way}${host}:8787`,
        absolute: way !== '',
        whole: target,
        rest: '/x'
      });
    }
  });

  it.each([
    ':8787',
    'a@b:8787',
    'a%40b:8787',
    '::1:8787',
    '[::1:8787',
    '[evil]:8787',
    'a b:8787',
    'a:b:8787',
    'nodé:8787',
    'a%2Fb:8787',
    '[::1]8787',
    'a;b:8787'
  ])('takes %j for no host', text => {
    expect(parseProxiedPath(routes('/'), `/proxy/${text}/`)).toBe('malformed');
  });

  it.each(['', '?a=b', '#a'])('tells a missing slash before %j', rest => {
    expect(
      parseProxiedPath(routes('/', 'app'), `/proxy/8501${rest}`)
    ).toMatchObject({ prefix: '/proxy/8501', rest: null });
    expect(parseProxiedPath(routes('/', 'app'), `/app${rest}`)).toMatchObject({
      place: { app: 'app' },
      prefix: '/app',
      rest: null
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
  ])('leaves the bytes of %j as they are', rest => {
    for (const root of ['/proxy/8501', '/app']) {
      const target = root + rest;
      expect(parseProxiedPath(routes('/', 'app'), target)).toMatchObject({
        prefix: root,
        whole: target,
        rest
      });
    }
  });

  it('cuts a fragment', () => {
    const target = '/proxy/8501/a?b#c';
    expect(parseProxiedPath(routes('/'), target)).toMatchObject({
      whole: '/proxy/8501/a?b',
      rest: '/a?b'
    });
  });

  it.each(['/jupyter/lab', '/proxy/8501/', '/jupyter/proxyx/1/', '*', ''])(
    'leaves %j to Jupyter',
    target => {
      expect(parseProxiedPath(routes('/jupyter/'), target)).toBeNull();
    }
  );

  // The name is a literal, never a pattern or the beginning of another one.
  it.each(['/aXXb/', '/a.*bc/', '/a.*/', '/a%2E*b/', '/A.*B/', '/a.*b%2F'])(
    'takes %j for no app called a.*b',
    target => {
      expect(parseProxiedPath(routes('/', 'a.*b'), target)).toBeNull();
    }
  );

  it('finds an app by its literal name', () => {
    expect(parseProxiedPath(routes('/', 'a.*b'), '/a.*b/x')).toMatchObject({
      place: { app: 'a.*b' },
      rest: '/x'
    });
  });

  it.each([
    [['a', 'a/b'], '/a/b/c', 'a/b'],
    [['a/b', 'a'], '/a/b/c', 'a/b'],
    [['a/b', 'a'], '/a/bc', 'a'],
    [['a/b', 'a'], '/a', 'a']
  ])('of the apps %j it finds for %s %s', (names, target, app) => {
    expect(parseProxiedPath(routes('/', ...names), target)).toMatchObject({
      place: { app }
    });
  });

  it('knows no ports where there are none', () => {
    const given = { ...routes('/', 'app'), hasPorts: false };
    expect(parseProxiedPath(given, '/proxy/8501/')).toBeNull();
    expect(parseProxiedPath(given, '/app/')).not.toBeNull();
  });

  it('gives an app all that is not Jupyter’s own', () => {
    const given: IRoutes = {
      baseUrl: '/user/a/',
      hasPorts: false,
      apps: [{ name: 'app', root: '/user/a' }],
      ownPaths: ['/user/a/oauth_callback']
    };
    expect(parseProxiedPath(given, '/user/a/proxy/1')).toMatchObject({
      prefix: '/user/a',
      rest: '/proxy/1'
    });
    expect(parseProxiedPath(given, '/user/a/oauth_callback?x')).toBeNull();
    expect(parseProxiedPath(given, '/user/a/oauth_callbacks')).not.toBeNull();
    expect(parseProxiedPath(given, '/user/ab/')).toBeNull();
  });

  it('gives an app a whole server', () => {
    const given: IRoutes = {
      baseUrl: '/',
      hasPorts: false,
      apps: [{ name: 'app', root: '' }],
      ownPaths: []
    };
    expect(parseProxiedPath(given, '/x')).toMatchObject({
      prefix: '',
      rest: '/x'
    });
  });
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
    expect(parseProxiedPath(routes('/jupyter/'), target)).toMatchObject({
      place: { port: 8501 },
      rest: path
    });
  });
});
