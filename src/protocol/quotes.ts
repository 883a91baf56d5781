/**
 * Whether the value of an attribute would end too early.
 *
 * @param quote - what stands around it; the empty string for nothing.
 */
export function endsWithin(value: string, quote: string): boolean {
  return quote === '' ? /[\s>]/.test(value) : value.includes(quote);
}
