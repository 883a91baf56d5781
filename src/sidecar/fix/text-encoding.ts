/** How the bytes of a page are read as text, and written again byte for byte. */
export type PageEncoding =
  /** Any in which ASCII characters are themselves: bytes as characters. */
  'bytes' | 'utf-16le' | 'utf-16be';

/** Encodings in which bytes of ASCII characters can be parts of others. */
const UNREADABLE = /^(?:iso-2022-|hz-gb-2312|utf-?7|utf-?32|ucs-?4)/i;

/**
 * How a page is to be read.
 *
 * @param contentType - the value of that field.
 * @param beginning - the page's first bytes; a byte order mark counts most.
 * @returns `null` if it can't be.
 */
export function encodingOf(
  contentType: string,
  beginning: Buffer
): PageEncoding | null {
  if (beginning[0] === 0xff && beginning[1] === 0xfe) {
    return 'utf-16le';
  }
  if (beginning[0] === 0xfe && beginning[1] === 0xff) {
    return 'utf-16be';
  }
  if (beginning[0] === 0xef && beginning[1] === 0xbb) {
    return 'bytes';
  }
  const [, charset = ''] =
    /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType) ?? [];
  const name = charset.toLowerCase();
  if (name === 'utf-16' || name === 'utf-16le') {
    return 'utf-16le';
  }
  if (name === 'utf-16be') {
    return 'utf-16be';
  }
  return UNREADABLE.test(name) ? null : 'bytes';
}

/** Reads and writes the text of one page, of which the pieces may end anywhere. */
export class TextCoder {
  private half: Buffer = Buffer.alloc(0);

  constructor(private readonly encoding: PageEncoding) {}

  decode(bytes: Buffer): string {
    if (this.encoding === 'bytes') {
      return bytes.toString('latin1');
    }
    const whole = Buffer.concat([this.half, bytes]);
    const even = whole.length - (whole.length % 2);
    this.half = whole.subarray(even);
    return swapped(whole.subarray(0, even), this.encoding).toString('utf16le');
  }

  /** @param isLast - whether nothing comes after it. */
  encode(text: string, isLast = false): Buffer {
    if (this.encoding === 'bytes') {
      return Buffer.from(text, 'latin1');
    }
    const bytes = swapped(Buffer.from(text, 'utf16le'), this.encoding);
    return isLast ? Buffer.concat([bytes, this.half]) : bytes;
  }
}

function swapped(bytes: Buffer, encoding: PageEncoding): Buffer {
  return encoding === 'utf-16be' ? Buffer.from(bytes).swap16() : bytes;
}
