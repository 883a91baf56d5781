import { noteActivity } from './activity';
import { ResponseTimeoutError } from './errors';
import type { IInterceptor, IOutgoing } from './outgoing';
import { asLines, type RawHeaders } from './raw-headers';
import type { IReceiver, IResponseHead } from './response-parser';
import { SAFE_METHODS } from './request-head';
import type { UpstreamConnection } from './upstream-connection';
import { open, takeIdle } from './upstreams';

/**
 * One request without a body to an upstream, and the response to it.
 *
 * It goes over a connection that is there already, if it can be repeated: the upstream
 * may be closing that one just then, which says nothing about the request.
 */
export class UpstreamExchange implements IReceiver {
  private readonly interceptor: IInterceptor | null;
  private readonly receiver: IReceiver;
  private connection: UpstreamConnection | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isRepeatable = false;
  private isOver = false;

  /**
   * Send a request.
   *
   * @param receiver - gets the response, or why there is none.
   */
  constructor(
    private readonly method: string,
    private readonly outgoing: IOutgoing,
    receiver: IReceiver
  ) {
    this.interceptor =
      outgoing.intercept?.(receiver, {
        pause: () => undefined,
        resume: () => {
          this.connection?.resume(this);
        },
        abort: () => {
          this.abort();
        }
      }) ?? null;
    this.receiver = this.interceptor ?? receiver;
    this.note();
    const idle = SAFE_METHODS.includes(method)
      ? takeIdle(outgoing.target)
      : undefined;
    if (idle === undefined) {
      this.connect();
    } else {
      this.isRepeatable = true;
      this.send(idle);
    }
  }

  /** Let more of the response come, after the receiver has said to wait. */
  resume(): void {
    if (this.interceptor?.resume() !== false) {
      this.connection?.resume(this);
    }
  }

  /** Give up on it: nobody waits for the response any more. */
  abort(): void {
    this.finish();
    this.interceptor?.abort();
    this.connection?.abandon(this);
  }

  inform(head: IResponseHead): void {
    this.isRepeatable = false;
    this.receiver.inform(this.rewrite(head));
  }

  begin(head: IResponseHead): void {
    this.isRepeatable = false;
    this.stopTimer();
    this.receiver.begin(this.rewrite(head));
  }

  write(piece: Buffer): void {
    this.note();
    this.receiver.write(piece);
  }

  flush(): boolean {
    return this.isOver || this.receiver.flush();
  }

  end(trailers: RawHeaders): void {
    this.receiver.end(trailers);
  }

  fail(error: unknown): void {
    if (this.isRepeatable) {
      this.isRepeatable = false;
      this.connect();
    } else if (!this.isOver) {
      this.finish();
      this.receiver.fail(error);
    }
  }

  private connect(): void {
    open(this.outgoing.target).then(
      connection => {
        if (this.isOver) {
          connection.destroy();
        } else {
          this.send(connection);
        }
      },
      (error: unknown) => {
        this.fail(error);
      }
    );
  }

  private send(connection: UpstreamConnection): void {
    this.connection = connection;
    const { path, headers, responseTimeoutMs } = this.outgoing;
    const head = `${this.method} ${path} HTTP/1.1\r\n${asLines(headers)}`;
    if (responseTimeoutMs > 0) {
      this.timer ??= setTimeout(() => {
        this.isRepeatable = false;
        this.connection?.abandon(this);
        this.fail(new ResponseTimeoutError());
      }, responseTimeoutMs);
    }
    connection.send(`${head}\r\n`, this.method === 'HEAD', this);
  }

  private note(): void {
    if (this.outgoing.isActivity) {
      noteActivity();
    }
  }

  private rewrite({ status, reason, headers }: IResponseHead): IResponseHead {
    return { status, reason, headers: this.outgoing.responseHeaders(headers) };
  }

  private finish(): void {
    this.isOver = true;
    this.isRepeatable = false;
    this.stopTimer();
  }

  private stopTimer(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }
}
