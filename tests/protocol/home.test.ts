import { bearingOf, corrected } from '../../src/protocol/home';
import { homeOf, PREFIX } from './support/home';

const HOME = homeOf();

/** Where a browser goes from a page of the app that has this address. */
function followed(address: string): string {
  return new URL(address, `http://lab.example${PREFIX}/sub/page`).href;
}

/** An app at the root may write these; they come to lie under its prefix. */
const FROM_THE_ROOT = [
  ['/', '/'],
  ['/x', '/x'],
  ['/x/y.js?a=/b&c#/d', '/x/y.js?a=/b&c#/d'],
  ['/?x', '/?x'],
  ['/#x', '/#x'],
  ['/x y', '/x y'],
  ['/%2F%2e%2Fx', '/%2F%2e%2Fx'],
  ['/..;/x', '/..;/x'],
  ['/...', '/...'],
  ['/?a=/../b', '/?a=/../b'],
  ['/user', '/user'],
  ['/user/alice', '/user/alice'],
  ['/user/alice2/x', '/user/alice2/x'],
  ['/User/Alice/x', '/User/Alice/x'],
  ['/proxy/8501/x', '/proxy/8501/x'],
  // Blanks around an address and line breaks within are nothing to a browser.
  [' /x', '/x'],
  ['\n\t/x', '/x'],
  ['\0/x', '/x'],
  ['/x ', '/x'],
  ['/a\n\tb\r\n/c', '/ab/c'],
  // Under the host that the client knows, and under those that the app knows.
  ['http://lab.example', '/'],
  ['http://lab.example/x', '/x'],
  ['HTTPS://LAB.EXAMPLE/x', '/x'],
  ['http://lab.example?x', '/?x'],
  ['http://lab.example#x', '/#x'],
  ['ws://lab.example/ws', '/ws'],
  ['wss://lab.example/ws', '/ws'],
  ['http://localhost:8501', '/'],
  ['http://localhost:8501/x', '/x'],
  ['http://127.0.0.1:8501/x', '/x'],
  ['http://[::1]:8501/x', '/x'],
  ['ws://localhost:8501/ws?x', '/ws?x'],
  ['https://localhost:8501/x', '/x'],
  ['//lab.example/x', '/x'],
  ['//localhost:8501', '/'],
  // Browsers read a backslash as a slash.
  ['\\x', '/x'],
  // It may be a part of a character, though, in a page of another encoding.
  ['/a\\b?c\\d#e\\f', '/a\\b?c\\d#e\\f'],
  ['http:\\\\localhost:8501\\x', '/x'],
  // Nobody but the app has this host: what is Jupyter's elsewhere is the app's here.
  ['http://localhost:8501/user/alice/api', '/user/alice/api']
] as const;

/** The app, and all others of this Jupyter, would not be found there. */
const LEFT_ALONE = [
  '',
  'x',
  './x',
  '../x',
  'x/../../y',
  '?x=/y',
  '#/x',
  '#',
  '//other.example/x',
  '/\\other.example/x',
  '/\t/other.example/x',
  ' //other.example',
  '///other.example',
  'data:text/plain,/x',
  'blob:http://lab.example/0e2c',
  'javascript:location="/x"',
  'mailto:/x',
  'tel:/x',
  'about:blank',
  'about:srcdoc',
  'ftp://lab.example/x',
  'file:///x',
  'http://other.example/x',
  'http://lab.example.other.example/x',
  'http://lab.example:81/x',
  'http://lab.example@other.example/x',
  'http://localhost/x',
  'http://localhost:8502/x',
  'http://localhost:85010/x',
  'http://localhost:8501.other.example/x',
  'http://localhost:8501@other.example/x',
  'http://user@localhost:8501/x'
] as const;

/** Who names these knows where Jupyter is. */
const JUPYTERS = [
  '/user/alice/',
  '/user/alice/lab',
  '/user/alice/api/contents?x',
  '/user/alice/proxy/8502/x',
  '/user/alice/proxy/85010/x',
  '/user/alice/proxy/absolute/8501/x',
  '/./user/alice/api',
  '/x/../user/alice/api',
  `${PREFIX}/../../api`,
  'http://lab.example/user/alice/api'
] as const;

describe('an address of an app that believes to live at the root', () => {
  it.each(FROM_THE_ROOT)(
    '%j comes to lie under the prefix',
    (address, path) => {
      expect(corrected(address, HOME)).toBe(PREFIX + path);
      expect(bearingOf(address, HOME)).toBe('at-root');
    }
  );

  it.each(FROM_THE_ROOT)('%j is right once it is corrected', address => {
    const path = corrected(address, HOME) ?? '';
    expect(corrected(path, HOME)).toBeNull();
    expect(bearingOf(path, HOME)).toBe('at-home');
  });
});

describe.each([...LEFT_ALONE, ...JUPYTERS])('the address %j', address => {
  it('is left alone, and says nothing', () => {
    expect(corrected(address, HOME)).toBeNull();
    expect(bearingOf(address, HOME)).toBe('neither');
  });
});

describe('an address that names the prefix', () => {
  it.each([
    PREFIX,
    `${PREFIX}/`,
    `${PREFIX}?x`,
    `${PREFIX}#x`,
    `${PREFIX}/x`,
    ` ${PREFIX}/x`,
    `http://lab.example${PREFIX}/x`,
    `wss://LAB.example${PREFIX}/x`
  ])('%j is left alone: who wrote it knows where it lives', address => {
    expect(corrected(address, HOME)).toBeNull();
    expect(bearingOf(address, HOME)).toBe('at-home');
  });

  it('loses a host that nobody but the app knows', () => {
    expect(corrected(`http://localhost:8501${PREFIX}/x`, HOME)).toBe(
      `${PREFIX}/x`
    );
  });
});

describe('segments that climb', () => {
  const SEGMENTS = ['..', '.', '%2e%2e', '%2E.', '.%2e', '%2e', 'a'];
  const BETWEEN = ['/', '\\', '/\t', '//'];
  const ENDS = ['', '/', '?q', '#h', ' ', '\x01', '\t', '/api', '\\api'];

  /** All that can be made of these. */
  function* spellings(): Generator<string> {
    for (const first of SEGMENTS) {
      for (const between of BETWEEN) {
        for (const second of SEGMENTS) {
          for (const end of ENDS) {
            yield `/${first}${between}${second}${between}..${end}`;
            yield `/${first}${end}`;
            yield `http://lab.example/${first}${between}${second}${end}`;
            yield `http://localhost:8501\\${first}${between}${second}${end}`;
          }
        }
      }
    }
  }

  /*
   * "A path below the app's prefix, always": whoever gets an app to write an address
   * must not reach Jupyter, or another app, by what is made of it.
   */
  it('never lead out of the app, however they are written', () => {
    const escaped = [...spellings()].filter(address => {
      const path = corrected(address, HOME);
      return (
        path !== null &&
        !followed(path).startsWith(`http://lab.example${PREFIX}/`)
      );
    });
    expect(escaped).toEqual([]);
  });

  it('mean the same as at the root of the app’s own host', () => {
    const page = 'http://localhost:8501/sub/page';
    for (const address of spellings()) {
      const path = corrected(address, HOME);
      const meant = new URL(
        address.replace('lab.example', 'localhost:8501'),
        page
      );
      if (path !== null) {
        expect(followed(path)).toBe(
          `http://lab.example${PREFIX}${meant.href.slice(meant.origin.length)}`
        );
      }
    }
  });
});

describe('a Jupyter at the root of its host', () => {
  const home = homeOf({ prefix: '/proxy/8501', baseUrl: '/' });

  it('can’t be told from an app there', () => {
    expect(corrected('/lab', home)).toBe('/proxy/8501/lab');
    expect(bearingOf('/lab', home)).toBe('at-root');
    expect(corrected('/proxy/8502/', home)).toBe('/proxy/8501/proxy/8502/');
  });

  it('knows the prefix all the same', () => {
    expect(corrected('/proxy/8501/x', home)).toBeNull();
    expect(bearingOf('/proxy/8501/x', home)).toBe('at-home');
  });
});

describe('a public host with a port', () => {
  const home = homeOf({ publicHost: 'Lab.example:8888' });

  it('is that one only', () => {
    expect(corrected('http://lab.example:8888/x', home)).toBe(`${PREFIX}/x`);
    expect(corrected('http://lab.example/x', home)).toBeNull();
  });
});
