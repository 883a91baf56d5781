import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';

import type { IOutgoing } from './outgoing';
import { poolOf } from './pools';
import type { RawHeaders } from './raw-headers';
import { Reply } from './reply';
import { hasBody, upload } from './upload';

/**
 * Carry one request to an upstream and its response back, as both come.
 *
 * @returns when the response is over.
 * @throws what kept the response from beginning. What breaks it later breaks the
 * client's connection, so that a cut body never looks complete.
 */
export function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  outgoing: IOutgoing
): Promise<void> {
  return new Promise((resolve, reject) => {
    const reply = new Reply(
      response,
      outgoing.responseHeaders,
      resolve,
      reject
    );
    if (hasBody(request)) {
      upload(request, outgoing, reply);
    } else {
      dispatch(request, outgoing, reply);
    }
  });
}

/** Carry a request without a body by undici, the fastest client there is for Node. */
function dispatch(
  request: IncomingMessage,
  outgoing: IOutgoing,
  reply: Reply
): void {
  poolOf(outgoing.target).dispatch(
    {
      path: outgoing.path,
      method: request.method as Dispatcher.HttpMethod,
      headers: outgoing.headers,
      headersTimeout: outgoing.responseTimeoutMs
    },
    new Receiver(reply)
  );
}

class Receiver implements Dispatcher.DispatchHandler {
  constructor(private readonly reply: Reply) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.reply.attach({
      pause: () => {
        controller.pause();
      },
      resume: () => {
        controller.resume();
      },
      abort: () => {
        controller.abort(new Error('The client left.'));
      }
    });
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    reason = ''
  ): void {
    const headers = latin1(controller.rawHeaders);
    if (status < 200) {
      this.reply.inform(status, headers);
    } else {
      this.reply.begin(status, reason, headers);
    }
  }

  onResponseData(
    _controller: Dispatcher.DispatchController,
    chunk: Buffer
  ): void {
    this.reply.write(chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.reply.end(latin1(controller.rawTrailers));
  }

  onResponseError(
    _controller: Dispatcher.DispatchController,
    error: Error
  ): void {
    this.reply.fail(error);
  }
}

function latin1(
  headers: Dispatcher.DispatchController['rawHeaders']
): RawHeaders {
  if (!Array.isArray(headers)) {
    return [];
  }
  return headers.map(part =>
    typeof part === 'string' ? part : part.toString('latin1')
  );
}
