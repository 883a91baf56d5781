/**
 * Replace addresses in the value of `srcset` (HTML, "parsing a srcset attribute").
 *
 * @param replace - returns what an address is replaced by, `null` to leave it.
 * @returns the new value; `null` if nothing is replaced.
 */
export function replaceInSrcset(
  value: string,
  replace: (address: string) => string | null
): string | null {
  let result = '';
  let rest = value;
  while (rest !== '') {
    const [before = ''] = /^[\s,]*/.exec(rest) ?? [];
    const [written = ''] = /^\S*/.exec(rest.slice(before.length)) ?? [];
    // Commas at its end are none of it: they end the candidate.
    const address = written.replace(/,+$/, '');
    const end = before.length + address.length;
    const descriptors =
      address === written ? descriptorsIn(rest.slice(end)) : '';
    result += before + (replace(address) ?? address) + descriptors;
    rest = rest.slice(end + descriptors.length);
  }
  return result === value ? null : result;
}

/** What follows an address up to the next candidate; commas in brackets don't end it. */
function descriptorsIn(text: string): string {
  return /^(?:[^,(]|\([^)]*\)?)*/.exec(text)?.[0] ?? '';
}
