import type { IRefusalDetails, RefusalReason } from '../protocol/grant';
import { codeOf, ConnectTimeoutError, isRefused } from './dial';

/** What can go wrong, by the name that programs and tests see. */
export type ErrorCode =
  | RefusalReason
  | 'bad-request'
  | 'no-such-port'
  | 'method-not-allowed'
  | 'websocket-only'
  | 'rewrite-failed'
  | 'too-long'
  | 'not-listening'
  | 'broke-off'
  | 'bad-certificate'
  | 'connect-timeout'
  | 'response-timeout'
  | 'jupyter-gone';

/** Why a request could not be carried; `answer.ts` makes the response of it. */
export class CarryError extends Error {
  override name = 'CarryError';

  constructor(
    readonly code: ErrorCode,
    /** What was to be reached, see `placeName`; empty if nothing was named. */
    readonly place = '',
    /** What Jupyter tells about it. */
    readonly details: IRefusalDetails | null = null
  ) {
    super(code);
  }
}

/** An answer that did not begin in time. */
export class ResponseTimeoutError extends Error {
  override name = 'ResponseTimeoutError';
}

/**
 * The errors of a certificate that does not hold: OpenSSL's names for what it finds
 * wrong, and Node's own for another name (`tls.checkServerIdentity`).
 */
const BAD_CERTIFICATE =
  /^(?:ERR_TLS_CERT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/**
 * What an error of an upstream means.
 *
 * @param place - see `placeName`.
 */
export function upstreamError(error: unknown, place: string): CarryError {
  if (error instanceof CarryError) {
    return error;
  }
  if (error instanceof ConnectTimeoutError) {
    return new CarryError('connect-timeout', place);
  }
  if (error instanceof ResponseTimeoutError) {
    return new CarryError('response-timeout', place);
  }
  if (BAD_CERTIFICATE.test(codeOf(error))) {
    return new CarryError('bad-certificate', place);
  }
  return new CarryError(
    isRefused(error) ? 'not-listening' : 'broke-off',
    place
  );
}
