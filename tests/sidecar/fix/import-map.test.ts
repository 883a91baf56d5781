import {
  fixedImportMap,
  importMapOf
} from '../../../src/sidecar/fix/import-map';
import { homeOf, PREFIX } from '../../protocol/support/home';

const HOME = homeOf();

/** What becomes of an app's own import map. */
function fixed(map: unknown, withOurs = false): unknown {
  return JSON.parse(fixedImportMap(JSON.stringify(map), HOME, withOurs) ?? '');
}

describe('our import map', () => {
  it('leads from the root to the prefix, and from there nowhere else', () => {
    expect(JSON.parse(importMapOf(HOME))).toEqual({
      imports: { '/': `${PREFIX}/`, [`${PREFIX}/`]: `${PREFIX}/` }
    });
  });

  it('can’t end the script in which it stands', () => {
    const home = homeOf({ prefix: '/a</script><script>b' });
    expect(importMapOf(home)).not.toContain('<');
  });
});

describe('an app’s own import map', () => {
  it('is corrected', () => {
    expect(
      fixed({
        imports: {
          lib: '/lib.js',
          near: './near.js',
          far: 'https://other.example/far.js',
          'dir/': '/dir/',
          '/old.js': '/new.js',
          none: null
        }
      })
    ).toEqual({
      imports: {
        lib: `${PREFIX}/lib.js`,
        near: './near.js',
        far: 'https://other.example/far.js',
        'dir/': `${PREFIX}/dir/`,
        '/old.js': `${PREFIX}/new.js`,
        [`${PREFIX}/old.js`]: `${PREFIX}/new.js`,
        none: null
      }
    });
  });

  it('is corrected in its scopes', () => {
    expect(fixed({ scopes: { '/a/': { lib: '/b.js' }, './c/': {} } })).toEqual({
      imports: {},
      scopes: { [`${PREFIX}/a/`]: { lib: `${PREFIX}/b.js` }, './c/': {} }
    });
  });

  it('gets ours, of which it replaces what it has itself', () => {
    expect(fixed({ imports: { '/': '/src/' } }, true)).toEqual({
      imports: { '/': `${PREFIX}/src/`, [`${PREFIX}/`]: `${PREFIX}/src/` }
    });
    expect(fixed({}, true)).toEqual(JSON.parse(importMapOf(HOME)));
  });

  it('keeps what else it says', () => {
    expect(fixed({ other: ['/x'] })).toEqual({ imports: {}, other: ['/x'] });
  });

  it.each([
    ['', 'nothing'],
    ['{', 'no JSON'],
    ['[]', 'no object'],
    ['null', 'null'],
    ['"/x"', 'a text']
  ])('that is %j is left alone: %s', text => {
    expect(fixedImportMap(text, HOME, true)).toBeNull();
  });

  it.each([
    [{ imports: ['/x'] }, {}],
    [{ imports: '/x' }, {}],
    [{ imports: { a: ['/x'] } }, { a: ['/x'] }]
  ])('that is %j does no harm', (map, imports) => {
    expect(fixed(map)).toEqual({ imports });
  });

  it('can’t end the script in which it stands', () => {
    const text = '{"imports":{"a":"/\\u003c/script>\\u003c!--"}}';
    expect(fixedImportMap(text, HOME, true)).not.toContain('<');
  });

  it('is left alone if it is too deep to be written', () => {
    const deep = `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(fixedImportMap(deep, HOME, true)).toBeNull();
  });
});
