import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest
} from 'node:http';

import { TargetAgent } from './agent';
import { ResponseTimeoutError } from './errors';
import { passed } from './garbage';
import type { IOutgoing } from './outgoing';
import type { Reply } from './reply';
import { LONGEST_RESPONSE_HEAD } from './response-parser';

/** Whether the message has a body: RFC 9112, section 6.3, tells by the headers alone. */
export function hasBody(request: IncomingMessage): boolean {
  return isChunked(request) || Number(request.headers['content-length']) > 0;
}

function isChunked(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined;
}

/**
 * Carry a request with a body by Node's own client: it sends the head before the
 * body comes, so that an app can refuse an upload before it has begun.
 *
 * Each gets a connection of its own. A request with a body can't be repeated, so
 * it must not meet one that the app is just closing because it was idle.
 */
export function upload(
  request: IncomingMessage,
  outgoing: IOutgoing,
  reply: Reply
): void {
  const upstream = httpRequest({
    method: request.method ?? 'POST',
    path: outgoing.path,
    headers: [
      ...outgoing.headers,
      ...(isChunked(request) ? ['Transfer-Encoding', 'chunked'] : []),
      'Connection',
      'close'
    ],
    agent: new TargetAgent(outgoing.target),
    maxHeaderSize: LONGEST_RESPONSE_HEAD
  });
  reply.attach({
    pause: () => undefined,
    resume: () => undefined,
    abort: () => upstream.destroy()
  });
  upstream.on('error', error => {
    reply.fail(error);
  });
  upstream.on('information', ({ statusCode, rawHeaders }) => {
    reply.inform(statusCode, rawHeaders);
  });
  upstream.on('response', answer => {
    reply.receive(answer);
  });
  upstream.on('upgrade', (_answer, socket) => {
    socket.destroy();
    reply.fail(new Error('The upstream switched protocols unasked.'));
  });
  upstream.once('close', () => {
    // What the app no longer wants is read and dropped, so that the client gets to
    // reading the answer.
    request.unpipe(upstream);
    request.resume();
  });
  limitWaiting(upstream, outgoing.responseTimeoutMs);
  upstream.flushHeaders();
  request.on('data', (chunk: Buffer) => {
    passed(chunk.length);
  });
  request.pipe(upstream);
}

/** End the wait for an answer that doesn't come after all has been sent. */
function limitWaiting(upstream: ClientRequest, timeoutMs: number): void {
  if (timeoutMs === 0) {
    return;
  }
  upstream.once('finish', () => {
    const timer = setTimeout(() => {
      upstream.destroy(new ResponseTimeoutError());
    }, timeoutMs);
    upstream.once('response', () => {
      clearTimeout(timer);
    });
    upstream.once('close', () => {
      clearTimeout(timer);
    });
  });
}
