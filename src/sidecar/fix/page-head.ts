import { FIXED_HEADER } from '../../protocol/fixing';
import { corrected, type IHome } from '../../protocol/home';
import { fields, firstValue, type RawHeaders } from '../raw-headers';
import type { IResponseHead } from '../response-parser';
import { allowedBy } from './policy';

/** Fields about the bytes of a page, which don't hold for what is made of it. */
const ABOUT_BYTES: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-digest',
  'content-encoding',
  'content-length',
  'content-md5',
  'digest',
  'etag',
  'last-modified',
  'repr-digest'
]);

const POLICIES: ReadonlySet<string> = new Set([
  'content-security-policy',
  'content-security-policy-report-only'
]);

/** Whether it is a page to be shown, as a whole. */
export function isPage({ status, headers }: IResponseHead): boolean {
  return (
    status !== 204 &&
    status !== 206 &&
    status !== 304 &&
    /^\s*text\/html\s*(?:;|$)/i.test(
      firstValue(headers, 'content-type') ?? ''
    ) &&
    !/^\s*attachment\b/i.test(firstValue(headers, 'content-disposition') ?? '')
  );
}

/**
 * The head of a page that was fixed.
 *
 * @param hashes - what a Content-Security-Policy has to allow.
 */
export function fixedHead(
  head: IResponseHead,
  home: IHome,
  hashes: readonly string[]
): IResponseHead {
  const headers: RawHeaders = [];
  for (const { name, lowerName, value } of fields(head.headers)) {
    if (!ABOUT_BYTES.has(lowerName)) {
      headers.push(name, fixedField(lowerName, value, home, hashes));
    }
  }
  headers.push(FIXED_HEADER, '1');
  return { ...head, headers };
}

function fixedField(
  lowerName: string,
  value: string,
  home: IHome,
  hashes: readonly string[]
): string {
  if (lowerName === 'link') {
    return value.replace(
      /<([^<>]*)>/g,
      (_whole, address: string) => `<${corrected(address, home) ?? address}>`
    );
  }
  return POLICIES.has(lowerName) ? allowedBy(value, hashes) : value;
}
