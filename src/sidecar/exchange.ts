import type { IncomingMessage, ServerResponse } from 'node:http';

import type { IOutgoing } from './outgoing';
import type { RawHeaders } from './raw-headers';
import { Reply } from './reply';
import type { IReceiver, IResponseHead } from './response-parser';
import { hasBody, upload } from './upload';
import { UpstreamExchange } from './upstream-exchange';

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
    const { intercept, responseHeaders } = outgoing;
    if (hasBody(request)) {
      const reply = new Reply(response, responseHeaders, resolve, reject);
      upload(request, outgoing, reply, source =>
        intercept?.(new Receiver(reply), source)
      );
    } else {
      const reply = new Reply(response, headers => headers, resolve, reject);
      const sent = new UpstreamExchange(
        request.method ?? 'GET',
        outgoing,
        new Receiver(reply)
      );
      reply.attach({
        pause: () => undefined,
        resume: () => {
          sent.resume();
        },
        abort: () => {
          sent.abort();
        }
      });
    }
  });
}

/** Passes a response on to Node's. */
class Receiver implements IReceiver {
  private mayGoOn = true;

  constructor(private readonly reply: Reply) {}

  inform({ status, headers }: IResponseHead): void {
    this.reply.inform(status, headers);
  }

  begin({ status, reason, headers }: IResponseHead): void {
    this.reply.begin(status, reason, headers);
  }

  write(piece: Buffer): void {
    // Node may keep it for longer than it is valid.
    this.mayGoOn = this.reply.write(Buffer.from(piece));
  }

  end(trailers: RawHeaders): void {
    this.mayGoOn = true;
    this.reply.end(trailers);
  }

  flush(): boolean {
    const { mayGoOn } = this;
    // For the next pieces, which don't come before the client has read these.
    this.mayGoOn = true;
    return mayGoOn;
  }

  fail(error: unknown): void {
    this.reply.fail(error);
  }
}
