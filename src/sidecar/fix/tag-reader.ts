import { QuoteType, Tokenizer } from 'htmlparser2';

import {
  addressKind,
  ATTRIBUTES_WITH_ADDRESSES,
  ELEMENTS_WITH_ADDRESSES
} from '../../protocol/addresses';
import type { IAttribute } from './attributes';
import { Names } from './names';
import type { PageText } from './page-text';
import { IN_HEAD, type ITag } from './tag';

/** Who learns of the tags of a page. */
export interface ITagListener {
  /**
   * Get a start tag.
   *
   * @returns whether what follows up to the next end tag is wanted as a whole.
   */
  open(tag: ITag): boolean;
  /** Get the text that was wanted, and where the end tag ends. */
  text(tag: ITag, start: number, end: number): void;
  /** Get an end tag of an element of which something is known. */
  close(element: string, start: number): void;
}

const QUOTES: Readonly<Record<QuoteType, IAttribute['quote']>> = {
  [QuoteType.NoValue]: '',
  [QuoteType.Unquoted]: '',
  [QuoteType.Single]: "'",
  [QuoteType.Double]: '"'
};

/** Elements within which there are others than HTML's (HTML, section 13.2.6.5). */
const FOREIGN: ReadonlySet<string> = new Set(['svg', 'math']);

/** Elements within those, within which there is HTML again. */
const WITH_HTML: ReadonlySet<string> = new Set([
  'annotation-xml',
  'desc',
  'foreignobject',
  'title'
]);

/** Those of which an element's name is told. */
const ELEMENTS = new Names([
  ...IN_HEAD,
  ...FOREIGN,
  ...WITH_HTML,
  ...ELEMENTS_WITH_ADDRESSES
]);

/** Those that hold addresses, and those that tell what the others are for. */
const ATTRIBUTES = new Names([
  ...ATTRIBUTES_WITH_ADDRESSES,
  'http-equiv',
  'rel',
  'type'
]);

/** Finds the tags in the text of a page, as it comes. */
export class TagReader {
  private readonly tokenizer: Tokenizer;
  /** Up to where nothing is left to learn. */
  private learned = 0;
  private element = '';
  private start = 0;
  private attributes: IAttribute[] = [];
  private attribute: IAttribute | null = null;
  /** Those of {@link FOREIGN} and {@link WITH_HTML} that are open. */
  private readonly around: string[] = [];
  /** Whether elements are those of SVG or MathML here, of which none holds raw text. */
  private isForeign = false;
  /** The tag whose text is wanted. */
  private wanted: ITag | null = null;

  constructor(
    private readonly page: PageText,
    private listener: ITagListener
  ) {
    this.tokenizer = this.makeTokenizer();
  }

  /** The position before which no tag begins, and no text, that is still to be told. */
  get settled(): number {
    return this.learned;
  }

  /** Read on; the text is in the page already. */
  read(text: string): void {
    this.tokenizer.write(text);
  }

  /** Stop within what is being read. */
  pause(): void {
    this.tokenizer.pause();
  }

  /** Go on there, for another listener. */
  goOn(listener: ITagListener): void {
    this.listener = listener;
    this.tokenizer.resume();
  }

  /** Tell nothing more about what has begun. */
  letGo(): void {
    this.start = -1;
    this.attributes = [];
    this.attribute = null;
    this.wanted = null;
    this.learned = this.page.end;
  }

  private makeTokenizer(): Tokenizer {
    const learn = (_start: number, end: number): void => {
      if (this.wanted === null) {
        this.learned = end;
      }
    };
    const ignore = (): void => undefined;
    return new Tokenizer(
      { decodeEntities: false },
      {
        ontext: learn,
        oncomment: learn,
        ondeclaration: learn,
        oncdata: learn,
        onprocessinginstruction: learn,
        ontextentity: ignore,
        onattribentity: ignore,
        onend: ignore,
        onopentagname: (start, end) => {
          this.start = start - '<'.length;
          this.element = ELEMENTS.read(this.page, start, end);
        },
        onattribname: (start, end) => {
          this.beginAttribute(start, end);
        },
        onattribdata: (start, end) => {
          if (this.attribute !== null) {
            this.attribute.start = Math.min(this.attribute.start, start);
            this.attribute.end = end;
          }
        },
        onattribend: quote => {
          this.endAttribute(quote);
        },
        onopentagend: end => {
          this.endTag(end + 1, false);
        },
        onselfclosingtag: end => {
          this.endTag(end + 1, true);
        },
        isInForeignContext: () => this.isForeign,
        onclosetag: (start, end) => {
          this.closeTag(start, end);
        }
      }
    );
  }

  private beginAttribute(start: number, end: number): void {
    const name = ATTRIBUTES.read(this.page, start, end);
    if (name !== '') {
      const kind = addressKind(this.element, name);
      this.attribute = { name, kind, start: Infinity, end, quote: '' };
    }
  }

  private endAttribute(quote: QuoteType): void {
    const { attribute } = this;
    if (attribute !== null && attribute.start !== Infinity) {
      attribute.quote = QUOTES[quote];
      this.attributes.push(attribute);
    }
    this.attribute = null;
  }

  private endTag(end: number, isSelfClosing: boolean): void {
    const { element, start, attributes, isForeign } = this;
    if (start >= 0) {
      const tag = { element, start, end, attributes };
      const isEmpty = isSelfClosing && isForeign;
      this.wanted = this.listener.open(tag) && !isEmpty ? tag : null;
    }
    if (!isSelfClosing && element !== '') {
      this.enter(element);
    }
    if (attributes.length > 0) {
      this.attributes = [];
    }
    if (this.wanted === null) {
      this.learned = end;
    }
  }

  private closeTag(nameStart: number, nameEnd: number): void {
    const start = nameStart - '</'.length;
    const { wanted } = this;
    if (wanted !== null) {
      this.wanted = null;
      this.listener.text(wanted, wanted.end, start);
    }
    const element = ELEMENTS.read(this.page, nameStart, nameEnd);
    if (element !== '') {
      this.leave(element);
      this.listener.close(element, start);
    }
    this.learned = nameEnd;
  }

  private enter(element: string): void {
    if (FOREIGN.has(element) || (this.isForeign && WITH_HTML.has(element))) {
      this.around.push(element);
      this.isForeign = FOREIGN.has(element);
    }
  }

  private leave(element: string): void {
    if (this.around.at(-1) === element) {
      this.around.pop();
      this.isForeign = FOREIGN.has(this.around.at(-1) ?? '');
    }
  }
}
