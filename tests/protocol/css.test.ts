import { replaceInCss } from '../../src/protocol/css';

/** Puts what begins with a slash under `~`. */
const under = (address: string): string | null =>
  address.startsWith('/') ? `~${address}` : null;

describe('replaceInCss', () => {
  it.each([
    ['url() without quotes', 'a{b:url(/x)}', 'a{b:url(~/x)}'],
    ['url() with double quotes', 'a{b:url("/x")}', 'a{b:url("~/x")}'],
    ['url() with single quotes', "a{b:url('/x')}", "a{b:url('~/x')}"],
    ['url() in upper case', 'a{b:URL(/x)}', 'a{b:URL(~/x)}'],
    ['url() with blanks', 'a{b:url( \n"/x" )}', 'a{b:url( \n"~/x" )}'],
    ['several', 'url(/a),url(b),url(/c)', 'url(~/a),url(b),url(~/c)'],
    [
      'a font',
      '@font-face{src:local("/a"),url(/b)format("/c")}',
      '@font-face{src:local("/a"),url(~/b)format("/c")}'
    ],
    ['@import of a string', '@import "/x";', '@import "~/x";'],
    ['@import of another', "@IMPORT\n'/x' screen;", "@IMPORT\n'~/x' screen;"],
    ['@import of a url()', '@import url(/x);', '@import url(~/x);'],
    ['@import behind a comment', '@import/**/"/x"', '@import/**/"~/x"'],
    ['url() behind a comment', '/* " */url(/x)', '/* " */url(~/x)'],
    ['url() behind a string', '"\\"/*"url(/x)', '"\\"/*"url(~/x)'],
    [
      'url() behind a string that a line break ends',
      'a{b:"c\nd:url(/x)}',
      'a{b:"c\nd:url(~/x)}'
    ],
    ['url() with modifiers', 'url("/x" foo)', 'url("~/x" foo)'],
    [
      'declarations alone',
      'color:red;background:url(/x)',
      'color:red;background:url(~/x)'
    ]
  ])('replaces in %s', (_what, text, expected) => {
    expect(replaceInCss(text, under)).toBe(expected);
  });

  it.each([
    ['a relative address', 'a{b:url(x)}'],
    ['an address of another host', 'a{b:url(https://other.example/x)}'],
    ['data', 'a{b:url(data:image/svg+xml;base64,/x==)}'],
    [
      'data with quotes',
      `a{b:url("data:image/svg+xml,<svg xmlns='/x'>url(/y)")}`
    ],
    ['a comment', '/* url(/x) @import "/y" */'],
    ['a comment that never ends', '/* url(/x)'],
    ['a string', 'a{content:"url(/x)"}'],
    ['a string with an escaped quote', `a{content:'\\'url(/x)'}`],
    ['another function', 'a{b:format(/x) curl(/x)}'],
    ['another rule', '@namespace "/x";@charset "/y";'],
    ['nothing', '']
  ])('replaces nothing in %s', (_what, text) => {
    expect(replaceInCss(text, under)).toBeNull();
  });

  describe('escapes', () => {
    it.each([
      ['a slash', 'url("\\/x")'],
      ['a number', 'url("\\2fx")'.replace('2fx', '2f x')],
      ['without quotes', 'url(\\/x)']
    ])('are read before the address is: %s', (_what, text) => {
      expect(replaceInCss(text, under)).toBe('url("~/x")');
    });

    /* An address that only the browser sees to climb must not be put under the prefix. */
    it.each([
      'url("/a/\\2e\\2e/b")',
      'url(/a/\\2e \\2e/b)',
      'url("/a/\\.\\./b")'
    ])('don’t hide what climbs: %s', text => {
      const seen: string[] = [];
      replaceInCss(text, address => {
        seen.push(address);
        return null;
      });
      expect(seen).toEqual(['/a/../b']);
    });

    it('stay what they are when nothing is replaced', () => {
      expect(replaceInCss('a{b:url("x\\"y")}', under)).toBeNull();
    });
  });

  it.each([
    'url('.repeat(50_000),
    '"'.repeat(50_001),
    '/*'.repeat(50_000),
    `@import ${'/**/'.repeat(20_000)}`,
    `url(${'\\a'.repeat(50_000)}`
  ])(
    'takes a long text in a time that grows with its length',
    text => {
      expect(replaceInCss(text, under)).toBeNull();
    },
    2000
  );
});
