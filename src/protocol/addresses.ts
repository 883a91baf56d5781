import { replaceInCss } from './css';
import { replaceInSrcset } from './srcset';

/** How an attribute holds addresses. */
export type AddressKind =
  'address' | 'srcset' | 'css' | 'document' | 'refresh' | 'addresses';

const KINDS: ReadonlyMap<string, AddressKind> = new Map([
  ['src', 'address'],
  ['href', 'address'],
  ['action', 'address'],
  ['formaction', 'address'],
  ['poster', 'address'],
  ['background', 'address'],
  ['xlink:href', 'address'],
  ['srcset', 'srcset'],
  ['imagesrcset', 'srcset'],
  ['style', 'css'],
  ['ping', 'addresses']
]);

/** Attributes that hold addresses in these elements only. */
const KINDS_IN: ReadonlyMap<
  string,
  readonly { element: string; kind: AddressKind }[]
> = new Map([
  ['data', [{ element: 'object', kind: 'address' }]],
  ['srcdoc', [{ element: 'iframe', kind: 'document' }]],
  ['content', [{ element: 'meta', kind: 'refresh' }]],
  // Elements that pages of an interface's documentation consist of.
  [
    'spec-url',
    [
      { element: 'redoc', kind: 'address' },
      { element: 'rapi-doc', kind: 'address' }
    ]
  ],
  ['apidescriptionurl', [{ element: 'elements-api', kind: 'address' }]]
]);

/** The names of all attributes that may hold addresses. */
export const ATTRIBUTES_WITH_ADDRESSES: readonly string[] = [
  ...KINDS.keys(),
  ...KINDS_IN.keys()
];

/** The elements in which some attributes hold addresses that hold none in others. */
export const ELEMENTS_WITH_ADDRESSES: readonly string[] = Array.from(
  KINDS_IN.values(),
  each => each.map(({ element }) => element)
).flat();

/**
 * How an attribute holds addresses, if it does.
 *
 * @param element - its name in lower case, as that of the attribute.
 */
export function addressKind(
  element: string,
  attribute: string
): AddressKind | undefined {
  return (
    KINDS.get(attribute) ??
    KINDS_IN.get(attribute)?.find(each => each.element === element)?.kind
  );
}

/** Returns what an address is replaced by, `null` to leave it. */
export type Replace = (address: string) => string | null;

/** Before the address in a `Refresh` field and `<meta http-equiv="refresh">`. */
const REFRESH = /^(\s*[0-9.]+\s*[;,]\s*(?:url\s*=\s*)?["']?)([^"']+)/i;

/**
 * Replace the addresses that an attribute holds.
 *
 * @returns its new value; `null` if nothing is replaced.
 */
export function replaceAddresses(
  kind: Exclude<AddressKind, 'document'>,
  value: string,
  replace: Replace
): string | null {
  switch (kind) {
    case 'address':
      return replace(value);
    case 'srcset':
      return replaceInSrcset(value, replace);
    case 'css':
      return replaceInCss(value, replace);
    case 'refresh':
      return replaceMatched(REFRESH, value, replace);
    case 'addresses':
      return replaceMatched(/()(\S+)/g, value, replace);
  }
}

/** The addresses that an attribute holds, or a style sheet. */
export function addressesIn(
  kind: Exclude<AddressKind, 'document'>,
  value: string
): string[] {
  const found: string[] = [];
  replaceAddresses(kind, value, address => {
    found.push(address);
    return null;
  });
  return found;
}

/** Replace what the second group of a pattern matches, which comes after the first. */
function replaceMatched(
  pattern: RegExp,
  value: string,
  replace: Replace
): string | null {
  const result = value.replace(
    pattern,
    (whole: string, before: string, address: string) => {
      const other = replace(address);
      return other === null ? whole : before + other;
    }
  );
  return result === value ? null : result;
}
