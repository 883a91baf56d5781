import { type IQuestion, QUESTION_HEADER } from '../protocol/grant';
import type { IClient } from './client';
import { asFieldValue } from './question';
import { firstValue, hopByHop, type RawHeaders, without } from './raw-headers';

/** A client's value for one of ours would be taken for the sidecar's. */
const OUR_FIELDS = /^porthole-/;

/** What makes no sense in a question: it has no body and wants no document. */
const NOT_ASKED = /^(?:content-.*|if-.*|range|accept-encoding)$/;

/**
 * The fields of a request that goes on to Jupyter's private socket: the client's,
 * with `X-Real-Ip` and `X-Scheme` naming who is there, which Tornado believes on
 * that socket (`HTTPServer(xheaders=True)`).
 *
 * @param trustXheaders - whether the client's own word for these counts, as it
 * does for `ServerApp.trust_xheaders`.
 */
export function jupyterHeaders(
  headers: RawHeaders,
  client: IClient,
  trustXheaders: boolean
): RawHeaders {
  const endsHere = hopByHop(headers);
  const dropped = new Set(['expect']);
  const isGiven = (...names: string[]): boolean =>
    trustXheaders &&
    names.some(name => firstValue(headers, name) !== undefined);
  const added: RawHeaders = [];
  if (!isGiven('x-real-ip', 'x-forwarded-for')) {
    dropped.add('x-real-ip');
    if (client.address === '') {
      dropped.add('x-forwarded-for');
    } else {
      added.push('X-Real-Ip', client.address);
    }
  }
  if (!isGiven('x-scheme', 'x-forwarded-proto')) {
    dropped.add('x-scheme');
    added.push('X-Scheme', client.scheme);
  }
  if (firstValue(headers, 'host') === undefined) {
    // HTTP/1.0 knows none, but Jupyter is asked by HTTP/1.1.
    added.push('Host', 'localhost');
  }
  const kept = without(
    headers,
    lowerName =>
      endsHere.has(lowerName) ||
      dropped.has(lowerName) ||
      OUR_FIELDS.test(lowerName)
  );
  return [...kept, ...added];
}

/** The fields of a question: whatever Jupyter may judge by, and what is asked. */
export function questionHeaders(
  headers: RawHeaders,
  client: IClient,
  trustXheaders: boolean,
  question: IQuestion
): RawHeaders {
  const carried = jupyterHeaders(headers, client, trustXheaders);
  const asked = without(carried, lowerName => NOT_ASKED.test(lowerName));
  return [...asked, QUESTION_HEADER, asFieldValue(question)];
}
