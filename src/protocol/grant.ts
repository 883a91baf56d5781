/**
 * What the server extension and the sidecar say to each other about a request.
 * The Python side of it is `jupyter_porthole/grants.py`.
 */

/** Marks a request on Jupyter's private socket as a question, and says what is asked. */
export const QUESTION_HEADER = 'Porthole-Question';

/** Holds the grant in the answer to a question that was granted (204). */
export const GRANT_HEADER = 'Porthole-Grant';

/** Holds the reason where the sidecar words the refusal, see {@link RefusalReason}. */
export const REFUSAL_HEADER = 'Porthole-Refusal';

/** The value of {@link QUESTION_HEADER}, as JSON. */
export interface IQuestion {
  /** The port that the request wants to reach. */
  port: number;
  /** Whether the request wants to become a WebSocket. */
  upgrade: boolean;
}

/** Leave to forward the requests of one client to one app, the value of {@link GRANT_HEADER}. */
export interface IGrant {
  /** The loopback addresses where the app may be, to be tried in this order. */
  addresses: string[];
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
export type RefusalReason = 'cross-site' | 'foreign-port';

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
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const grant = value as Partial<Record<keyof IGrant, unknown>>;
  return (
    isStrings(grant.addresses) &&
    typeof grant.lifetimeMs === 'number' &&
    isStrings(grant.cookieNames) &&
    isStrings(grant.cookiePrefixes) &&
    isStrings(grant.tokens)
  );
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}
