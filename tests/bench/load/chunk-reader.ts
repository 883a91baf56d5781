const LF = 10;

/** Reads a body that comes in chunks, without trailers (RFC 9112, section 7.1). */
export class ChunkReader {
  /** @param consume - gets the data by pieces. */
  constructor(consume: (data: Uint8Array) => void) {
    this._consume = consume;
  }

  /** Whether all of the body was read. */
  get isComplete(): boolean {
    return this._isComplete;
  }

  /** Read what has come next; throws if these are no chunks. */
  read(piece: Uint8Array): void {
    let rest = piece;
    while (rest.length > 0) {
      if (this._isComplete) {
        throw new Error('More has come than the last chunk.');
      }
      const read = this._left > 0 ? this._readData(rest) : this._readLine(rest);
      rest = rest.subarray(read);
    }
  }

  private _readData(piece: Uint8Array): number {
    const data = piece.subarray(0, this._left);
    this._left -= data.length;
    this._consume(data);
    return data.length;
  }

  private _readLine(piece: Uint8Array): number {
    const end = piece.indexOf(LF);
    const part = end === -1 ? piece : piece.subarray(0, end);
    this._line += Buffer.from(part).toString('latin1');
    if (end === -1) {
      return piece.length;
    }
    this._takeLine(this._line.trimEnd());
    this._line = '';
    return end + 1;
  }

  private _takeLine(line: string): void {
    if (line === '') {
      // After a chunk's data, or after the last one.
      this._isComplete = this._isLast;
    } else if (/^[0-9a-f]+$/i.test(line) && !this._isLast) {
      this._left = parseInt(line, 16);
      this._isLast = this._left === 0;
    } else {
      throw new Error(`No chunk begins with ${line}.`);
    }
  }

  private readonly _consume: (data: Uint8Array) => void;
  private _line = '';
  private _left = 0;
  private _isLast = false;
  private _isComplete = false;
}
