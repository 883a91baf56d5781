import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest
} from 'node:http';

import { noteActivity } from './activity';
import { TargetAgent } from './agent';
import { ResponseTimeoutError } from './errors';
import { passed } from './garbage';
import type { IOutgoing } from './outgoing';
import { type Reply, sourceOf } from './reply';
import { type IReceiver, LONGEST_RESPONSE_HEAD } from './response-parser';

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
 *
 * @param interceptor - gets the response instead of `reply`, if there is one.
 */
export function upload(
  request: IncomingMessage,
  outgoing: IOutgoing,
  reply: Reply,
  interceptor: IReceiver | null
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
    // The interceptor may have the whole response, and be busy with it.
    (interceptor ?? reply).fail(error);
  });
  upstream.on('information', ({ statusCode, rawHeaders }) => {
    reply.inform(statusCode, rawHeaders);
  });
  upstream.on('response', answer => {
    if (interceptor === null) {
      reply.receive(answer);
    } else {
      divert(answer, reply, interceptor);
    }
  });
  upstream.on('upgrade', (_answer, socket) => {
    socket.destroy();
    (interceptor ?? reply).fail(
      new Error('The upstream switched protocols unasked.')
    );
  });
  upstream.once('close', () => {
    // What the app no longer wants is read and dropped, so that the client gets to
    // reading the answer.
    request.unpipe(upstream);
    request.resume();
  });
  limitWaiting(upstream, outgoing.responseTimeoutMs);
  // The head at once; not by `flushHeaders`, which takes it for UTF-8.
  upstream.write('', 'latin1');
  request.on('data', (chunk: Buffer) => {
    passed(chunk.length);
    if (outgoing.isActivity) {
      noteActivity();
    }
  });
  request.pipe(upstream);
}

/** Give a response to somebody who makes another one of it. */
function divert(
  answer: IncomingMessage,
  reply: Reply,
  interceptor: IReceiver
): void {
  reply.attach(sourceOf(answer));
  answer.on('error', error => {
    interceptor.fail(error);
  });
  answer.on('data', (piece: Buffer) => {
    try {
      interceptor.write(piece);
    } catch (error) {
      answer.destroy();
      interceptor.fail(error);
    }
  });
  interceptor.begin({
    status: answer.statusCode ?? 0,
    reason: answer.statusMessage ?? '',
    headers: answer.rawHeaders
  });
  answer.once('end', () => {
    interceptor.end(answer.rawTrailers);
  });
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
