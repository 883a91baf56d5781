import type { Socket } from 'node:net';

import { dial, type Target } from './dial';
import { atEndOfTurn } from './end-of-turn';
import {
  type IReceiver,
  ResponseError,
  ResponseParser
} from './response-parser';

/** How much is read at a time, in bytes. */
const READ_SIZE = 64 * 1024;

/** Takes a connection that can carry another request, for so many milliseconds. */
type Release = (connection: UpstreamConnection, forMs: number) => void;

/**
 * A connection to an upstream. It carries one request at a time, of which it sends
 * the head; requests with a body go another way, see `upload.ts`.
 *
 * All that comes is read into one buffer, again and again, so that a long download
 * makes no garbage.
 */
export class UpstreamConnection {
  private socket: Socket | null = null;
  private parser: ResponseParser | null = null;
  private receiver: IReceiver | null = null;
  private isHeld = false;

  private constructor(private readonly release: Release) {}

  /**
   * Connect to an upstream.
   *
   * @param release - called when it can carry another request.
   * @param close - called when it never will again.
   * @throws see {@link dial}.
   */
  static async open(
    target: Target,
    release: Release,
    close: (connection: UpstreamConnection) => void
  ): Promise<UpstreamConnection> {
    const connection = new UpstreamConnection(release);
    const socket = await dial(target, {
      buffer: Buffer.allocUnsafeSlow(READ_SIZE),
      callback: (length, buffer) =>
        connection.read((buffer as Buffer).subarray(0, length))
    });
    connection.socket = socket;
    socket.on('end', () => {
      connection.finish();
    });
    socket.on('error', error => {
      connection.break(error);
    });
    socket.on('close', () => {
      connection.break(new ResponseError('The upstream is gone.'));
      close(connection);
    });
    return connection;
  }

  /** Send a request. */
  send(head: string, isHead: boolean, receiver: IReceiver): void {
    this.parser = new ResponseParser(receiver, isHead);
    this.receiver = receiver;
    atEndOfTurn(() => {
      this.socket?.write(head, 'latin1');
    });
  }

  /** Read on, after the receiver has said to wait. */
  resume(receiver: IReceiver): void {
    if (this.receiver !== receiver || !this.isHeld) {
      return;
    }
    this.isHeld = false;
    // In any case: an idle connection has to notice its end.
    this.socket?.resume();
    if (this.parser?.isOver === true) {
      this.settle();
    }
  }

  /** Give up on a request, and on the connection with it, unless it is over. */
  abandon(receiver: IReceiver): void {
    if (this.receiver === receiver) {
      this.destroy();
    }
  }

  destroy(): void {
    this.receiver = null;
    this.socket?.destroy();
  }

  /** Read what has come; returns whether more may come. */
  private read(data: Buffer): boolean {
    const { parser, receiver } = this;
    if (parser === null || receiver === null) {
      // Nobody has asked for this.
      this.destroy();
      return false;
    }
    try {
      parser.execute(data);
    } catch (error) {
      this.break(error);
      return false;
    }
    this.isHeld = !receiver.flush();
    if (parser.isOver && !this.isHeld) {
      this.settle();
    }
    return !this.isHeld;
  }

  private finish(): void {
    try {
      this.parser?.finish();
      this.destroy();
    } catch (error) {
      this.break(error);
    }
  }

  /** Go on to the next request, if there may be one. */
  private settle(): void {
    const reusableForMs = this.parser?.reusableForMs ?? 0;
    this.parser = null;
    this.receiver = null;
    if (reusableForMs > 0) {
      this.release(this, reusableForMs);
    } else {
      this.destroy();
    }
  }

  private break(error: unknown): void {
    const { receiver, parser } = this;
    this.destroy();
    if (parser?.isOver === false) {
      receiver?.fail(error);
    }
  }
}
