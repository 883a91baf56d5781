import { addressesIn } from '../../protocol/addresses';
import { bearingOf, type IHome, isElsewhere } from '../../protocol/home';
import {
  decodedValue,
  encodedValue,
  fixedStyle,
  fixedValue,
  type IAttribute
} from './attributes';
import { fixedImportMap } from './import-map';
import { addressesInScript, isKnownScript } from './known-scripts';
import { PageText } from './page-text';
import { type ITag, TagReader } from './tag-reader';

/** What is put into a page that is fixed, as HTML. */
export interface IInsertions {
  /** Comes before any other script. */
  script: string;
  /** Comes before the first script, unless the page has an import map of its own. */
  importMap: string;
}

/** How a page is dealt with. */
export type Mode =
  /** It is looked for a reason to fix the page, or to leave it alone. */
  'looking' | 'fixing' | 'leaving';

/** How much of a tag, a comment or a style sheet is kept until it is whole, in characters. */
const MOST_KEPT = 1024 * 1024;

/** How deep documents stand in attributes of each other that are fixed. */
const DEEPEST = 4;

/** Elements that come before our script: it is no news to the browser what they say. */
const BEFORE_OURS: ReadonlySet<string> = new Set([
  'html',
  'head',
  'meta',
  'base',
  'title'
]);

/** Elements that a head consists of. */
const IN_HEAD: ReadonlySet<string> = new Set([
  ...BEFORE_OURS,
  'link',
  'noscript',
  'script',
  'style',
  'template'
]);

/** Links that a page names for others, and works without. */
const MINOR_LINK =
  /\b(?:alternate|apple-touch-icon|canonical|icon|manifest|search)\b/i;

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
  private hasKnownScript = false;
  private isScriptDue = true;
  private isMapDue = true;

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
    this.reader = this.makeReader();
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

  private makeReader(): TagReader {
    return new TagReader(this.page, {
      open: tag =>
        this.mode === 'looking' ? this.look(tag) : this.fixTag(tag),
      text: (tag, start, end) => {
        if (this.mode === 'looking') {
          this.lookAtText(tag, start, end);
        } else {
          this.fixText(tag, start, end);
        }
      },
      close: (element, start) => {
        if (this.mode === 'fixing' && element === 'head') {
          this.insertScript(start);
          this.insertMap(start);
        }
      }
    });
  }

  /** From the page's beginning, if it is still here, so that our script comes first. */
  private beginFixing(reason: ITag): void {
    const { page } = this;
    this.reason = null;
    this.currentMode = 'fixing';
    if (page.isWhole) {
      this.reader = this.makeReader();
      this.reader.read(page.slice(0, page.end));
    } else {
      this.fixTag(reason);
      this.reader.resume();
    }
  }

  // Looking

  private look(tag: ITag): boolean {
    const { element, attributes } = tag;
    if (this.isElsewhere(tag)) {
      this.leave();
      return false;
    }
    for (const { kind, start, end } of attributes) {
      if (kind !== undefined && kind !== 'document' && kind !== 'refresh') {
        const value = decodedValue(this.page.slice(start, end));
        this.hasKnownScript ||= element === 'script' && isKnownScript(value);
        this.learn(tag, addressesIn(kind, value));
      }
    }
    return (
      this.mode === 'looking' &&
      (element === 'style' || (element === 'script' && this.hasKnownScript))
    );
  }

  /** Whether paths from the root are those of another host from here on. */
  private isElsewhere(tag: ITag): boolean {
    return (
      tag.element === 'base' &&
      isElsewhere(decodedValue(this.valueOf(tag, 'href')), this.home)
    );
  }

  private lookAtText(tag: ITag, start: number, end: number): void {
    const text = this.page.slice(start, end);
    const isStyle = tag.element === 'style';
    this.learn(
      tag,
      isStyle ? addressesIn('css', text) : addressesInScript(text)
    );
  }

  /** Learn from addresses where the page believes to live; the first that tells counts. */
  private learn(tag: ITag, addresses: readonly string[]): void {
    for (const address of addresses) {
      const bearing =
        this.mode === 'looking' && this.reason === null
          ? bearingOf(address, this.home)
          : 'neither';
      if (bearing === 'at-home') {
        this.leave();
      } else if (bearing === 'at-root' && !this.isMinor(tag)) {
        this.reason = tag;
        this.reader.pause();
      }
    }
  }

  private isMinor(tag: ITag): boolean {
    return tag.element === 'link' && MINOR_LINK.test(this.valueOf(tag, 'rel'));
  }

  private valueOf({ attributes }: ITag, name: string): string {
    const found = attributes.find(attribute => attribute.name === name);
    return found === undefined ? '' : this.page.slice(found.start, found.end);
  }

  // Fixing

  private fixTag(tag: ITag): boolean {
    const { element } = tag;
    if (!this.page.has(tag.start)) {
      return false;
    }
    if (this.isElsewhere(tag)) {
      this.leave();
      return false;
    }
    this.insert(tag);
    for (const attribute of tag.attributes) {
      this.fixAttribute(tag, attribute);
    }
    return element === 'style' || this.isImportMap(tag);
  }

  private insert(tag: ITag): void {
    const { element, start } = tag;
    const is = (name: string, value: RegExp): boolean =>
      value.test(this.valueOf(tag, name));
    const isPolicy = element === 'meta' && is('http-equiv', /policy/i);
    if (isPolicy || !BEFORE_OURS.has(element)) {
      this.insertScript(start);
    }
    const usesMap =
      (element === 'script' && is('type', /^\s*module\s*$/i)) ||
      (element === 'link' && is('rel', /modulepreload/i));
    // At the latest after the head, for scripts that import modules later on.
    if (usesMap || isPolicy || !IN_HEAD.has(element)) {
      this.insertMap(start);
    }
  }

  private insertScript(position: number): void {
    if (this.isScriptDue && this.page.has(position)) {
      this.isScriptDue = false;
      this.page.replace(position, position, this.insertions.script);
    }
  }

  private insertMap(position: number): void {
    if (this.isMapDue && this.page.has(position)) {
      this.isMapDue = false;
      this.page.replace(position, position, this.insertions.importMap);
    }
  }

  private isImportMap(tag: ITag): boolean {
    return (
      tag.element === 'script' &&
      /^\s*importmap\s*$/i.test(this.valueOf(tag, 'type'))
    );
  }

  private fixAttribute(tag: ITag, attribute: IAttribute): void {
    const { kind, start, end, quote } = attribute;
    if (
      kind === undefined ||
      (kind === 'refresh' && !/refresh/i.test(this.valueOf(tag, 'http-equiv')))
    ) {
      return;
    }
    const value = this.page.slice(start, end);
    const text =
      kind === 'document'
        ? encodedValue(this.fixedDocument(decodedValue(value)), quote)
        : fixedValue(kind, value, quote, this.home);
    if (text !== null) {
      this.page.replace(start, end, text);
    }
  }

  private fixedDocument(html: string): string {
    const { home, insertions, depth } = this;
    const mode = depth < DEEPEST ? 'fixing' : 'leaving';
    const fixer = new HtmlFixer(home, insertions, mode, depth + 1);
    fixer.read(html);
    return fixer.finish();
  }

  private fixText(tag: ITag, start: number, end: number): void {
    const text = this.page.slice(start, end);
    const fixed =
      tag.element === 'style'
        ? fixedStyle(text, this.home)
        : fixedImportMap(text, this.home, this.isMapDue);
    this.isMapDue &&= tag.element === 'style';
    if (fixed !== null) {
      this.page.replace(start, end, fixed);
    }
  }
}
