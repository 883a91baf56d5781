import { decodeHTMLAttribute } from 'entities/decode';

import { type AddressKind, replaceAddresses } from '../../protocol/addresses';
import { replaceInCss } from '../../protocol/css';
import { corrected, type IHome } from '../../protocol/home';
import { endsWithin } from '../../protocol/quotes';

/** An attribute in a start tag; its value lies between two positions. */
export interface IAttribute {
  name: string;
  /** `undefined` if it holds no address. */
  kind: AddressKind | undefined;
  start: number;
  end: number;
  quote: '"' | "'" | '';
}

/** A character reference (HTML, section 13.5); without a semicolon it may be none. */
const REFERENCE = /&(?:#x[0-9a-f]+|#[0-9]+|[a-z][a-z0-9]*)(?:;|(?![;=]))/gi;

/** Stands for the `&` of a reference that is left as it is; no text may hold it. */
const LEFT = '\uffff';

/**
 * An attribute's value with all ASCII characters as themselves. Others may be written in
 * an encoding that isn't known here, so references to them are left.
 */
export function decodedValue(value: string): string {
  return value.includes('&')
    ? value.replace(REFERENCE, reference => {
        const text = decodeHTMLAttribute(reference);
        const isAscii = text.length === 1 && text.charCodeAt(0) < 0x80;
        return isAscii || text === reference ? text : LEFT + reference.slice(1);
      })
    : value;
}

/** A decoded value as it is written in a page. */
export function encodedValue(text: string, quote: string): string {
  const special =
    quote === '"' ? /[&"]/g : quote === "'" ? /[&']/g : /[&\s"'=<>`]/g;
  return text
    .replace(special, found => `&#${found.charCodeAt(0)};`)
    .replaceAll('&#38;', '&amp;')
    .replaceAll(LEFT, '&');
}

/**
 * Correct the addresses in the value of an attribute.
 *
 * @param value - as it is written in the page.
 * @returns how it is to be written; `null` if it is right as it is.
 */
export function fixedValue(
  kind: Exclude<AddressKind, 'document'>,
  value: string,
  quote: string,
  home: IHome
): string | null {
  const decoded = decodedValue(value);
  const fixed = replaceAddresses(kind, decoded, address =>
    corrected(address, home)
  );
  return fixed === null || (decoded === value && !endsWithin(fixed, quote))
    ? fixed
    : encodedValue(fixed, quote);
}

/** Correct the addresses in the text of a `<style>`; `null` if it is right as it is. */
export function fixedStyle(text: string, home: IHome): string | null {
  return replaceInCss(text, address => corrected(address, home));
}
