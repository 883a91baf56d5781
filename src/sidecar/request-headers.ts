import type { IGrant } from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import type { IClient } from './client';
import { withoutJupyters } from './cookies';
import { PAGE_HEADER } from './pages/page';
import { firstValue, hopByHop, type RawHeaders, without } from './raw-headers';
import { authorizesByToken, withoutTokens } from './tokens';

/** A proxied request, as far as its headers depend on it. */
export interface IProxiedRequest {
  /** The fields that the client sent. */
  headers: RawHeaders;
  client: IClient;
  path: IProxiedPath;
  grant: IGrant;
  /** Whether a browser wants to show the response as a page. */
  isNavigation: boolean;
  /** Whether the client's own `X-Forwarded-*` are to be believed. */
  trustXheaders: boolean;
}

/** What an app learns of where it is seen. */
const FORWARDED: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port'
]);

/** The public prefix, by the names by which apps look for it (Solara by the last). */
const PREFIX_FIELDS: readonly string[] = [
  'X-Forwarded-Prefix',
  'X-Forwarded-Context',
  'X-ProxyContextPath',
  'X-Script-Name'
];

/** Fields that never come from the client. */
const DROPPED: ReadonlySet<string> = new Set([
  'expect',
  'forwarded',
  PAGE_HEADER.toLowerCase(),
  ...PREFIX_FIELDS.map(name => name.toLowerCase())
]);

/** What asks for a page only if it has changed. */
const CONDITIONS: ReadonlySet<string> = new Set([
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range'
]);

/** The host under which the client knows Jupyter. */
export function publicHost(
  headers: RawHeaders,
  trustXheaders: boolean
): string {
  const forwarded = trustXheaders
    ? firstValue(headers, 'x-forwarded-host')
    : undefined;
  return forwarded ?? firstValue(headers, 'host') ?? '';
}

/**
 * The fields that the app gets: the client's without what ends here and without
 * Jupyter's credentials, and with where the app is seen.
 *
 * `Host`, `Origin` and `Referer` name the app itself, all three: an app that
 * compares them (Django, MLflow, Bokeh, Vite) refuses every other mixture. (An app can
 * be configured to get all three as they are.)
 */
export function requestHeaders(request: IProxiedRequest): RawHeaders {
  const { headers, trustXheaders } = request;
  const endsHere = hopByHop(headers);
  // The app would compare what it had sent with what it has, not with what was made of it.
  const isMade = request.grant.fix === 'always' && request.isNavigation;
  const kept: RawHeaders = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    const lowerName = name.toLowerCase();
    const isDropped =
      endsHere.has(lowerName) ||
      DROPPED.has(lowerName) ||
      (!trustXheaders && FORWARDED.has(lowerName)) ||
      (lowerName === 'x-forwarded-host' && !tellsHost(request)) ||
      (isMade && CONDITIONS.has(lowerName));
    if (!isDropped) {
      const forApp = valueForApp(lowerName, value, request);
      if (forApp !== null) {
        kept.push(name, forApp);
      }
    }
  }
  if (firstValue(kept, 'host') === undefined) {
    // HTTP/1.0 knows none, but the app is asked by HTTP/1.1.
    kept.push('Host', appHost(request));
  }
  addForwarded(kept, request);
  return overridden(kept, request.grant.requestHeaders);
}

/** Set the fields that an app's configuration names; framing and upgrades are ours. */
function overridden(
  headers: RawHeaders,
  overrides: IGrant['requestHeaders']
): RawHeaders {
  if (overrides.length === 0) {
    return headers;
  }
  const added: RawHeaders = [];
  const replaced = new Set<string>();
  const framing = hopByHop([]);
  for (const [name, value] of overrides) {
    const lowerName = name.toLowerCase();
    if (!framing.has(lowerName) && lowerName !== 'content-length') {
      replaced.add(lowerName);
      added.push(name, value);
    }
  }
  const kept = without(headers, lowerName => replaced.has(lowerName));
  return [...kept, ...added];
}

function valueForApp(
  lowerName: string,
  value: string,
  request: IProxiedRequest
): string | null {
  switch (lowerName) {
    case 'host':
      return appHost(request);
    case 'origin':
      // "null" is the origin of a sandboxed page: nobody's, not the app's.
      return value === 'null' || request.grant.host === ''
        ? value
        : appOrigin(request);
    case 'referer':
      return refererForApp(withoutTokens(value, request.grant.tokens), request);
    case 'authorization':
      return authorizesByToken(value, request.grant.tokens) ? null : value;
    case 'cookie': {
      const kept = withoutJupyters(value, request.grant);
      return kept === '' ? null : kept;
    }
    default:
      return value;
  }
}

/** What the app gets as `Host`. */
function appHost({ headers, grant }: IProxiedRequest): string {
  return grant.host || (firstValue(headers, 'host') ?? 'localhost');
}

function appOrigin(request: IProxiedRequest): string {
  const scheme = request.grant.tls === null ? 'http' : 'https';
  return `${scheme}://${appHost(request)}`;
}

function refererForApp(referer: string, request: IProxiedRequest): string {
  const { headers, path, trustXheaders, grant } = request;
  const [, origin, host, rest] =
    /^(https?:\/\/([^/?#]*))(.*)$/i.exec(referer) ?? [];
  const originHost = firstValue(headers, 'origin')?.replace(
    /^https?:\/\//i,
    ''
  );
  const isOurs =
    host === publicHost(headers, trustXheaders) || host === originHost;
  if (origin === undefined || rest === undefined || !isOurs) {
    return referer;
  }
  const app = grant.host === '' ? origin : appOrigin(request);
  // Other pages of Jupyter (a notebook's name, Lab's token) are not the app's business.
  if (!rest.startsWith(`${path.prefix}/`)) {
    return `${app}/`;
  }
  const isWhole = grant.keepsPrefix || grant.host === '';
  return app + (isWhole ? rest : rest.slice(path.prefix.length));
}

/**
 * Whether the `Origin` of a request is made the app's. Another host beside it would
 * contradict it: VS Code's server and Next.js compare it with `X-Forwarded-Host`.
 */
function namesApp({ headers, grant }: IProxiedRequest): boolean {
  const origin = firstValue(headers, 'origin') ?? 'null';
  return origin !== 'null' && grant.host !== '';
}

/** Whether the app gets `X-Forwarded-Host`. */
function tellsHost(request: IProxiedRequest): boolean {
  return request.grant.addressField === '' && !namesApp(request);
}

/** Add where the app is seen, but what a trusted proxy in front has said already. */
function addForwarded(kept: RawHeaders, request: IProxiedRequest): void {
  const { headers, client, path, trustXheaders, grant } = request;
  const host = publicHost(headers, trustXheaders);
  const scheme =
    (trustXheaders && firstValue(headers, 'x-forwarded-proto')) ||
    client.scheme;
  const port =
    /:([0-9]+)$/.exec(host)?.[1] ?? (scheme === 'https' ? '443' : '80');
  const add = (name: string, value: string): void => {
    const isGiven =
      trustXheaders && firstValue(headers, name.toLowerCase()) !== undefined;
    if (value !== '' && !isGiven) {
      kept.push(name, value);
    }
  };
  add('X-Forwarded-For', client.address);
  add('X-Forwarded-Proto', scheme);
  if (tellsHost(request)) {
    add('X-Forwarded-Host', host);
  }
  if (grant.addressField !== '') {
    kept.push(grant.addressField, `${scheme}://${host}${path.prefix}/`);
  }
  add('X-Forwarded-Port', port);
  if (!grant.keepsPrefix && path.prefix !== '') {
    for (const name of PREFIX_FIELDS) {
      kept.push(name, path.prefix);
    }
  }
}
