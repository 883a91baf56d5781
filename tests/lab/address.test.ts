import { nullTranslator } from '@jupyterlab/translation';

import {
  jupyterUrl,
  pageUrl,
  portPage,
  readAddress,
  readPath,
  readPort
} from '../../src/lab/address';
import { PortholeError } from '../../src/lab/errors';

const trans = nullTranslator.load('jupyter_porthole');
const jupyter = jupyterUrl('https://hub.example/user/a/');

describe('jupyterUrl', () => {
  it('is absolute and ends with a slash', () => {
    expect(jupyterUrl('/jupyter').href).toBe('http://localhost/jupyter/');
    expect(jupyterUrl('https://hub.example/user/a/').href).toBe(
      'https://hub.example/user/a/'
    );
  });
});

describe('portPage', () => {
  it('lies under the proxied path of Jupyter', () => {
    const page = portPage(jupyter, { port: 8501, path: '/x?y=1#z' });
    expect(page).toEqual({
      root: 'https://hub.example/user/a/proxy/8501/',
      path: '/x?y=1#z'
    });
    expect(pageUrl(page)).toBe('https://hub.example/user/a/proxy/8501/x?y=1#z');
  });
});

describe('readAddress', () => {
  it.each([
    ['8501', 8501, '/'],
    ['  8501 ', 8501, '/'],
    ['http://localhost:8501', 8501, '/'],
    ['http://localhost:8501/x?y', 8501, '/x?y'],
    ['http://localhost:8501?y=1#z', 8501, '/?y=1#z'],
    ['HTTP://LocalHost:8501/X', 8501, '/X'],
    ['localhost:8501/x', 8501, '/x'],
    ['127.0.0.1:8501', 8501, '/'],
    ['127.0.1.1:8501', 8501, '/'],
    ['[::1]:8501', 8501, '/'],
    ['http://[::]:8501/', 8501, '/'],
    ['0.0.0.0:8501', 8501, '/'],
    ['http://localhost/x', 80, '/x'],
    ['https://hub.example/user/a/proxy/8501/x?y', 8501, '/x?y'],
    ['https://hub.example/user/a/proxy/8501', 8501, '/'],
    ['/user/a/proxy/8501/x#z', 8501, '/x#z']
  ])('reads %j', (text, port, path) => {
    expect(readAddress(text, jupyter, trans)).toEqual({ port, path });
  });

  it.each([
    '',
    '0',
    '65536',
    '08501',
    '-1',
    '8501x',
    '8501@evil',
    '８５０１',
    'localhost',
    'localhost:',
    'localhost:0x2135',
    'localhost:99999',
    'localhost:8501@evil/',
    'http://user@localhost:8501/',
    'http://localhost:8501@evil/',
    'http://localhost.evil:8501/',
    'http://evil:8501/',
    'https://localhost:8501/',
    'ftp://localhost:8501/',
    'javascript:alert(1)',
    '//localhost:8501/',
    'http://localhost:8501//evil',
    'http://localhost:8501/../../lab',
    'https://hub.example/user/a/proxy/8501@evil/',
    'https://hub.example/user/a/proxy/absolute/8501/',
    'https://hub.example/user/b/proxy/8501/',
    'https://hub.example/user/a/lab'
  ])('refuses %j with a sentence', text => {
    const read = (): unknown => readAddress(text, jupyter, trans);
    expect(read).toThrow(PortholeError);
    expect(read).toThrow(/\.$/);
  });
});

describe('readAddress of a named app', () => {
  const root = `${jupyter.href}rstudio/`;
  const apps = [
    { name: 'rstudio', root },
    { name: 'deep', root: `${root}deep/` },
    { name: 'my app', root: `${jupyter.href}my%20app/` }
  ];

  it.each([
    [root, 'rstudio', '/'],
    [`${root}a/b?c#d`, 'rstudio', '/a/b?c#d'],
    ['/user/a/rstudio', 'rstudio', '/'],
    ['/user/a/my%20app/x', 'my app', '/x'],
    [`${root}deep/x`, 'deep', '/x'],
    [`${root}deeper/x`, 'rstudio', '/deeper/x']
  ])('reads %j', (text, name, path) => {
    expect(readAddress(text, jupyter, trans, apps)).toEqual({ name, path });
  });

  it.each([
    'rstudio',
    '/user/b/rstudio/',
    '/user/a/rstudios/',
    'https://evil/user/a/rstudio/',
    `${root}../lab`,
    `${root}/evil`
  ])('refuses %j', text => {
    const read = (): unknown => readAddress(text, jupyter, trans, apps);
    expect(read).toThrow(PortholeError);
  });
});

describe('readPort', () => {
  it.each([1, 8501, 65535, '8501'])('reads %j', value => {
    expect(readPort(value, trans)).toBe(Number(value));
  });

  it.each([
    0,
    -1,
    1.5,
    65536,
    1e21,
    NaN,
    Infinity,
    '8501@evil',
    '',
    null,
    undefined,
    true,
    [8501],
    { port: 1 }
  ])('refuses %j', value => {
    expect(() => readPort(value, trans)).toThrow(PortholeError);
  });
});

describe('readPath', () => {
  it.each(['/', '/docs?x=1#y', '/a//b', '/a/../b', '/100%', '/%2F'])(
    'reads %j',
    path => {
      expect(readPath(path, trans)).toBe(path);
    }
  );

  it.each([
    '',
    'docs',
    '//evil',
    '/\\evil',
    '\\\\evil',
    'javascript:alert(1)',
    'https://evil/',
    '/..',
    '/../8502/',
    '/../aaaaaaaaaaaa/',
    '/%2e%2e/%2E./lab',
    '/..\\..\\lab',
    '/.\t./.\n./lab',
    '/\u0000',
    7,
    null
  ])('refuses %j', path => {
    expect(() => readPath(path, trans)).toThrow(PortholeError);
  });
});
