import type { IHome } from '../../protocol/home';
import { type IInsertions, PageCorrector } from './page-corrector';
import { PageLooker } from './page-looker';
import { PageText } from './page-text';
import type { ITag } from './tag';
import { type ITagListener, TagReader } from './tag-reader';

/** How a page is dealt with. */
export type Mode =
  /** It is looked for a reason to fix the page, or to leave it alone. */
  'looking' | 'fixing' | 'leaving';

/** How much of a tag, a comment or a style sheet is kept until it is whole, in characters. */
const MOST_KEPT = 1024 * 1024;

/** How deep documents stand in attributes of each other that are fixed. */
const DEEPEST = 4;

/**
 * Corrects the addresses in a page, as it comes. The text may be of any encoding in which
 * ASCII characters are themselves (bytes as latin-1 characters, say): nothing else is
 * looked at or written, and whatever isn't corrected stays as it is.
 */
export class HtmlFixer {
  private readonly page = new PageText();
  private reader: TagReader;
  /** The tag that tells that the page has to be fixed. */
  private reason: ITag | null = null;

  /**
   * @param currentMode - `'looking'` or `'fixing'`.
   * @param depth - in how many other documents this one stands.
   */
  constructor(
    private readonly home: IHome,
    private readonly insertions: IInsertions,
    private currentMode: Mode,
    private readonly depth = 0
  ) {
    const listener =
      currentMode === 'looking' ? this.makeLooker() : this.makeCorrector();
    this.reader = new TagReader(this.page, listener);
  }

  /** What has been found out. */
  get mode(): Mode {
    return this.currentMode;
  }

  /** Read on. */
  read(text: string): void {
    const { page, reader } = this;
    page.append(text);
    if (this.mode === 'leaving') {
      return;
    }
    reader.read(text);
    if (this.reason !== null) {
      this.beginFixing(this.reason);
    }
    if (page.end - this.reader.settled > MOST_KEPT) {
      this.reader.letGo();
    }
  }

  /** Take what will be changed no more. */
  take(): string {
    const { page, reader, mode } = this;
    return page.take(mode === 'leaving' ? page.end : reader.settled);
  }

  /** Take the rest, after all has come. */
  finish(): string {
    return this.page.take(this.page.end);
  }

  /** Look no further. */
  leave(): void {
    this.currentMode = 'leaving';
    this.reader.pause();
  }

  private makeLooker(): ITagListener {
    return new PageLooker(this.page, this.home, (bearing, tag) => {
      if (bearing === 'at-home') {
        this.leave();
      } else {
        this.reason = tag;
        this.reader.pause();
      }
    });
  }

  private makeCorrector(): ITagListener {
    return new PageCorrector(this.page, this.home, this.insertions, {
      fixedDocument: html => this.fixedDocument(html),
      leave: () => {
        this.leave();
      }
    });
  }

  /** From the page's beginning, if it is still here, so that our script comes first. */
  private beginFixing(reason: ITag): void {
    const { page } = this;
    this.reason = null;
    this.currentMode = 'fixing';
    const corrector = this.makeCorrector();
    if (page.isWhole) {
      this.reader = new TagReader(page, corrector);
      this.reader.read(page.slice(0, page.end));
    } else {
      corrector.open(reason);
      this.reader.goOn(corrector);
    }
  }

  private fixedDocument(html: string): string {
    const { home, insertions, depth } = this;
    const mode = depth < DEEPEST ? 'fixing' : 'leaving';
    const fixer = new HtmlFixer(home, insertions, mode, depth + 1);
    fixer.read(html);
    return fixer.finish();
  }
}
