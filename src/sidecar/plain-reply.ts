import { STATUS_CODES } from 'node:http';

import type { IAnswer } from './answer';
import { CHUNKED_PROBE, EARLY_PROBE, type IProbed } from './connection';
import { atEndOfTurn } from './end-of-turn';
import type { IPlainRequest } from './plain-request';
import { asLines, fields, firstValue, type RawHeaders } from './raw-headers';
import type { IReceiver, IResponseHead } from './response-parser';
import type { UpstreamExchange } from './upstream-exchange';

/** How long an idle connection is kept, in milliseconds. Proxies in front pool them. */
export const KEEP_ALIVE_MS = 75_000;

/** Pieces up to this size, in bytes, are sent together with what is around them. */
const SMALL = 8 * 1024;

/** How the client learns where the response ends. */
enum Framing {
  /** By its head alone. */
  Head,
  Chunked
}

/** What a client's connection learns of a response. */
export interface IReplyListener {
  /** All of it was given to the socket. */
  over(): void;
  /** It never began. */
  failed(error: unknown): void;
}

/**
 * Sends the response to a plain request, as it comes. Small pieces are gathered
 * until there is no more at the moment, since each write costs a call of the system.
 */
export class PlainReply implements IReceiver, IProbed {
  private exchange: UpstreamExchange | null = null;
  /** Bytes that wait to be sent, as latin-1 characters. */
  private gathered = '';
  private framing = Framing.Head;
  private hasBegun = false;
  private isOver = false;
  private isHeld = false;
  /** How many of its writes the system hasn't taken yet. */
  private unsent = 0;

  constructor(
    private readonly request: IPlainRequest,
    private readonly listener: IReplyListener
  ) {}

  /** Name who sends; given up on at once if the client has left already. */
  attach(exchange: UpstreamExchange): void {
    this.exchange = exchange;
    if (this.request.socket.destroyed) {
      this.abort();
    }
  }

  /** Give up on it: the client has left. */
  abort(): void {
    this.isOver = true;
    this.exchange?.abort();
  }

  /** Get an interim response; clients need to know of early hints only. */
  inform({ status, headers }: IResponseHead): void {
    if (status === 103) {
      this.gathered += 'HTTP/1.1 103 Early Hints\r\n';
      for (const { name, lowerName, value } of fields(headers)) {
        if (lowerName === 'link') {
          this.gathered += `${name}: ${value}\r\n`;
        }
      }
      this.gathered += '\r\n';
    }
  }

  begin({ status, reason, headers }: IResponseHead): void {
    const hasBody =
      this.request.method !== 'HEAD' && status !== 204 && status !== 304;
    const isSized = firstValue(headers, 'content-length') !== undefined;
    this.writeHead(status, reason, headers);
    if (hasBody && !isSized) {
      this.framing = Framing.Chunked;
      this.gathered += 'Transfer-Encoding: chunked\r\n';
    }
    this.gathered += '\r\n';
  }

  write(piece: Buffer): void {
    const isChunked = this.framing === Framing.Chunked;
    if (isChunked) {
      this.gathered += `${piece.length.toString(16)}\r\n`;
    }
    if (piece.length <= SMALL) {
      this.gathered += piece.toString('latin1');
    } else {
      const { socket } = this.request;
      socket.cork();
      this.send();
      this.unsent += 1;
      socket.write(piece, this.onSent);
      socket.uncork();
    }
    if (isChunked) {
      this.gathered += '\r\n';
    }
  }

  end(trailers: RawHeaders): void {
    if (this.framing === Framing.Chunked) {
      this.gathered += `0\r\n${asLines(trailers)}\r\n`;
    }
    this.finish();
  }

  flush(): boolean {
    if (!this.isOver) {
      this.send();
    }
    this.isHeld = this.unsent > 0 && this.request.socket.writableLength > 0;
    return !this.isHeld;
  }

  /**
   * Break the response. One that has begun breaks the client's connection, after what
   * has come of it, so that it never looks complete.
   */
  fail(error: unknown): void {
    if (this.isOver) {
      return;
    }
    if (this.hasBegun) {
      this.isOver = true;
      this.send();
      this.request.socket.destroySoon();
    } else {
      this.listener.failed(error);
    }
  }

  /** Send a response that is made here instead of an upstream's. */
  answer({ status, headers, body }: IAnswer): void {
    this.writeHead(status, STATUS_CODES[status] ?? '', headers);
    this.gathered += `Content-Length: ${body.length}\r\n\r\n`;
    if (this.request.method !== 'HEAD') {
      this.gathered += body.toString('latin1');
    }
    this.finish();
  }

  isProbeable(): boolean {
    return !this.isOver && (!this.hasBegun || this.framing === Framing.Chunked);
  }

  probe(): void {
    this.unsent += 1;
    this.request.socket.write(
      this.hasBegun ? CHUNKED_PROBE : EARLY_PROBE,
      this.onSent
    );
  }

  private writeHead(status: number, reason: string, headers: RawHeaders): void {
    this.hasBegun = true;
    let head = `HTTP/1.1 ${status} ${reason}\r\n${asLines(headers)}`;
    head += this.request.keepsAlive
      ? `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / 1000}\r\n`
      : 'Connection: close\r\n';
    this.gathered += head;
  }

  private finish(): void {
    this.isOver = true;
    atEndOfTurn(this.conclude);
  }

  private readonly conclude = (): void => {
    this.send();
    this.listener.over();
  };

  private send(): void {
    if (this.gathered !== '') {
      this.unsent += 1;
      this.request.socket.write(this.gathered, 'latin1', this.onSent);
      this.gathered = '';
    }
  }

  private readonly onSent = (): void => {
    const { socket } = this.request;
    this.unsent -= 1;
    if (!this.isHeld || (this.unsent > 0 && !socket.destroyed)) {
      return;
    }
    this.isHeld = false;
    if (socket.destroyed) {
      this.exchange?.abort();
    } else {
      this.exchange?.resume();
    }
  };
}
