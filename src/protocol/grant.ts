/**
 * What the server extension and the sidecar say to each other about a request.
 * The Python side of it is `jupyter_porthole/grants.py`.
 */
import type { IProxiedPath } from './paths';

/** Marks a request on Jupyter's private socket as a question, and says what is asked. */
export const QUESTION_HEADER = 'Porthole-Question';

/** Holds the grant in the answer to a question that was granted (204). */
export const GRANT_HEADER = 'Porthole-Grant';

/** Holds the reason where the sidecar words the refusal, see {@link RefusalReason}. */
export const REFUSAL_HEADER = 'Porthole-Refusal';

/** Marks a request on Jupyter's private socket as a response to be rewritten. */
export const REWRITE_HEADER = 'Porthole-Rewrite';

/** The value of {@link QUESTION_HEADER} and {@link REWRITE_HEADER}, as JSON. */
export interface IQuestion {
  /** What the request wants to reach. */
  place: IProxiedPath['place'];
  /** Whether its address asks for the path whole. */
  absolute: boolean;
  /** The path that it wants there, as it came: without the prefix and the query. */
  path: string;
  /** Whether the request wants to become a WebSocket. */
  upgrade: boolean;
  /** Whether a person waits for a page, who is told at once that the app is starting. */
  page: boolean;
}

/** Where an app listens. */
export type IGrantTarget =
  | {
      /** IP addresses, to be tried in this order. */
      addresses: string[];
      port: number;
    }
  | { socketPath: string };

/** How an app that speaks HTTPS is to be checked. */
export interface IGrantTls {
  /** The name that its certificate must have. */
  serverName: string;
  /** Whether the certificate is checked at all. */
  verifies: boolean;
  /** A file, in PEM, of the authorities that may have signed it; empty for the usual ones. */
  authorities: string;
  /** When that file was changed, so that a change is seen. */
  changed: number;
}

/** What is done with pages of an app, which may believe to live at the root of its host. */
const FIXES = ['auto', 'always', 'never'] as const;

/** See {@link FIXES}; `'auto'` for those pages only that need it, as they look. */
export type Fix = (typeof FIXES)[number];

/** An app that listened on a port before. */
export interface IEarlierApp {
  /** How it is called. */
  title: string;
  /** The folder in which it was started; empty if that isn't known. */
  folder: string;
  /** What it was started by, as one types it; empty if that isn't to be shown. */
  command: string;
}

/** Leave to forward the requests of one client to one app, the value of {@link GRANT_HEADER}. */
export interface IGrant {
  target: IGrantTarget;
  /** `null` for an app that speaks plain HTTP. */
  tls: IGrantTls | null;
  /** How the app is called; empty for a port. */
  title: string;
  /** What the app gets as `Host`; empty for the client's own. */
  host: string;
  /** Whether the app gets the path with the prefix. */
  keepsPrefix: boolean;
  /**
   * The field by which the app learns its public address, instead of
   * `X-Forwarded-Host`; empty for none. Gradio has one.
   */
  addressField: string;
  /** Whether it may have pages: it isn't known to speak another language than HTTP. */
  hasPages: boolean;
  /** Whether its pages are known to be blank or dead without WebSockets. */
  needsWebSockets: boolean;
  /**
   * Where its pages are if they aren't at `/`, a public path that ends with a slash: it
   * was started with a prefix of its own. Empty if nothing is known of that.
   */
  pagesAt: string;
  /** The app that was seen on this port last, if nothing that is known listens there. */
  earlier: IEarlierApp | null;
  /** Which paths are asked from the app by another one; both are decoded. */
  paths: Record<string, string>;
  /** What is asked for instead of the path that was asked about; `null` for `paths`. */
  mappedTo: string | null;
  /** Fields that are set in each request: name and value. */
  requestHeaders: [name: string, value: string][];
  /** Whether pages are fixed, so that what they name from the root is found. */
  fix: Fix;
  /** Whether the responses are rewritten by Jupyter. */
  rewrites: boolean;
  /** Whether the app speaks no HTTP, so that WebSockets carry its bare bytes. */
  isRawSocket: boolean;
  /** Whether requests count as activity of the person. */
  isActivity: boolean;
  /** Whether all this holds for the path that was asked about only. */
  isForPath: boolean;
  /** How long it holds, in milliseconds; 0 for this request only. */
  lifetimeMs: number;
  /** The names of Jupyter's own cookies. */
  cookieNames: string[];
  /** How the names of further cookies of Jupyter begin. */
  cookiePrefixes: string[];
  /** Jupyter's tokens, which the app must not get by any way. */
  tokens: string[];
}

/** Why a request is refused although its user is known. */
const REFUSAL_REASONS = [
  'cross-site',
  'foreign-port',
  'host-refused',
  'no-such-host',
  'starting',
  'start-timeout',
  'app-failed'
] as const;

/** See {@link REFUSAL_REASONS}. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What the body of such a refusal tells, as JSON. */
export interface IRefusalDetails {
  /** How the app is called; empty for a port. */
  title: string;
  /** A sentence about what happened. */
  message: string;
  /** The last lines that the app has put out. */
  lines: string[];
}

/** Whether it is a reason, as the value of {@link REFUSAL_HEADER}. */
export function isRefusalReason(
  text: string | undefined
): text is RefusalReason {
  return REFUSAL_REASONS.some(reason => reason === text);
}

/**
 * Read the body of a refusal.
 *
 * @throws SyntaxError or TypeError if it is none.
 */
export function parseRefusal(text: string): IRefusalDetails {
  const value: unknown = JSON.parse(text);
  if (
    !isRecord(value) ||
    typeof value.title !== 'string' ||
    typeof value.message !== 'string' ||
    !isStrings(value.lines)
  ) {
    throw new TypeError('A refusal without its details.');
  }
  const { title, message, lines } = value;
  return { title, message, lines };
}

/**
 * Read the value of {@link GRANT_HEADER}.
 *
 * @throws SyntaxError or TypeError if it is not a grant.
 */
export function parseGrant(text: string): IGrant {
  const value: unknown = JSON.parse(text);
  if (!isGrant(value)) {
    throw new TypeError('The answer to a question holds no valid grant.');
  }
  return value;
}

function isGrant(value: unknown): value is IGrant {
  if (!isRecord(value)) {
    return false;
  }
  const grant: Partial<Record<keyof IGrant, unknown>> = value;
  return (
    isTarget(grant.target) &&
    (grant.tls === null || isTls(grant.tls)) &&
    typeof grant.title === 'string' &&
    typeof grant.host === 'string' &&
    typeof grant.keepsPrefix === 'boolean' &&
    typeof grant.addressField === 'string' &&
    typeof grant.hasPages === 'boolean' &&
    typeof grant.needsWebSockets === 'boolean' &&
    typeof grant.pagesAt === 'string' &&
    (grant.earlier === null || isEarlierApp(grant.earlier)) &&
    isRecord(grant.paths) &&
    isStrings(Object.values(grant.paths)) &&
    (grant.mappedTo === null || typeof grant.mappedTo === 'string') &&
    Array.isArray(grant.requestHeaders) &&
    grant.requestHeaders.every(pair => isStrings(pair) && pair.length === 2) &&
    FIXES.some(fix => fix === grant.fix) &&
    typeof grant.rewrites === 'boolean' &&
    typeof grant.isRawSocket === 'boolean' &&
    typeof grant.isActivity === 'boolean' &&
    typeof grant.isForPath === 'boolean' &&
    typeof grant.lifetimeMs === 'number' &&
    isStrings(grant.cookieNames) &&
    isStrings(grant.cookiePrefixes) &&
    isStrings(grant.tokens)
  );
}

function isTarget(value: unknown): value is IGrantTarget {
  return (
    isRecord(value) &&
    (typeof value.socketPath === 'string' ||
      (isStrings(value.addresses) && typeof value.port === 'number'))
  );
}

function isTls(value: unknown): value is IGrantTls {
  return (
    isRecord(value) &&
    typeof value.serverName === 'string' &&
    typeof value.verifies === 'boolean' &&
    typeof value.authorities === 'string' &&
    typeof value.changed === 'number'
  );
}

function isEarlierApp(value: unknown): value is IEarlierApp {
  return (
    isRecord(value) &&
    typeof value.title === 'string' &&
    typeof value.folder === 'string' &&
    typeof value.command === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}
