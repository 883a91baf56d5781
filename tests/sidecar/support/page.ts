import { PageReceiver } from '../../../src/sidecar/fix/page-receiver';
import type { RawHeaders } from '../../../src/sidecar/raw-headers';
import { homeOf } from '../../protocol/support/home';
import { Recorder } from './receiver';

/** How a page is sent. */
export interface ISending {
  /** The fields of its head; a page of HTML without them. */
  headers?: RawHeaders;
  status?: number;
  /** Whether it is fixed without a look at it. */
  isCertain?: boolean;
  /** How much comes at a time, in bytes. */
  pieceSize?: number;
}

/** The head of a page of HTML with more fields. */
export function htmlHeaders(...more: string[]): RawHeaders {
  return ['Content-Type', 'text/html', ...more];
}

/** A page that is on its way from an upstream through a {@link PageReceiver}. */
export class PageSent {
  readonly recorder = new Recorder();
  readonly receiver: PageReceiver;
  /** How much of it has been sent, in bytes. */
  sent = 0;
  wasAborted = false;
  private goOn: (() => void) | null = null;

  constructor({
    headers = htmlHeaders(),
    status = 200,
    isCertain = false
  }: ISending = {}) {
    this.receiver = new PageReceiver(
      homeOf(),
      { page: 'page();', worker: 'worker();' },
      isCertain,
      this.recorder,
      {
        pause: () => undefined,
        resume: () => {
          this.goOn?.();
        },
        abort: () => {
          this.wasAborted = true;
        }
      }
    );
    this.receiver.begin({ status, reason: 'OK', headers });
  }

  /** Send bytes as an upstream's connection does: it waits when it is told so. */
  async send(bytes: Buffer, pieceSize = 65_536): Promise<void> {
    for (let at = 0; at < bytes.length; at += pieceSize) {
      const piece = bytes.subarray(at, at + pieceSize);
      this.receiver.write(piece);
      this.sent += piece.length;
      const resumed = new Promise<void>(resolve => {
        this.goOn = resolve;
      });
      if (!this.receiver.flush()) {
        await resumed;
      }
    }
  }

  /** The whole of it, sent and received; returns the last event. */
  async whole(bytes: Buffer, pieceSize?: number): ReturnType<Recorder['over']> {
    await this.send(bytes, pieceSize);
    this.receiver.end([]);
    return this.recorder.over();
  }

  /** The fields of the head that the client gets; `null` if it has got none. */
  get headers(): RawHeaders | null {
    const [first] = this.recorder.events;
    return first?.[0] === 'begin' ? first[1].headers : null;
  }
}
