import { QuoteType, Tokenizer } from 'htmlparser2';

import { addressKind, LONGEST_NAME } from '../../protocol/addresses';
import type { IAttribute } from './attributes';
import type { PageText } from './page-text';

/** A start tag with those of its attributes that matter. */
export interface ITag {
  /** In lower case. */
  element: string;
  start: number;
  end: number;
  attributes: readonly IAttribute[];
}

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
  /** Get an end tag. */
  close(element: string, start: number): void;
}

/** Attributes that hold no address, and tell what the others are for. */
const MARKS: ReadonlySet<string> = new Set(['http-equiv', 'rel', 'type']);

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
  /** The tag whose text is wanted. */
  private wanted: ITag | null = null;

  constructor(
    private readonly page: PageText,
    private readonly listener: ITagListener
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

  /** Go on there. */
  resume(): void {
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
          this.element = this.page.slice(start, end).toLowerCase();
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
    if (end - start > LONGEST_NAME) {
      return;
    }
    const name = this.page.slice(start, end).toLowerCase();
    const kind = addressKind(this.element, name);
    if (kind !== undefined || MARKS.has(name)) {
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
    if (!isSelfClosing && (FOREIGN.has(element) || isForeign)) {
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
    const element = this.page.slice(nameStart, nameEnd).toLowerCase();
    if (this.around.at(-1) === element) {
      this.around.pop();
    }
    this.listener.close(element, start);
    this.learned = nameEnd;
  }

  /** Whether elements are those of SVG or MathML here, of which none holds raw text. */
  private get isForeign(): boolean {
    return FOREIGN.has(this.around.at(-1) ?? '');
  }

  private enter(element: string): void {
    if (FOREIGN.has(element) || WITH_HTML.has(element)) {
      this.around.push(element);
    }
  }
}
