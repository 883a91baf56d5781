import type { IAnswer } from './answer';
import type { IOutgoing } from './outgoing';
import type { IReceiver, IResponseHead } from './response-parser';
import { UpstreamExchange } from './upstream-exchange';

/**
 * Send a request without a body, and get the whole response at once.
 *
 * @throws what kept the response from coming, or from coming whole.
 */
export function collect(method: string, outgoing: IOutgoing): Promise<IAnswer> {
  return new Promise((resolve, reject) => {
    new UpstreamExchange(method, outgoing, new Collector(resolve, reject));
  });
}

class Collector implements IReceiver {
  private head: IResponseHead | null = null;
  private readonly pieces: Buffer[] = [];

  constructor(
    private readonly resolve: (answer: IAnswer) => void,
    readonly fail: (error: unknown) => void
  ) {}

  inform(): void {
    // Nobody waits for early news of an answer that is read as a whole.
  }

  begin(head: IResponseHead): void {
    this.head = head;
  }

  write(piece: Buffer): void {
    this.pieces.push(Buffer.from(piece));
  }

  end(): void {
    const { status = 0, headers = [] } = this.head ?? {};
    this.resolve({ status, headers, body: Buffer.concat(this.pieces) });
  }

  flush(): boolean {
    return true;
  }
}
