import { hash } from 'node:crypto';

import type { IProxiedPath } from '../protocol/paths';
import type { IClient } from './client';
import { fields } from './raw-headers';
import { type IRequestHead, isNavigation, SAFE_METHODS } from './request-head';
import { tokenParameters } from './tokens';

/**
 * Fields on which no identity provider's answer depends. All others do count,
 * because some read the user from a field that a proxy in front has set.
 */
const IRRELEVANT = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'dnt',
  'expect',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'porthole-page',
  'pragma',
  'priority',
  'purpose',
  'range',
  'save-data',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-user',
  'sec-gpc',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade-insecure-requests',
  'user-agent',
  'x-request-id'
]);

/** Fields that count for unsafe methods only: they tell who started the request. */
const INITIATOR = new Set(['origin', 'referer', 'sec-fetch-site']);

/**
 * What the answer depends on, hashed so that no credentials lie about: the app,
 * the client, the token in the query, and all fields but the irrelevant ones. (Where it
 * depends on the path, too, the grant says so.)
 */
export function grantKey(
  request: IRequestHead,
  path: IProxiedPath,
  client: IClient
): string {
  const isUnsafe = !SAFE_METHODS.includes(request.method ?? '');
  const tokens = tokenParameters(request.url ?? '');
  const parts = [
    path.prefix,
    client.address,
    client.scheme,
    isUnsafe ? 'unsafe' : 'safe',
    ...tokens,
    // With a token, a page is answered by a redirect that takes the token away.
    tokens.length > 0 ? `${request.method ?? ''} ${isNavigation(request)}` : ''
  ];
  for (const { lowerName, value } of fields(request.rawHeaders)) {
    if (
      !IRRELEVANT.has(lowerName) &&
      !lowerName.startsWith('sec-ch-') &&
      (isUnsafe || !INITIATOR.has(lowerName))
    ) {
      parts.push(`${lowerName}: ${value}`);
    }
  }
  return hash('sha256', parts.join('\n'), 'base64');
}
