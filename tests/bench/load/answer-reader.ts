const END_OF_HEAD = '\r\n\r\n';

/** An answer; times are since its request was sent. */
export interface IAnswer {
  firstByteMs: number;
  lastByteMs: number;
  bytes: number;
}

/** Reads one answer with status 200 and `Content-Length`. */
export class AnswerReader {
  /** @param consume - gets the body by pieces. */
  constructor(consume: (piece: Uint8Array) => void) {
    this._consume = consume;
  }

  /** The request is about to be sent. */
  start(): void {
    this._startedAt = performance.now();
  }

  /** Whether all of the body was read. */
  get isComplete(): boolean {
    return this._bytes === this._length;
  }

  /** Read what has come next; throws if it is no such answer. */
  read(piece: Uint8Array): void {
    const body = this._length === null ? this._readHead(piece) : piece;
    if (body.length === 0) {
      return;
    }
    this._lastByteAt = performance.now();
    this._firstByteAt ??= this._lastByteAt;
    this._bytes += body.length;
    this._consume(body);
  }

  /** What was measured. */
  answer(): IAnswer {
    return {
      firstByteMs: (this._firstByteAt ?? NaN) - this._startedAt,
      lastByteMs: this._lastByteAt - this._startedAt,
      bytes: this._bytes
    };
  }

  /** Returns what of the body has come with the head. */
  private _readHead(piece: Uint8Array): Uint8Array {
    const before = this._head.length;
    this._head += Buffer.from(piece).toString('latin1');
    const end = this._head.indexOf(END_OF_HEAD);
    if (end === -1) {
      return piece.subarray(piece.length);
    }
    const head = this._head.slice(0, end);
    const length = /^content-length: *(\d+) *$/im.exec(head)?.[1];
    if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
      throw new Error(`Unexpected answer:\n${head}`);
    }
    this._length = Number(length);
    return piece.subarray(end + END_OF_HEAD.length - before);
  }

  private readonly _consume: (piece: Uint8Array) => void;
  private _startedAt = 0;
  private _firstByteAt: number | null = null;
  private _lastByteAt = 0;
  private _head = '';
  private _length: number | null = null;
  private _bytes = 0;
}
