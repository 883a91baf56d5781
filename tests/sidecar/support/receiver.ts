import type { RawHeaders } from '../../../src/sidecar/raw-headers';
import type {
  IReceiver,
  IResponseHead
} from '../../../src/sidecar/response-parser';

/** What a receiver was told; text is latin-1. */
export type ReceiverEvent =
  | ['inform' | 'begin', IResponseHead]
  | ['write', string]
  | ['end', RawHeaders]
  | ['fail', unknown];

/** A receiver that writes down what it gets. */
export class Recorder implements IReceiver {
  /** Adjacent pieces of the body are one. */
  readonly events: ReceiverEvent[] = [];
  /** Whether more may come after the next flush. */
  mayGoOn = true;
  private watchers: (() => void)[] = [];

  inform(head: IResponseHead): void {
    this.note(['inform', head]);
  }

  begin(head: IResponseHead): void {
    this.note(['begin', head]);
  }

  write(piece: Buffer): void {
    // A copy, as its bytes may be overwritten.
    const text = piece.toString('latin1');
    const last = this.events.at(-1);
    if (last?.[0] === 'write') {
      last[1] += text;
      this.wake();
    } else {
      this.note(['write', text]);
    }
  }

  end(trailers: RawHeaders): void {
    this.note(['end', trailers]);
  }

  flush(): boolean {
    return this.mayGoOn;
  }

  fail(error: unknown): void {
    this.note(['fail', error]);
  }

  /** All of the body that has come. */
  get body(): string {
    return this.events
      .map(event => (event[0] === 'write' ? event[1] : ''))
      .join('');
  }

  /** The length of the body that has come, in bytes. */
  get length(): number {
    return this.events.reduce(
      (sum, event) => sum + (event[0] === 'write' ? event[1].length : 0),
      0
    );
  }

  /** Wait until what has come is enough. */
  async until(isEnough: () => boolean): Promise<void> {
    while (!isEnough()) {
      await new Promise<void>(resolve => {
        this.watchers.push(resolve);
      });
    }
  }

  /** Wait until the response is over, well or not; returns the last event. */
  async over(): Promise<ReceiverEvent | undefined> {
    await this.until(() => ['end', 'fail'].includes(this.lastName));
    return this.events.at(-1);
  }

  private get lastName(): string {
    return this.events.at(-1)?.[0] ?? '';
  }

  private note(event: ReceiverEvent): void {
    this.events.push(event);
    this.wake();
  }

  private wake(): void {
    for (const watcher of this.watchers.splice(0)) {
      watcher();
    }
  }
}
