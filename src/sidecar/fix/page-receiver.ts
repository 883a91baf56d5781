import type { Transform } from 'node:stream';

import type { IHome } from '../../protocol/home';
import type { IInterceptor, ISource } from '../outgoing';
import { firstValue, type RawHeaders } from '../raw-headers';
import type { IReceiver, IResponseHead } from '../response-parser';
import { canDecompress, decompressor } from './decompress';
import { HtmlFixer } from './html-fixer';
import { hashesOf, insertionsOf, type IScripts } from './insertions';
import { PageBytes } from './page-bytes';
import { fixedHead, isPage } from './page-head';
import { Patience } from './patience';

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
  private patience: Patience | null = null;
  private decompress: Transform | null = null;
  /** The page, once its head has come. */
  private page: PageBytes | null = null;
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
    private readonly isCertain: boolean,
    private readonly receiver: IReceiver,
    private readonly source: ISource
  ) {}

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
    this.page = this.makePage(head);
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
    if (this.isCertain) {
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

  private makePage({ headers }: IResponseHead): PageBytes {
    const { home, scripts, isCertain } = this;
    const mode = isCertain ? 'fixing' : 'looking';
    const insertions = insertionsOf(home, scripts);
    return new PageBytes(new HtmlFixer(home, insertions, mode), headers);
  }

  private read(piece: Buffer): void {
    this.page?.read(piece);
    if (this.phase === 'deciding') {
      this.decide();
    } else {
      this.send(this.page?.take());
    }
  }

  private decide(): void {
    if (this.page?.mode === 'fixing') {
      this.make();
    } else if (this.page?.mode === 'leaving') {
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
    this.send(this.page?.take());
  }

  private send(bytes: Buffer | undefined): void {
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
    this.stop();
    this.phase = 'over';
    this.send(this.page?.finish());
    this.receiver.end(this.trailers);
  }

  private stop(): void {
    this.patience?.end();
    this.decompress?.removeAllListeners().on('error', () => undefined);
    this.decompress?.destroy();
    this.decompress = null;
  }
}
