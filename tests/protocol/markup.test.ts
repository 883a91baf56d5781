import {
  type CorrectAttribute,
  correctedMarkup
} from '../../src/protocol/markup';

/** Puts the value of each `href` that begins with a slash under `~`. */
const under: CorrectAttribute = (_element, name, value) =>
  name === 'href' && value.startsWith('/') ? `~${value}` : null;

describe('correctedMarkup', () => {
  it.each([
    ['a quoted value', '<a href="/x">', '<a href="~/x">'],
    ['one in single quotes', "<a href='/x'>", "<a href='~/x'>"],
    ['one without quotes', '<a href=/x>y', '<a href=~/x>y'],
    [
      'one behind a `>` in quotes',
      '<a b=">" href="/x">',
      '<a b=">" href="~/x">'
    ],
    [
      'one behind a quote that begins no value',
      "<a don't href=/x><a href='/y'>",
      "<a don't href=~/x><a href='~/y'>"
    ],
    [
      'the tag of an element that holds text',
      '<style href="/x">a</style><a href="/y">',
      '<style href="~/x">a</style><a href="~/y">'
    ]
  ])('corrects %s', (_what, html, expected) => {
    expect(correctedMarkup(html, under)).toBe(expected);
  });

  it.each([
    ['a comment', '<!-- <a href="/x"> -->'],
    ['a comment that nothing ends', '<!-- <a href="/x">'],
    ['a script', '<script>"<a href=/x>"</script>'],
    ['text', 'a href="/x"'],
    ['an end tag', '</a href="/x">'],
    ['a value that holds a reference', '<a href="/&#120;">'],
    ['a tag that nothing ends', '<a href="/x" '],
    ['a value that nothing ends', '<a b=" href=/x']
  ])('leaves %s alone', (_what, html) => {
    expect(correctedMarkup(html, under)).toBe(html);
  });

  it.each([
    ['tags', '<a '],
    ['values', '<a b="'],
    ['comments', '<!--'],
    ['scripts', '<script '],
    ['blanks', '= ']
  ])(
    'takes no longer than it has to with %s that nothing ends',
    (_what, part) => {
      const html = `<a href=/x>${part.repeat(100_000)}`;
      expect(correctedMarkup(html, under)).toBe(`<a href=~${html.slice(8)}`);
    }
  );
});
