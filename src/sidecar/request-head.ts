import type { Socket } from 'node:net';

import { PAGE_HEADER } from './pages/page';
import { firstValue, type RawHeaders } from './raw-headers';

/** Methods that change nothing (RFC 9110, section 9.2.1), as browsers see it. */
export const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** The head of a request, as far as it decides where the request goes. */
export interface IRequestHead {
  readonly method?: string | undefined;
  /** The request target. */
  readonly url?: string | undefined;
  readonly rawHeaders: RawHeaders;
  /** The client's connection. */
  readonly socket: Socket;
}

/**
 * Whether a browser wants to show the response as a page. Browsers send
 * `Sec-Fetch-*` only to https and localhost, so `Accept` must do elsewhere.
 */
export function isNavigation(request: IRequestHead): boolean {
  if (isPagesOwn(request)) {
    return true;
  }
  const { rawHeaders } = request;
  const mode = firstValue(rawHeaders, 'sec-fetch-mode');
  return mode === undefined
    ? /\btext\/html\b/i.test(firstValue(rawHeaders, 'accept') ?? '')
    : mode === 'navigate';
}

/** Whether one of our pages asks by itself, whether anybody looks at it or not. */
export function isPagesOwn({ rawHeaders }: IRequestHead): boolean {
  return firstValue(rawHeaders, PAGE_HEADER.toLowerCase()) !== undefined;
}

/** Whether asking again does no harm: a form must not be sent twice. */
export function isRepeatable({ method }: IRequestHead): boolean {
  return method === 'GET' || method === 'HEAD';
}
