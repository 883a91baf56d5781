import { ChunkReader } from './chunk-reader.ts';

const END_OF_HEAD = '\r\n\r\n';

/** An answer; times are since its request was sent. */
export interface IAnswer {
  firstByteMs: number;
  lastByteMs: number;
  bytes: number;
}

/** Reads one answer with status 200, with `Content-Length` or in chunks. */
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
    return this._chunks?.isComplete ?? this._bytes === this._length;
  }

  /** Read what has come next; throws if it is no such answer. */
  read(piece: Uint8Array): void {
    const body = this._hasHead ? piece : this._readHead(piece);
    if (body.length === 0) {
      return;
    }
    if (this._chunks === null) {
      this._take(body);
    } else {
      this._chunks.read(body);
    }
  }

  /** What was measured. */
  answer(): IAnswer {
    return {
      firstByteMs: (this._firstByteAt ?? NaN) - this._startedAt,
      lastByteMs: this._lastByteAt - this._startedAt,
      bytes: this._bytes
    };
  }

  private _take(data: Uint8Array): void {
    this._lastByteAt = performance.now();
    this._firstByteAt ??= this._lastByteAt;
    this._bytes += data.length;
    this._consume(data);
  }

  /** Returns what of the body has come with the head. */
  private _readHead(piece: Uint8Array): Uint8Array {
    const before = this._head.length;
    this._head += Buffer.from(piece).toString('latin1');
    const end = this._head.indexOf(END_OF_HEAD);
    if (end === -1) {
      return piece.subarray(piece.length);
    }
    this._takeHead(this._head.slice(0, end));
    return piece.subarray(end + END_OF_HEAD.length - before);
  }

  private _takeHead(head: string): void {
    const length = /^content-length: *(\d+) *$/im.exec(head)?.[1];
    const isChunked = /^transfer-encoding: *chunked *$/im.test(head);
    if (
      !head.startsWith('HTTP/1.1 200 ') ||
      isChunked === (length !== undefined)
    ) {
      throw new Error(`Unexpected answer:\n${head}`);
    }
    this._hasHead = true;
    if (isChunked) {
      this._chunks = new ChunkReader(data => {
        this._take(data);
      });
    } else {
      this._length = Number(length);
    }
  }

  private readonly _consume: (piece: Uint8Array) => void;
  private _startedAt = 0;
  private _firstByteAt: number | null = null;
  private _lastByteAt = 0;
  private _head = '';
  private _hasHead = false;
  private _length: number | null = null;
  private _chunks: ChunkReader | null = null;
  private _bytes = 0;
}
