import { replaceAddresses } from '../protocol/addresses';
import type { IGrant } from '../protocol/grant';
import { type IProxiedPath, isUnder } from '../protocol/paths';
import { localHosts } from './app-hosts';
import { confineCookie } from './cookies';
import { withOwnFrames } from './frame-ancestors';
import { hopByHop, type RawHeaders } from './raw-headers';

/** A response of an app, as far as its headers depend on the request. */
export interface IProxiedResponse {
  /** The fields that the app sent. */
  headers: RawHeaders;
  path: IProxiedPath;
  grant: IGrant;
  /** The host under which the client knows Jupyter. */
  publicHost: string;
}

/**
 * What an app may not say, because it shares Jupyter's origin with all others:
 * it would speak for them too (or, with the last one, to a web server in front).
 */
const DROPPED: ReadonlySet<string> = new Set([
  'clear-site-data',
  'alt-svc',
  'strict-transport-security',
  'x-accel-redirect'
]);

/**
 * The fields that the client gets: the app's without what ends here, with links
 * and cookies confined to the app's prefix.
 */
export function responseHeaders(response: IProxiedResponse): RawHeaders {
  const { headers } = response;
  // A WebSocket handshake names its upgrade again, see upgrade.ts.
  const endsHere = hopByHop(headers);
  const kept: RawHeaders = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    const lowerName = name.toLowerCase();
    if (!endsHere.has(lowerName) && !DROPPED.has(lowerName)) {
      const forClient = valueForClient(lowerName, value, response);
      if (forClient !== null) {
        kept.push(name, forClient);
      }
    }
  }
  return kept;
}

function valueForClient(
  lowerName: string,
  value: string,
  response: IProxiedResponse
): string | null {
  switch (lowerName) {
    case 'location':
    case 'content-location':
      return linkForClient(value, response);
    case 'refresh':
      return (
        replaceAddresses('refresh', value, link =>
          linkForClient(link, response)
        ) ?? value
      );
    case 'set-cookie':
      return confineCookie(value, response.path.prefix, response.grant);
    case 'x-frame-options':
    case 'content-security-policy':
      return withOwnFrames(lowerName, value);
    case 'service-worker-allowed':
      return isUnder(value, response.path.prefix) ? value : null;
    default:
      return value;
  }
}

/**
 * A link that points to the app, as the client has to follow it: under the
 * prefix, once. Relative links and other hosts stay.
 */
function linkForClient(link: string, response: IProxiedResponse): string {
  const [, authority, rest = ''] =
    /^(?:https?:)?\/\/([^/?#]*)(.*)$/i.exec(link) ?? [];
  if (authority !== undefined) {
    return isApp(authority, response) ? underPrefix(rest, response) : link;
  }
  return link.startsWith('/') ? underPrefix(link, response) : link;
}

function isApp(
  authority: string,
  { path, grant, publicHost }: IProxiedResponse
): boolean {
  const host = authority.toLowerCase();
  return (
    host === publicHost.toLowerCase() || localHosts(path, grant).includes(host)
  );
}

function underPrefix(rest: string, response: IProxiedResponse): string {
  const { prefix } = response.path;
  return isUnder(rest, prefix)
    ? rest
    : `${prefix}${rest.startsWith('/') ? '' : '/'}${rest}`;
}
