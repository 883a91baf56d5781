import { jupyterUrl } from '../../src/lab/address';
import { isAppName, readNamedApp } from '../../src/lab/named-app';
import { appEntry } from './harness';

const jupyter = jupyterUrl('https://hub.example/user/a/');

function read(fields: object, name = 'rstudio') {
  return readNamedApp(appEntry(name, fields), jupyter);
}

describe('isAppName', () => {
  it.each(['rstudio', 'code-server', 'My App', 'café', 'a.b', '...', 'a/b'])(
    'accepts %j',
    name => {
      expect(isAppName(name)).toBe(true);
    }
  );

  it.each([
    '',
    '.',
    '..',
    '/',
    '/rstudio',
    'rstudio/',
    'a//b',
    'a/../b',
    '../lab',
    '..\\lab',
    'a?b',
    'a#b',
    'a\tb',
    '.\n.',
    '\u0000',
    '\ud800',
    7,
    null,
    undefined,
    ['rstudio']
  ])('refuses %j', name => {
    expect(isAppName(name)).toBe(false);
  });
});

describe('readNamedApp', () => {
  it('reads what the server says', () => {
    expect(
      read({
        title: 'RStudio',
        icon_url: '/user/a/server-proxy/icon/rstudio',
        path_info: 'rstudio/auth?x=1'
      })
    ).toEqual({
      name: 'rstudio',
      title: 'RStudio',
      category: 'Notebook',
      iconUrl: 'https://hub.example/user/a/server-proxy/icon/rstudio',
      enabled: true,
      openIn: 'tab',
      root: 'https://hub.example/user/a/rstudio/',
      home: {
        root: 'https://hub.example/user/a/rstudio/',
        path: '/auth?x=1'
      }
    });
  });

  it('opens a tab of the browser unless the server says otherwise', () => {
    expect(read({ new_browser_tab: true })?.openIn).toBe('browser');
    expect(read({ new_browser_tab: undefined })?.openIn).toBe('browser');
  });

  it('is called by its name where it has no title', () => {
    expect(read({ title: '' })?.title).toBe('rstudio');
  });

  it('takes the address from the server, encoded', () => {
    expect(read({ path: 'my%20app/' }, 'my app')?.root).toBe(
      `${jupyter.href}my%20app/`
    );
  });

  it.each([
    ['rstudio/', 'rstudio/', '/'],
    ['rstudio', 'rstudio/', '/'],
    ['/rstudio/', 'rstudio/', '/'],
    ['rstudio/a/?b#c', 'rstudio/', '/a/?b#c'],
    ['proxy/8787/', 'proxy/8787/', '/'],
    ['other/x?y=/z/', 'other/', '/x?y=/z/'],
    ['desktop', '', '/desktop'],
    // What leads nowhere, or out of Jupyter, is not followed.
    ['', 'rstudio/', '/'],
    ['../b/', 'rstudio/', '/'],
    ['rstudio/../../b/', 'rstudio/', '/'],
    ['%2e%2e/b/', 'rstudio/', '/'],
    ['..\\b\\', 'rstudio/', '/'],
    ['.\t./b/', 'rstudio/', '/'],
    [null, 'rstudio/', '/']
  ])('has its home at %j', (path_info, folder, path) => {
    const root = jupyter.href + folder;
    expect(read({ path_info })?.home).toEqual({ root, path });
  });

  it.each(['//evil/', 'https://evil/'])(
    'stays below Jupyter with %j',
    path_info => {
      expect(read({ path_info })?.home.root).toMatch(jupyter.href);
    }
  );

  it.each([
    { path: '' },
    { path: '/' },
    { path: 'rstudio' },
    { path: 'rstudio/?x/' },
    { path: 'rstudio/#/' },
    { path: '../b/' },
    { path: '%2E%2E/b/' },
    { path: '..\\b/' },
    { path: 7 },
    { name: '..' },
    { name: undefined }
  ])('refuses an app with %j', fields => {
    expect(read(fields)).toBeNull();
  });

  it.each([null, 7, 'rstudio', []])('refuses %j', value => {
    expect(readNamedApp(value, jupyter)).toBeNull();
  });

  it.each([
    null,
    '',
    'https://evil/icon.svg',
    '//evil/icon.svg',
    '/user/b/icon.svg',
    '/user/a/../b/icon.svg',
    7
  ])('has no icon at %j', icon_url => {
    expect(read({ icon_url })?.iconUrl).toBeNull();
  });
});
