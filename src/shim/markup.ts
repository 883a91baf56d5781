import type { Addresses } from './addresses';
import { onCall, onSet } from './hooks';

/** Whether a text may hold an attribute that is to be corrected, at a glance. */
const MAY_NEED = /=\s*["']?\s*(?:[/\\]|https?:)|url\(/i;

/**
 * Comments; elements that hold no tags, with their content; and other start tags (HTML,
 * section 13.2.5). Good enough for what scripts write: what it doesn't find, the observer will.
 */
const TAG =
  /<!--[^]*?(?:-->|$)|<(script|style|textarea|title|xmp)\b((?:[^>"']|"[^"]*"|'[^']*')*>)[^]*?(?=<\/\1|$)|<([a-z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*>)/gi;

/** An attribute with a value, and the value as it is written. */
const ATTRIBUTE = /([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;

/** A reference to another character than `&`. */
const REFERENCE = /&(?!amp;)(?:#|[a-z]+;)/i;

/** Elements of which the content is text. */
const WITH_TEXT: ReadonlySet<string> = new Set([
  'noscript',
  'script',
  'style',
  'textarea',
  'title',
  'xmp'
]);

/** Correct the addresses in what scripts write as HTML, before the browser reads it. */
export function correctMarkup(addresses: Addresses): void {
  const correct = (html: unknown, self?: unknown): unknown =>
    typeof html === 'string' &&
    !(self instanceof Element && WITH_TEXT.has(self.localName))
      ? correctedMarkup(html, addresses)
      : html;
  const at =
    (index: number) =>
    (args: unknown[]): void => {
      if (index in args) {
        args[index] = correct(args[index]);
      }
    };
  for (const prototype of [Element.prototype, ShadowRoot.prototype]) {
    onSet(prototype, 'innerHTML', correct);
    onCall(prototype, 'setHTMLUnsafe', at(0));
  }
  onSet(Element.prototype, 'outerHTML', correct);
  onCall(Element.prototype, 'insertAdjacentHTML', at(1));
  onCall(Range.prototype, 'createContextualFragment', at(0));
  for (const name of ['write', 'writeln']) {
    onCall(Document.prototype, name, args => {
      // Its arguments are the parts of one text.
      args.splice(0, args.length, correct(args.join('')));
    });
  }
}

/** The same text with its addresses corrected. */
export function correctedMarkup(html: string, addresses: Addresses): string {
  return MAY_NEED.test(html)
    ? html.replace(
        TAG,
        (
          whole: string,
          raw: string | undefined,
          ofRaw: string | undefined,
          plain: string | undefined,
          ofPlain: string | undefined
        ) => {
          const element = raw ?? plain;
          const attributes = ofRaw ?? ofPlain;
          if (element === undefined || attributes === undefined) {
            return whole;
          }
          const start = 1 + element.length;
          return (
            whole.slice(0, start) +
            correctedAttributes(element.toLowerCase(), attributes, addresses) +
            whole.slice(start + attributes.length)
          );
        }
      )
    : html;
}

function correctedAttributes(
  element: string,
  attributes: string,
  addresses: Addresses
): string {
  return attributes.replace(
    ATTRIBUTE,
    (whole: string, name: string, equals: string, written: string) => {
      const quote = /^["']/.exec(written)?.[0] ?? '';
      const value = quote === '' ? written : written.slice(1, -1);
      // What is written by references to characters is left to the observer.
      const fixed = REFERENCE.test(value)
        ? null
        : addresses.ofAttribute(element, name, value);
      return fixed === null || endsWithin(fixed, quote)
        ? whole
        : name + equals + quote + fixed + quote;
    }
  );
}

/** Whether a value would end too early in such quotes. */
function endsWithin(value: string, quote: string): boolean {
  return quote === '' ? /[\s>]/.test(value) : value.includes(quote);
}
