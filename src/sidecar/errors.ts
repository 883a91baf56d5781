import type {
  IEarlierApp,
  IGrant,
  IRefusalDetails,
  RefusalReason
} from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import { codeOf, ConnectTimeoutError, isRefused } from './dial';
import { isHttp, isTlsAlert, languageOf } from './languages';
import { placeName } from './place-name';
import { ResponseError } from './response-parser';

/** What can go wrong, by the name that programs and tests see. */
export type ErrorCode =
  | RefusalReason
  | 'bad-request'
  | 'no-such-port'
  | 'method-not-allowed'
  | 'websocket-only'
  | 'upgrade-lost'
  | 'websockets-blocked'
  | 'rewrite-failed'
  | 'too-long'
  | 'not-listening'
  | 'app-ended'
  | 'broke-off'
  | 'speaks-tls'
  | 'no-pages'
  | 'bad-certificate'
  | 'connect-timeout'
  | 'response-timeout'
  | 'jupyter-gone';

/** What is known about an error besides what was to be reached. */
export interface IErrorDetails extends IRefusalDetails, IEarlierApp {
  /** Whether it is asked by HTTPS. */
  isHttps: boolean;
  /** Where a page finds out whether WebSockets come through, a public path. */
  socketPath: string;
}

/** Why a request could not be carried; `answer.ts` makes the response of it. */
export class CarryError extends Error {
  override name = 'CarryError';

  constructor(
    readonly code: ErrorCode,
    /** What was to be reached, see `placeName`; empty if nothing was named. */
    readonly place = '',
    readonly details: Partial<IErrorDetails> = {}
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
 * @param grant - what is known of the app.
 */
export function upstreamError(
  error: unknown,
  place: IProxiedPath['place'],
  grant?: IGrant
): CarryError {
  const name = placeName(place, grant);
  if (error instanceof CarryError) {
    return error;
  }
  if (error instanceof ConnectTimeoutError) {
    return new CarryError('connect-timeout', name);
  }
  if (error instanceof ResponseTimeoutError) {
    return new CarryError('response-timeout', name);
  }
  if (BAD_CERTIFICATE.test(codeOf(error))) {
    return new CarryError('bad-certificate', name);
  }
  if (isRefused(error)) {
    const earlier = grant?.earlier ?? null;
    return earlier === null
      ? new CarryError('not-listening', name)
      : endedError(place, earlier);
  }
  return (
    languageError(error, place, grant) ??
    new CarryError('broke-off', name, { isHttps: Boolean(grant?.tls) })
  );
}

/** An app was there before, and nothing is now. */
export function endedError(
  place: IProxiedPath['place'],
  earlier: IEarlierApp
): CarryError {
  return new CarryError('app-ended', placeName(place), earlier);
}

/** What has come instead of a response, its first bytes; none if that isn't the error. */
export function receivedIn(error: unknown): Buffer {
  if (error instanceof ResponseError) {
    return error.received;
  }
  // Node's own client, which carries uploads and handshakes, calls that so.
  return codeOf(error) === 'HPE_INVALID_CONSTANT' &&
    error instanceof Error &&
    'rawPacket' in error &&
    Buffer.isBuffer(error.rawPacket)
    ? error.rawPacket
    : Buffer.alloc(0);
}

/** The error of an app that speaks another language, if it is one. */
function languageError(
  error: unknown,
  place: IProxiedPath['place'],
  grant?: IGrant
): CarryError | null {
  const received = receivedIn(error);
  const speaksOther = !isHttp(received) && !isTlsAlert(received);
  if (grant?.hasPages !== false && !speaksOther) {
    return null;
  }
  const language = languageOf(received);
  // Of what is known to have no pages, the name is known, too.
  const title = grant?.hasPages === false ? grant.title : language?.speaker;
  return new CarryError('no-pages', placeName(place), {
    title: title ?? '',
    message: language?.hint ?? ''
  });
}
