import { ConnectTimeoutError } from './dial';

/** What can go wrong, by the name that programs and tests see. */
export type ErrorCode =
  | 'bad-request'
  | 'no-such-port'
  | 'method-not-allowed'
  | 'cross-site'
  | 'foreign-port'
  | 'not-listening'
  | 'broke-off'
  | 'connect-timeout'
  | 'response-timeout'
  | 'jupyter-gone';

/** Why a request could not be carried; `answer.ts` makes the response of it. */
export class CarryError extends Error {
  override name = 'CarryError';

  constructor(
    readonly code: ErrorCode,
    /** The port that was asked for, where one was. */
    readonly port: number | null = null
  ) {
    super(code);
  }
}

/** An answer that did not begin in time. */
export class ResponseTimeoutError extends Error {
  override name = 'ResponseTimeoutError';
}

/** The errors of a connection that nobody took. */
const REFUSED: readonly string[] = [
  'ECONNREFUSED',
  'ENOENT',
  'EADDRNOTAVAIL',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EAFNOSUPPORT'
];

/** What an error of an upstream means. */
export function upstreamError(error: unknown, port: number): CarryError {
  if (error instanceof CarryError) {
    return error;
  }
  if (error instanceof ConnectTimeoutError) {
    return new CarryError('connect-timeout', port);
  }
  if (error instanceof ResponseTimeoutError) {
    return new CarryError('response-timeout', port);
  }
  return new CarryError(
    REFUSED.includes(codeOf(error)) ? 'not-listening' : 'broke-off',
    port
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
