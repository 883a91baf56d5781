import type { IncomingMessage, ServerResponse } from 'node:http';

import { onLeaving } from './connection';
import { passed } from './garbage';
import { fields, firstValue, type RawHeaders, without } from './raw-headers';
import { printable } from './response-parser';

/** An upstream's response, as much as its reader can be told to do. */
export interface ISource {
  pause(): void;
  resume(): void;
  /** Give up on it: the client has left. */
  abort(): void;
}

/** A response that Node's own client receives, as a source. */
export function sourceOf(answer: IncomingMessage): ISource {
  return {
    pause: () => answer.pause(),
    resume: () => answer.resume(),
    abort: () => answer.destroy()
  };
}

/** Sends an upstream's response to the client as it comes. */
export class Reply {
  private source: ISource | null = null;
  private left: boolean;
  private isOver = false;
  private isHeld = false;

  /**
   * @param rewrite - makes the fields that the client gets of the upstream's.
   * @param over - called when the response is over, well or not.
   * @param failed - called instead if it has never begun.
   */
  constructor(
    private readonly response: ServerResponse,
    private readonly rewrite: (headers: RawHeaders) => RawHeaders,
    private readonly over: () => void,
    private readonly failed: (error: unknown) => void
  ) {
    // It may have left while Jupyter was asked.
    this.left = response.destroyed;
    onLeaving(response, () => {
      this.left = true;
      this.source?.abort();
    });
  }

  /** Name who sends; given up on at once if the client has left already. */
  attach(source: ISource): void {
    this.source = source;
    if (this.left) {
      source.abort();
    }
  }

  /** Send the head. */
  begin(status: number, reason: string, headers: RawHeaders): void {
    const { response } = this;
    if (this.isOver) {
      return;
    }
    const coding = firstValue(headers, 'transfer-encoding') ?? 'chunked';
    if (status < 200 || status > 999 || coding.toLowerCase() !== 'chunked') {
      // 101 to a request that did not ask, or a body that would lose a coding here.
      this.fail(new Error('The upstream’s answer can’t be sent on.'));
      this.source?.abort();
      return;
    }
    response.sendDate = false;
    try {
      response.writeHead(
        status,
        printable(reason),
        this.fit(status, this.rewrite(headers))
      );
    } catch (error) {
      // Node is stricter with what it sends than with what it gets.
      this.fail(error);
      this.source?.abort();
      return;
    }
    // At once, but with the first bytes of the body where those came with it.
    setImmediate(() => {
      if (!response.writableEnded && !response.destroyed) {
        // Not `flushHeaders`, which takes the head for UTF-8.
        response.write('', 'latin1');
      }
    });
  }

  /** Announce no trailers where there can be none, for which Node throws. */
  private fit(status: number, headers: RawHeaders): RawHeaders {
    const { method, httpVersion } = this.response.req;
    const isChunked =
      method !== 'HEAD' &&
      httpVersion === '1.1' &&
      status !== 204 &&
      status !== 304 &&
      firstValue(headers, 'content-length') === undefined;
    return isChunked
      ? headers
      : without(headers, lowerName => lowerName === 'trailer');
  }

  /**
   * Send an interim response; clients need to know of early hints only. Written by
   * hand, since Node's `writeEarlyHints` throws at links that it finds odd.
   */
  inform(status: number, headers: RawHeaders): void {
    const isHeard = status === 103 && this.response.req.httpVersion === '1.1';
    if (this.isOver || !isHeard) {
      return;
    }
    const links = Array.from(fields(this.rewrite(headers)))
      .filter(field => field.lowerName === 'link')
      .map(({ name, value }) => `${name}: ${value}\r\n`);
    this.response.socket?.write(
      `HTTP/1.1 103 Early Hints\r\n${links.join('')}\r\n`,
      'latin1'
    );
  }

  /** Send all of a response that Node's own client has received the head of. */
  receive(answer: IncomingMessage): void {
    this.attach(sourceOf(answer));
    answer.on('error', error => {
      this.fail(error);
    });
    this.begin(
      answer.statusCode ?? 0,
      answer.statusMessage ?? '',
      answer.rawHeaders
    );
    answer.on('data', (chunk: Buffer) => {
      this.write(chunk);
    });
    answer.once('end', () => {
      this.end(answer.rawTrailers);
    });
  }

  /**
   * Send a part of the body.
   *
   * @returns whether more may come. The source is paused if not, and resumed when
   * the client has read.
   */
  write(chunk: Buffer): boolean {
    passed(chunk.length);
    if (this.isOver || this.response.write(chunk)) {
      return true;
    }
    if (!this.isHeld) {
      this.isHeld = true;
      this.source?.pause();
      this.response.once('drain', () => {
        this.isHeld = false;
        this.source?.resume();
      });
    }
    return false;
  }

  /** Send the end. */
  end(trailers: RawHeaders): void {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    if (trailers.length > 0 && this.response.chunkedEncoding) {
      this.response.addTrailers(
        Array.from(
          fields(trailers),
          ({ name, value }) => [name, value] as const
        )
      );
    }
    this.response.end();
    this.over();
  }

  /**
   * Break the response. A body that has begun breaks the client's connection, after
   * what has come of it, so that it never looks complete.
   */
  fail(error: unknown): void {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    if (this.left || this.response.headersSent) {
      this.response.socket?.destroySoon();
      this.over();
    } else {
      this.failed(error);
    }
  }
}
