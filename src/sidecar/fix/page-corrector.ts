import type { IHome } from '../../protocol/home';
import {
  decodedValue,
  encodedValue,
  fixedStyle,
  fixedValue,
  type IAttribute
} from './attributes';
import { fixedImportMap } from './import-map';
import type { PageText } from './page-text';
import { IN_HEAD, type ITag, leadsElsewhere, valueOf } from './tag';
import type { ITagListener } from './tag-reader';

/** What is put into a page that is fixed, as HTML. */
export interface IInsertions {
  /** Comes before any other script. */
  readonly script: string;
  /** Comes before the first script, unless the page has an import map of its own. */
  readonly importMap: string;
}

/** What the corrector leaves to others. */
export interface ICorrectorHelp {
  /** Correct a document that stands in an attribute. */
  fixedDocument: (html: string) => string;
  /** Look no further: the rest of the page is about another host. */
  leave: () => void;
}

/** Elements that come before our script: it is no news to the browser what they say. */
const BEFORE_OURS: ReadonlySet<string> = new Set([
  'html',
  'head',
  'meta',
  'base',
  'title'
]);

/** Corrects the addresses in the tags of a page, and puts our script into it. */
export class PageCorrector implements ITagListener {
  private isScriptDue = true;
  private isMapDue = true;

  constructor(
    private readonly page: PageText,
    private readonly home: IHome,
    private readonly insertions: IInsertions,
    private readonly help: ICorrectorHelp
  ) {}

  open(tag: ITag): boolean {
    if (!this.page.has(tag.start)) {
      return false;
    }
    if (leadsElsewhere(tag, this.page, this.home)) {
      this.help.leave();
      return false;
    }
    if (this.isScriptDue || this.isMapDue) {
      this.insert(tag);
    }
    for (const attribute of tag.attributes) {
      this.fixAttribute(tag, attribute);
    }
    return tag.element === 'style' || this.isImportMap(tag);
  }

  text(tag: ITag, start: number, end: number): void {
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

  close(element: string, start: number): void {
    if (element === 'head') {
      this.insertScript(start);
      this.insertMap(start);
    }
  }

  private insert(tag: ITag): void {
    const { element, start } = tag;
    const is = (name: string, value: RegExp): boolean =>
      value.test(valueOf(tag, name, this.page));
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
      /^\s*importmap\s*$/i.test(valueOf(tag, 'type', this.page))
    );
  }

  private fixAttribute(tag: ITag, attribute: IAttribute): void {
    const { kind, start, end, quote } = attribute;
    if (
      kind === undefined ||
      (kind === 'refresh' &&
        !/refresh/i.test(valueOf(tag, 'http-equiv', this.page)))
    ) {
      return;
    }
    const value = this.page.slice(start, end);
    const text =
      kind === 'document'
        ? encodedValue(this.help.fixedDocument(decodedValue(value)), quote)
        : fixedValue(kind, value, quote, this.home);
    if (text !== null) {
      this.page.replace(start, end, text);
    }
  }
}
