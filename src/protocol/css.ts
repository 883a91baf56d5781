const STRING = String.raw`"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'`;
const COMMENT = String.raw`\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/`;
const ESCAPED = String.raw`\\(?:[0-9a-fA-F]{1,6}\s?|[^])`;

/**
 * The tokens of CSS that matter here (CSS Syntax, section 4): comments and strings, in
 * which nothing is an address; `url(…)` and `src(…)`, quoted or not; and the string of
 * `@import`. No text matches in two ways, so that a long one takes no longer than it has to.
 */
const TOKEN = new RegExp(
  [
    COMMENT,
    // One that nothing ends.
    String.raw`\/\*[^]*$`,
    String.raw`(\b(?:url|src)\(\s*)(${STRING}|(?:[^"'()\s\\]|${ESCAPED})+)`,
    String.raw`(@import(?:\s|${COMMENT})*)(${STRING})`,
    STRING
  ].join('|'),
  'gi'
);

/**
 * An escaped ASCII character: by its number, or by itself. Others are left as they are,
 * since the encoding of the text isn't known.
 */
const ESCAPE =
  /\\(?:0{0,4}([0-7][0-9a-f])\s|0{0,4}([0-7][0-9a-f])(?![0-9a-f])|([^0-9a-f\n]))/gi;

/**
 * Replace addresses in a style sheet, or in the declarations of a `style` attribute.
 *
 * @param replace - returns what an address is replaced by, `null` to leave it.
 * @returns the new text; `null` if nothing is replaced.
 */
export function replaceInCss(
  text: string,
  replace: (address: string) => string | null
): string | null {
  const result = text.replace(
    TOKEN,
    (
      whole: string,
      url: string | undefined,
      ofUrl: string | undefined,
      rule: string | undefined,
      ofRule: string | undefined
    ) => {
      const before = url ?? rule;
      const token = ofUrl ?? ofRule;
      if (before === undefined || token === undefined) {
        return whole;
      }
      const quote = /^["']/.exec(token)?.[0] ?? '';
      const written = quote === '' ? token : token.slice(1, -1);
      const address = unescaped(written);
      const other = replace(address);
      if (other === null) {
        return whole;
      }
      return address === written
        ? before + quote + other + quote
        : `${before}"${other.replaceAll('"', '\\"')}"`;
    }
  );
  return result === text ? null : result;
}

function unescaped(text: string): string {
  return text.replace(
    ESCAPE,
    (
      _whole,
      before: string | undefined,
      last: string | undefined,
      character: string | undefined
    ) => {
      const code = before ?? last;
      return code === undefined
        ? (character ?? '')
        : String.fromCharCode(parseInt(code, 16));
    }
  );
}
