import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest
} from 'node:http';

import { noteActivity } from './activity';
import { TargetAgent } from './agent';
import { ResponseTimeoutError } from './errors';
import { passed } from './garbage';
import type { IInterceptor, IOutgoing, ISource } from './outgoing';
import { type Reply, sourceOf } from './reply';
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
 *
 * @param intercept - makes what gets the response instead of `reply`, if anything does.
 */
export function upload(
  request: IncomingMessage,
  outgoing: IOutgoing,
  reply: Reply,
  intercept: (source: ISource) => IInterceptor | undefined
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
  let received: IncomingMessage | null = null;
  const source = {
    pause: () => received?.pause(),
    resume: () => received?.resume(),
    abort: () => upstream.destroy()
  };
  const interceptor = intercept(source) ?? null;
  reply.attach(source);
  upstream.on('error', error => {
    // The interceptor may have the whole response, and be busy with it.
    (interceptor ?? reply).fail(error);
  });
  upstream.on('information', ({ statusCode, rawHeaders }) => {
    reply.inform(statusCode, rawHeaders);
  });
  upstream.on('response', answer => {
    received = answer;
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
  interceptor: IInterceptor
): void {
  reply.attach({
    ...sourceOf(answer),
    resume: () => {
      if (interceptor.resume()) {
        answer.resume();
      }
    }
  });
  answer.on('error', error => {
    interceptor.fail(error);
  });
  answer.on('data', (piece: Buffer) => {
    try {
      interceptor.write(piece);
      if (!interceptor.flush()) {
        answer.pause();
      }
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
