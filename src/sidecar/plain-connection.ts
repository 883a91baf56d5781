import type { Socket } from 'node:net';

import { answerTo } from './answer';
import { MOST_PIPELINED, startProbing } from './connection';
import type { IGranted } from './forward';
import type { Gate } from './gate';
import { KEEP_ALIVE_MS, PlainReply } from './plain-reply';
import { type IPlainRequest, withEscapedLine } from './plain-request';

/**
 * Serves a client's connection as long as its requests are plain: most are, and what
 * Node's HTTP server does around each costs more than all the rest. What is not plain
 * goes to that server, with the connection, and stays there.
 */
export class PlainConnection {
  /** Requests that wait for their turn. */
  private readonly waiting: IPlainRequest[] = [];
  /** The beginning of a request line. */
  private line: Buffer | null = null;
  /** Whether there is something to read that can't be served here. */
  private hasRest = false;
  /** How much that was when it was looked at last, in bytes. */
  private restLength: number | null = null;
  private current: PlainReply | null = null;
  private hasEnded = false;

  /**
   * Take over a connection.
   *
   * @param giveUp - called when Node's HTTP server is to go on with it.
   */
  constructor(
    private readonly socket: Socket,
    private readonly gate: Gate,
    private readonly giveUp: (socket: Socket) => void
  ) {
    socket.setTimeout(KEEP_ALIVE_MS);
    socket.on('timeout', this.onTimeout);
    socket.on('error', this.onError);
    socket.on('close', this.onClose);
    socket.on('end', this.onEnd);
    socket.on('data', this.onData);
    socket.resume();
  }

  private readonly onData = (data: Buffer): void => {
    const { socket, waiting, line } = this;
    const come = line === null ? data : Buffer.concat([line, data]);
    const text = come.toString('latin1');
    this.line = null;
    let position = 0;
    while (position < text.length && waiting.length < MOST_PIPELINED) {
      const read = this.gate.readPlain(text, position, socket);
      if (read === null) {
        break;
      }
      waiting.push(read.request);
      position = read.end;
    }
    if (position < text.length) {
      this.keep(come.subarray(position), line === null);
    }
    if (this.current === null) {
      this.next();
    }
  };

  /**
   * Keep what can't be served here, or not yet: Node escapes nothing that it reads, so
   * a request line should be whole. One that comes in more than two parts is left to
   * Node's patience, though.
   */
  private keep(rest: Buffer, isFirstPart: boolean): void {
    if (!isFirstPart || rest.includes('\n')) {
      const { socket } = this;
      this.hasRest = true;
      socket.off('data', this.onData).pause();
      socket.unshift(withEscapedLine(rest));
      if (this.current !== null || this.waiting.length > 0) {
        socket.on('readable', this.onReadable);
        // The events up to then tell of the rest itself.
        setImmediate(() => {
          this.restLength = socket.readableLength;
        });
      }
    } else {
      this.line = rest;
    }
  }

  /**
   * Look for the client's end behind the rest. It is not told by an event as long as
   * there is something to read, only by one that brings nothing.
   */
  private readonly onReadable = (): void => {
    const { readableLength } = this.socket;
    if (this.restLength === null) {
      return;
    }
    if (readableLength === this.restLength) {
      this.watchEnd();
    }
    this.restLength = readableLength;
  };

  private next(): void {
    if (this.socket.destroyed) {
      return;
    }
    const request = this.waiting.shift();
    if (request !== undefined) {
      this.serve(request);
    } else if (this.hasRest) {
      this.leave();
    } else if (this.hasEnded) {
      this.socket.end();
    }
  }

  private serve(request: IPlainRequest): void {
    let granted: IGranted<IPlainRequest> | null = null;
    const reply = new PlainReply(request, {
      over: () => {
        this.finish(request);
      },
      failed: error => {
        this.answerFailure(request, reply, granted, error);
      }
    });
    this.current = reply;
    const judged = this.gate.judge(request);
    if ('grant' in judged) {
      granted = judged;
      reply.attach(this.gate.carryPlainly(judged, reply));
      return;
    }
    judged
      .then(answer => {
        if (this.socket.destroyed) {
          return;
        }
        if ('grant' in answer) {
          granted = answer;
          reply.attach(this.gate.carryPlainly(answer, reply));
        } else {
          reply.answer(answer);
        }
      })
      .catch((error: unknown) => {
        this.answerError(request, reply, error);
      });
  }

  private answerFailure(
    request: IPlainRequest,
    reply: PlainReply,
    granted: IGranted<IPlainRequest> | null,
    error: unknown
  ): void {
    if (granted === null) {
      this.answerError(request, reply, error);
      return;
    }
    const answer = (told: unknown): void => {
      this.answerError(request, reply, told);
    };
    // What keeps it from being explained, Jupyter's refusal say, is told instead.
    this.gate.explain(granted, error).then(answer, answer);
  }

  private answerError(
    request: IPlainRequest,
    reply: PlainReply,
    error: unknown
  ): void {
    const answer = answerTo(request, error);
    if (answer === null) {
      this.socket.destroySoon();
    } else if (!this.socket.destroyed) {
      reply.answer(answer);
    }
  }

  private finish(request: IPlainRequest): void {
    const { socket } = this;
    if (socket.writableNeedDrain) {
      // Who doesn't read gets no further responses, or they would pile up here.
      socket.once('drain', () => {
        this.finish(request);
      });
      return;
    }
    this.current = null;
    if (request.keepsAlive) {
      this.next();
    } else {
      this.waiting.length = 0;
      socket.off('data', this.onData).destroySoon();
    }
  }

  /** Let Node's HTTP server go on. */
  private leave(): void {
    const { socket } = this;
    socket.setTimeout(0);
    // Not that for errors: one may be on its way.
    socket
      .off('timeout', this.onTimeout)
      .off('close', this.onClose)
      .off('end', this.onEnd);
    if (socket.listenerCount('readable') === 0) {
      this.giveUp(socket);
    } else {
      socket.off('readable', this.onReadable);
      // Node takes note of that a tick later, and would let data flow to nobody.
      process.nextTick(this.giveUp, socket);
    }
  }

  private readonly onTimeout = (): void => {
    // A client that is slow to read its last bytes is not idle.
    if (this.current === null && this.socket.writableLength === 0) {
      this.socket.destroy();
    }
  };

  private readonly onError = (): void => {
    this.socket.destroy();
  };

  private readonly onClose = (): void => {
    this.current?.abort();
  };

  private readonly onEnd = (): void => {
    this.hasEnded = true;
    if (this.current === null) {
      this.socket.end();
    } else {
      this.watchEnd();
    }
  };

  private watchEnd(): void {
    startProbing(this.socket, () => this.current);
  }
}
