import { endsWithin } from './quotes';

/**
 * Corrects the value of an attribute.
 *
 * @param element - its name in lower case.
 * @returns `null` if it is right.
 */
export type CorrectAttribute = (
  element: string,
  name: string,
  value: string
) => string | null;

/** Whether a text may hold an attribute that is to be corrected, at a glance. */
const MAY_NEED = /=\s*(?:["']\s*)?(?:[/\\]|https?:)|url\(/i;

/**
 * What follows a tag's name. Where nothing ends a value or the tag, it goes up to the
 * text's end: looked for again from each `<` within, a long text would take its time.
 */
const ATTRIBUTES = String.raw`(?:[^>=]|=\s*(?:"[^"]*(?:"|$)|'[^']*(?:'|$))?)*(?:>|$)`;

/**
 * Comments; elements that hold no tags, with their content; and other start tags (HTML,
 * section 13.2.5). Good enough for what scripts write: what it doesn't find, the observer will.
 */
const TAG = new RegExp(
  [
    String.raw`<!--[^]*?(?:-->|$)`,
    String.raw`<(script|style|textarea|title|xmp)\b(${ATTRIBUTES})[^]*?(?=<\/\1|$)`,
    String.raw`<([a-z][^\s/>]*)(${ATTRIBUTES})`
  ].join('|'),
  'gi'
);

/** An attribute with a value, and the value as it is written. */
const ATTRIBUTE = /([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;

/** A reference to another character than `&`. */
const REFERENCE = /&(?!amp;)(?:#|[a-z]+;)/i;

/** What scripts write as HTML, with its attributes corrected. */
export function correctedMarkup(
  html: string,
  correct: CorrectAttribute
): string {
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
          // A tag that nothing ends may go on in what is written next.
          if (element === undefined || attributes?.endsWith('>') !== true) {
            return whole;
          }
          const start = 1 + element.length;
          return (
            whole.slice(0, start) +
            correctedAttributes(element.toLowerCase(), attributes, correct) +
            whole.slice(start + attributes.length)
          );
        }
      )
    : html;
}

function correctedAttributes(
  element: string,
  attributes: string,
  correct: CorrectAttribute
): string {
  return attributes.replace(
    ATTRIBUTE,
    (whole: string, name: string, equals: string, written: string) => {
      const quote = /^["']/.exec(written)?.[0] ?? '';
      const value = quote === '' ? written : written.slice(1, -1);
      // What is written by references to characters is left to the observer.
      const fixed = REFERENCE.test(value)
        ? null
        : correct(element, name, value);
      return fixed === null || endsWithin(fixed, quote)
        ? whole
        : name + equals + quote + fixed + quote;
    }
  );
}
