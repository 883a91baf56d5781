import type { Transform } from 'node:stream';

import type { IHome } from '../../protocol/home';
import type { IInterceptor, ISource } from '../outgoing';
import { firstValue, type RawHeaders } from '../raw-headers';
import type { IReceiver, IResponseHead } from '../response-parser';
import { canDecompress, decompressor } from './decompress';
import { HtmlFixer } from './html-fixer';
import { hashesOf, insertionsOf, type IScripts } from './insertions';
import { fixedHead, isPage } from './page-head';
import { Patience } from './patience';
import { encodingOf, TextCoder } from './text-encoding';

/**
 * How much of a page is looked at, in bytes. Who has named no path from the root by
 * then would gain little: our script would come after all of its own.
 */
const MOST_LOOKED_AT = 256 * 1024;

/**
 * Fixes a page that believes to live at the root of its host, as it comes. A page that
 * has no need of it, and whatever else is no page, passes as it is.
 */
export class PageReceiver implements IInterceptor {
  private phase:
    | 'passing'
    /** Head and body are kept, since they may have to be changed. */
    | 'deciding'
    /** The client gets what is made of the page. */
    | 'making'
    | 'over' = 'passing';
  private head: IResponseHead | null = null;
  private kept: Buffer[] = [];
  private looked = 0;
  private patience: Patience | null = null;
  private decompress: Transform | null = null;
  private coder: TextCoder | null = null;
  private readonly fixer: HtmlFixer;
  /** What has come of a byte order mark. */
  private beginning: Buffer = Buffer.alloc(0);
  private trailers: RawHeaders = [];
  private hasEnded = false;
  private hasTextEnded = false;

  /**
   * @param isCertain - whether the page is fixed without a look at it.
   * @param receiver - gets the page.
   * @param source - where it comes from.
   */
  constructor(
    private readonly home: IHome,
    private readonly scripts: IScripts,
    isCertain: boolean,
    private readonly receiver: IReceiver,
    private readonly source: ISource
  ) {
    this.fixer = new HtmlFixer(
      home,
      insertionsOf(home, scripts),
      isCertain ? 'fixing' : 'looking'
    );
  }

  inform(head: IResponseHead): void {
    this.receiver.inform(head);
  }

  begin(head: IResponseHead): void {
    const coding = firstValue(head.headers, 'content-encoding') ?? 'identity';
    const isPlain = /^\s*identity\s*$/i.test(coding);
    if (!isPage(head) || (!isPlain && !canDecompress(coding))) {
      this.receiver.begin(head);
      return;
    }
    this.decompress = isPlain ? null : decompressor(coding);
    this.head = head;
    this.phase = 'deciding';
    this.listen();
    this.patience = new Patience(
      firstValue(head.headers, 'content-length') !== undefined,
      () => (this.decompress?.writableLength ?? 0) > 0,
      () => {
        this.attempt(() => {
          // The head goes out now, so it says nothing about the bytes.
          this.make();
          this.flushDecompressed();
        });
      }
    );
    if (this.fixer.mode === 'fixing') {
      this.make();
    }
  }

  write(piece: Buffer): void {
    if (this.phase === 'passing') {
      this.receiver.write(piece);
      return;
    }
    if (this.phase === 'deciding') {
      this.kept.push(Buffer.from(piece));
      this.patience?.note();
    }
    if (this.phase === 'over' || this.hasTextEnded) {
      // Behind the end of what was compressed nobody looks for a page.
      return;
    }
    if (this.decompress === null) {
      this.read(piece);
    } else {
      this.decompress.write(Buffer.from(piece));
    }
  }

  end(trailers: RawHeaders): void {
    this.trailers = trailers;
    this.hasEnded = true;
    if (this.phase === 'passing') {
      this.receiver.end(trailers);
    } else if (this.decompress === null || this.hasTextEnded) {
      this.finish();
    } else {
      this.decompress.end();
    }
  }

  flush(): boolean {
    if (this.phase === 'passing' || this.decompress === null) {
      return this.phase === 'deciding' || this.receiver.flush();
    }
    return !this.decompress.writableNeedDrain;
  }

  resume(): boolean {
    this.decompress?.resume();
    return this.decompress?.writableNeedDrain !== true;
  }

  abort(): void {
    this.stop();
    this.phase = 'over';
  }

  fail(error: unknown): void {
    if (this.phase === 'deciding') {
      this.pass();
    }
    this.stop();
    this.phase = 'over';
    this.receiver.fail(error);
  }

  /** Read what is decompressed. It comes later, and by itself. */
  private listen(): void {
    const { decompress } = this;
    decompress?.on('data', (bytes: Buffer) => {
      this.attempt(() => {
        this.read(bytes);
        this.flushDecompressed();
      });
    });
    decompress?.on('drain', () => {
      this.source.resume();
    });
    decompress?.on('end', () => {
      this.hasTextEnded = true;
      if (this.hasEnded || this.phase === 'deciding') {
        this.attempt(() => {
          this.finish();
          this.flushDecompressed();
        });
      }
    });
    decompress?.on('error', error => {
      // What can't be decompressed is the browser's to tell, as long as that is possible.
      if (this.phase === 'deciding') {
        this.pass();
        this.flushDecompressed();
      } else {
        this.break(error);
      }
    });
  }

  /** Do what nobody has asked for just now, who would learn of an error. */
  private attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.break(error);
    }
  }

  private break(error: unknown): void {
    this.source.abort();
    this.fail(error);
  }

  private flushDecompressed(): void {
    if (!this.receiver.flush()) {
      this.decompress?.pause();
    } else if (this.decompress === null) {
      // The page passes from now on; the upstream may have been told to wait.
      this.source.resume();
    }
  }

  private read(piece: Buffer): void {
    this.coder ??= this.beginText(piece);
    if (this.coder === null) {
      return;
    }
    const bytes =
      this.looked === 0 ? Buffer.concat([this.beginning, piece]) : piece;
    this.fixer.read(this.coder.decode(bytes));
    this.looked += bytes.length;
    if (this.fixer.mode === 'looking' && this.looked >= MOST_LOOKED_AT) {
      this.fixer.leave();
    }
    if (this.phase === 'deciding') {
      this.decide();
    } else {
      this.send(this.fixer.take());
    }
  }

  /** Learn how to read the page, which its first two bytes may tell. */
  private beginText(piece: Buffer): TextCoder | null {
    const bytes = Buffer.concat([this.beginning, piece]);
    if (bytes.length < 2 && !this.hasTextEnded) {
      this.beginning = bytes;
      return null;
    }
    const type = firstValue(this.head?.headers ?? [], 'content-type') ?? '';
    const encoding = encodingOf(type, bytes);
    if (encoding === null) {
      this.fixer.leave();
    }
    return new TextCoder(encoding ?? 'bytes');
  }

  private decide(): void {
    if (this.fixer.mode === 'fixing') {
      this.make();
    } else if (this.fixer.mode === 'leaving') {
      this.pass();
    }
  }

  /** Let the page pass as it came, and all that follows. */
  private pass(): void {
    this.stop();
    this.phase = 'passing';
    if (this.head !== null) {
      this.receiver.begin(this.head);
    }
    for (const piece of this.kept.splice(0)) {
      this.receiver.write(piece);
    }
    if (this.hasEnded) {
      this.receiver.end(this.trailers);
    }
  }

  /** Send what is made of the page, from its beginning. */
  private make(): void {
    this.patience?.end();
    this.phase = 'making';
    this.kept = [];
    if (this.head !== null) {
      const hashes = hashesOf(this.home, this.scripts);
      this.receiver.begin(fixedHead(this.head, this.home, hashes));
    }
    this.send(this.fixer.take());
  }

  private send(text: string, isLast = false): void {
    const bytes = this.coder?.encode(text, isLast);
    if (bytes !== undefined && bytes.length > 0) {
      this.receiver.write(bytes);
    }
  }

  private finish(): void {
    if (this.phase === 'deciding') {
      // All of it was looked at.
      this.pass();
      return;
    }
    if (this.coder === null) {
      this.hasTextEnded = true;
      this.read(Buffer.alloc(0));
    }
    this.stop();
    this.phase = 'over';
    this.send(this.fixer.finish(), true);
    this.receiver.end(this.trailers);
  }

  private stop(): void {
    this.patience?.end();
    this.decompress?.removeAllListeners().on('error', () => undefined);
    this.decompress?.destroy();
    this.decompress = null;
  }
}
