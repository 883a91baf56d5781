import {
  encodingOf,
  type PageEncoding,
  TextCoder
} from '../../../src/sidecar/fix/text-encoding';

const NOTHING = Buffer.alloc(0);

describe('the encoding of a page', () => {
  it.each([
    ['text/html', 'bytes'],
    ['text/html; charset=utf-8', 'bytes'],
    ['text/html; charset=iso-8859-1', 'bytes'],
    ['text/html; charset=Shift_JIS', 'bytes'],
    ['text/html; charset=gbk', 'bytes'],
    ['text/html; charset=gb18030', 'bytes'],
    ['text/html; charset=big5', 'bytes'],
    ['text/html; charset=euc-kr', 'bytes'],
    ['text/html;charset="utf-16"', 'utf-16le'],
    ['text/html; Charset = UTF-16LE', 'utf-16le'],
    ["text/html; a=b; charset='utf-16be'", 'utf-16be'],
    ['text/html; charset=iso-2022-jp', null],
    ['text/html; charset=ISO-2022-KR', null],
    ['text/html; charset=hz-gb-2312', null],
    ['text/html; charset=utf-7', null],
    ['text/html; charset=utf-32', null]
  ])('is told by %s', (type, encoding) => {
    expect(encodingOf(type, NOTHING)).toBe(encoding);
  });

  it.each([
    [[0xff, 0xfe], 'utf-16le'],
    [[0xfe, 0xff], 'utf-16be'],
    [[0xef, 0xbb, 0xbf], 'bytes']
  ])('is told by the mark %j before all else', (mark, encoding) => {
    const beginning = Buffer.from([...mark, 0x3c]);
    for (const name of ['utf-8', 'utf-16le', 'utf-16be', 'iso-2022-jp']) {
      expect(encodingOf(`text/html; charset=${name}`, beginning)).toBe(
        encoding
      );
    }
  });
});

describe.each<PageEncoding>(['bytes', 'utf-16le', 'utf-16be'])(
  'text of %s',
  encoding => {
    const all = Buffer.from(
      Array.from({ length: 512 }, (_byte, at) => at % 256)
    );
    // Halves of pairs that stand alone, and half a character at the end.
    const bytes = Buffer.concat([
      all,
      Buffer.from([0xd8, 0x00, 0x00, 0xd8, 0x3c])
    ]);

    it('is the same bytes again, wherever it is cut', () => {
      for (let at = 0; at <= bytes.length; at += 1) {
        const coder = new TextCoder(encoding);
        const first = coder.decode(bytes.subarray(0, at));
        const second = coder.decode(bytes.subarray(at));
        const written = [coder.encode(first), coder.encode(second, true)];
        expect(Buffer.concat(written).equals(bytes)).toBe(true);
      }
    });
  }
);

describe('text of two bytes a character', () => {
  it.each([
    ['utf-16le', '<a href="/é你">'],
    ['utf-16be', '<a href="/é你">']
  ] as const)('is read by %s', (encoding, text) => {
    const little = Buffer.from(text, 'utf16le');
    const bytes = encoding === 'utf-16le' ? little : little.swap16();
    expect(new TextCoder(encoding).decode(bytes)).toBe(text);
  });
});
