import { replaceInSrcset } from '../../src/protocol/srcset';

/** Puts what begins with a slash under `~`. */
const under = (address: string): string | null =>
  address.startsWith('/') ? `~${address}` : null;

describe('replaceInSrcset', () => {
  it.each([
    ['one address', '/a.png', '~/a.png'],
    [
      'addresses with densities',
      '/a.png 1x, /b.png 2x',
      '~/a.png 1x, ~/b.png 2x'
    ],
    ['addresses with widths', '/a 100w,/b 200w', '~/a 100w,~/b 200w'],
    [
      'a first address without a descriptor',
      '/a.png, /b.png 2x',
      '~/a.png, ~/b.png 2x'
    ],
    ['several commas', ', ,/a,, , /b,', ', ,~/a,, , ~/b,'],
    [
      'commas within an address',
      '/a,b.png 1x, /c?d=1,2',
      '~/a,b.png 1x, ~/c?d=1,2'
    ],
    [
      'no blank behind a comma, which is part of the address',
      '/a.png,/b.png 2x',
      '~/a.png,/b.png 2x'
    ],
    ['line breaks', '\n/a\n1x,\t/b\t2x\n', '\n~/a\n1x,\t~/b\t2x\n'],
    ['brackets in descriptors', '/a x(1, /b) 2x, /c', '~/a x(1, /b) 2x, ~/c'],
    ['a bracket that stays open', '/a x(1, /b', '~/a x(1, /b'],
    [
      'addresses of which some stay',
      'a.png 1x, /b.png 2x, https://c/ 3x',
      'a.png 1x, ~/b.png 2x, https://c/ 3x'
    ],
    [
      'data with a comma',
      'data:image/png;base64,AA/8= 1x, /b 2x',
      'data:image/png;base64,AA/8= 1x, ~/b 2x'
    ]
  ])('replaces %s', (_what, value, expected) => {
    expect(replaceInSrcset(value, under)).toBe(expected);
  });

  it.each(['', ' ', ',', 'a.png', 'a.png 1x, b.png 2x', 'data:,/a 1x'])(
    'replaces nothing in %j',
    value => {
      expect(replaceInSrcset(value, under)).toBeNull();
    }
  );

  it('takes a long value in a time that grows with its length', () => {
    const long = `/a ${'(,'.repeat(50_000)}`;
    expect(replaceInSrcset(long, under)).toBe(`~${long}`);
    expect(replaceInSrcset(', '.repeat(100_000), under)).toBeNull();
  }, 2000);
});
