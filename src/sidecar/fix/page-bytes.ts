import { firstValue, type RawHeaders } from '../raw-headers';
import type { HtmlFixer, Mode } from './html-fixer';
import { encodingOf, TextCoder } from './text-encoding';

/**
 * How much of a page is looked at, in bytes. Who has named no path from the root by
 * then would gain little: our script would come after all of its own.
 */
const MOST_LOOKED_AT = 256 * 1024;

/** The bytes of a page as they come, and as they are made up. */
export class PageBytes {
  private coder: TextCoder | null = null;
  /** What has come before the encoding could be told. */
  private beginning: Buffer = Buffer.alloc(0);
  private looked = 0;

  /** @param headers - tell the encoding, unless the page itself does. */
  constructor(
    private readonly fixer: HtmlFixer,
    private readonly headers: RawHeaders
  ) {}

  /** What has been found out about the page. */
  get mode(): Mode {
    return this.fixer.mode;
  }

  /** Read on. */
  read(piece: Buffer): void {
    const bytes =
      this.coder === null ? Buffer.concat([this.beginning, piece]) : piece;
    // A byte order mark has two bytes at least.
    if (this.coder === null && bytes.length < 2) {
      this.beginning = bytes;
    } else {
      this.readWith((this.coder ??= this.makeCoder(bytes)), bytes);
    }
  }

  /** Take what will be changed no more. */
  take(): Buffer {
    return this.coder?.encode(this.fixer.take()) ?? Buffer.alloc(0);
  }

  /** Take the rest, after all has come. */
  finish(): Buffer {
    if (this.coder === null) {
      this.coder = this.makeCoder(this.beginning);
      this.readWith(this.coder, this.beginning);
    }
    return this.coder.encode(this.fixer.finish(), true);
  }

  private readWith(coder: TextCoder, bytes: Buffer): void {
    this.fixer.read(coder.decode(bytes));
    this.looked += bytes.length;
    if (this.mode === 'looking' && this.looked >= MOST_LOOKED_AT) {
      this.fixer.leave();
    }
  }

  private makeCoder(beginning: Buffer): TextCoder {
    const type = firstValue(this.headers, 'content-type') ?? '';
    const encoding = encodingOf(type, beginning);
    if (encoding === null) {
      this.fixer.leave();
    }
    return new TextCoder(encoding ?? 'bytes');
  }
}
