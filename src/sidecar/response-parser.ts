import { type RawHeaders, valueIn } from './raw-headers';

/** The head of an upstream's response. */
export interface IResponseHead {
  status: number;
  reason: string;
  headers: RawHeaders;
}

/** Who gets a response, as it comes. */
export interface IReceiver {
  /** Get an interim response (1xx). */
  inform(head: IResponseHead): void;
  begin(head: IResponseHead): void;
  /** Get a piece of the body. Its bytes may be overwritten once `flush` was called. */
  write(piece: Buffer): void;
  end(trailers: RawHeaders): void;
  /**
   * Send what came until now, for there is no more at the moment.
   *
   * @returns whether more may come. If not, the pieces stay as they are, too, until
   * somebody says so to the sender.
   */
  flush(): boolean;
  /** Learn that the response is broken. */
  fail(error: unknown): void;
}

/** An upstream's answer that is no response by RFC 9112, or not one to this request. */
export class ResponseError extends Error {
  override name = 'ResponseError';

  constructor(
    message: string,
    /** What has come instead of a head, its first bytes; none if that isn't it. */
    readonly received: Buffer = Buffer.alloc(0)
  ) {
    super(message);
  }
}

/** The longest head of a response, in bytes; apps with many cookies need it. */
export const LONGEST_RESPONSE_HEAD = 256 * 1024;

/** How much is kept of what is no head, in bytes. */
const MOST_RECEIVED = 256;

/** The longest line that begins a chunk, in bytes. */
const LONGEST_CHUNK_LINE = 4096;

/**
 * How much earlier than an upstream says, in milliseconds, its connection is taken for
 * closed: a request must not meet the end on its way.
 */
const MARGIN_MS = 1000;

/** Where the parser is in the message. */
enum State {
  Head,
  /** Within a body, or a chunk of it, of which `left` bytes are to come. */
  Sized,
  /** Within a body that ends with the connection. */
  UntilClose,
  ChunkLine,
  /** Before the line break that ends a chunk's data. */
  ChunkEnd,
  Trailers,
  Over
}

const CR = 13;
const LF = 10;

/** How every response begins. */
const BEGINNING = 'HTTP/1.';

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: ([^\r\n]*))?$/;
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NO_FIELD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/;

/**
 * Reads one response to one request (RFC 9112), as its bytes come. Strict: what two
 * readers could take for different messages is an error.
 */
export class ResponseParser {
  private state = State.Head;
  /** What has come of a head, a line or trailers that are not whole yet. */
  private begun: Buffer | null = null;
  private left = 0;
  private isChunked = false;
  private hasInformed = false;
  private keptForMs = 0;

  /**
   * @param isHead - whether the request was HEAD, so that there is no body.
   */
  constructor(
    private readonly receiver: IReceiver,
    private readonly isHead: boolean
  ) {}

  /** Whether the response is over. */
  get isOver(): boolean {
    return this.state === State.Over;
  }

  /**
   * For how long the connection can wait for another request, once this is over, in
   * milliseconds: 0 if it can't, `Infinity` if the upstream hasn't told.
   */
  get reusableForMs(): number {
    return this.isOver ? this.keptForMs : 0;
  }

  /**
   * Read on.
   *
   * @throws ResponseError if this can't be read as a response.
   */
  execute(data: Buffer): void {
    const { begun } = this;
    let rest = begun === null ? data : Buffer.concat([begun, data]);
    this.begun = null;
    while (rest.length > 0) {
      if (this.isOver) {
        throw new ResponseError('More than one response.');
      }
      const used = this.step(rest);
      if (used === 0) {
        this.begun = begun === null ? Buffer.from(rest) : rest;
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /**
   * Read the end of the connection.
   *
   * @throws ResponseError if the response is not over by that.
   */
  finish(): void {
    if (this.state === State.UntilClose) {
      this.end([]);
    } else if (!this.isOver) {
      throw new ResponseError('The upstream broke off.', this.begunHead());
    }
  }

  /** Read one part; returns how many bytes it has, 0 if it is not whole yet. */
  private step(data: Buffer): number {
    switch (this.state) {
      case State.Head:
        return this.readHead(data);
      case State.ChunkLine:
        return this.readChunkLine(data);
      case State.ChunkEnd:
        return this.readChunkEnd(data);
      case State.Trailers:
        return this.readTrailers(data);
      case State.UntilClose:
        this.receiver.write(data);
        return data.length;
      default:
        return this.readSized(data);
    }
  }

  private readHead(data: Buffer): number {
    const end = data.indexOf('\r\n\r\n');
    if (end < 0) {
      limit(data, LONGEST_RESPONSE_HEAD);
      if (!BEGINNING.startsWith(data.toString('latin1', 0, BEGINNING.length))) {
        // What speaks another language may wait for an answer, and send no more.
        throw new ResponseError('No head.', this.firstOf(data));
      }
      if (data.includes('\n\n')) {
        throw new ResponseError('Line breaks of another kind.');
      }
      return 0;
    }
    limit(data, LONGEST_RESPONSE_HEAD, end);
    const lines = data.toString('latin1', 0, end).split('\r\n');
    const statusLine = lines.shift() ?? '';
    const [, minor, status, reason = ''] = STATUS_LINE.exec(statusLine) ?? [];
    if (status === undefined) {
      throw new ResponseError('No status line.', this.firstOf(data));
    }
    const head = {
      status: Number(status),
      reason: printable(reason),
      headers: parseFields(lines)
    };
    if (head.status === 101) {
      throw new ResponseError('The upstream switched protocols unasked.');
    }
    if (head.status < 200) {
      this.hasInformed = true;
      this.receiver.inform(head);
    } else {
      this.beginBody(head, minor === '1');
    }
    return end + 4;
  }

  /** What has come of a head that is not whole. */
  private begunHead(): Buffer {
    const { begun } = this;
    return this.state === State.Head && begun !== null
      ? this.firstOf(begun)
      : Buffer.alloc(0);
  }

  /** The first bytes of what should be the response's head, as a copy. */
  private firstOf(data: Buffer): Buffer {
    return this.hasInformed
      ? Buffer.alloc(0)
      : Buffer.from(data.subarray(0, MOST_RECEIVED));
  }

  private beginBody(head: IResponseHead, isNewest: boolean): void {
    const { length, isChunked, keptForMs } = framingOf(head.headers);
    const { status } = head;
    this.isChunked = isChunked;
    this.keptForMs = isNewest ? keptForMs : 0;
    this.receiver.begin(head);
    if (this.isHead || status === 204 || status === 304) {
      this.end([]);
    } else if (isChunked) {
      this.state = State.ChunkLine;
    } else if (length === null) {
      this.keptForMs = 0;
      this.state = State.UntilClose;
    } else {
      this.expect(length);
    }
  }

  private expect(length: number): void {
    this.left = length;
    if (length > 0) {
      this.state = State.Sized;
    } else {
      this.end([]);
    }
  }

  private readSized(data: Buffer): number {
    const piece = data.length <= this.left ? data : data.subarray(0, this.left);
    this.left -= piece.length;
    this.receiver.write(piece);
    if (this.left === 0) {
      if (this.isChunked) {
        this.state = State.ChunkEnd;
      } else {
        this.end([]);
      }
    }
    return piece.length;
  }

  private readChunkLine(data: Buffer): number {
    const end = data.indexOf('\r\n');
    if (end < 0) {
      limit(data, LONGEST_CHUNK_LINE);
      return 0;
    }
    limit(data, LONGEST_CHUNK_LINE, end);
    const line = data.toString('latin1', 0, end);
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined || NO_FIELD_VALUE.test(line)) {
      throw new ResponseError('A chunk without a size.');
    }
    this.left = parseInt(size, 16);
    this.state = this.left > 0 ? State.Sized : State.Trailers;
    return end + 2;
  }

  private readChunkEnd(data: Buffer): number {
    if (data.length < 2) {
      return 0;
    }
    if (data[0] !== CR || data[1] !== LF) {
      throw new ResponseError('A chunk is longer than its size.');
    }
    this.state = State.ChunkLine;
    return 2;
  }

  private readTrailers(data: Buffer): number {
    if (data[0] === CR && data[1] === LF) {
      this.end([]);
      return 2;
    }
    const end = data.indexOf('\r\n\r\n');
    if (end < 0) {
      limit(data, LONGEST_RESPONSE_HEAD);
      return 0;
    }
    this.end(parseFields(data.toString('latin1', 0, end).split('\r\n')));
    return end + 4;
  }

  private end(trailers: RawHeaders): void {
    this.state = State.Over;
    this.receiver.end(trailers);
  }
}

/** A reason as it may stand in a status line. */
export function printable(reason: string): string {
  return reason.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}

function limit(data: Buffer, most: number, length = data.length): void {
  if (length > most) {
    throw new ResponseError('The head of the response is too long.');
  }
}

function parseFields(lines: string[]): RawHeaders {
  const headers: RawHeaders = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = valueIn(line, colon + 1);
    if (colon < 1 || !FIELD_NAME.test(name) || NO_FIELD_VALUE.test(value)) {
      throw new ResponseError('A field that can’t be read.');
    }
    headers.push(name, value);
  }
  return headers;
}

/**
 * How the end of a message is told (RFC 9112, section 6), and how long its connection
 * is kept after that.
 */
function framingOf(headers: RawHeaders): {
  length: number | null;
  isChunked: boolean;
  keptForMs: number;
} {
  let length: number | null = null;
  let isChunked = false;
  let keptForMs = Infinity;
  for (let index = 0; index < headers.length; index += 2) {
    const value = headers[index + 1] ?? '';
    switch (headers[index]?.toLowerCase()) {
      case 'content-length':
        if (length !== null || !/^[0-9]{1,15}$/.test(value)) {
          throw new ResponseError('A length that can’t be read.');
        }
        length = Number(value);
        break;
      case 'transfer-encoding':
        if (isChunked || value.toLowerCase() !== 'chunked') {
          throw new ResponseError('A coding that would get lost here.');
        }
        isChunked = true;
        break;
      case 'connection':
        if (/(?:^|,)\s*close\s*(?:,|$)/i.test(value)) {
          keptForMs = 0;
        }
        break;
      case 'keep-alive': {
        const seconds = Number(
          /timeout=([0-9]+)/i.exec(value)?.[1] ?? Infinity
        );
        keptForMs = Math.min(
          keptForMs,
          Math.max(0, seconds * 1000 - MARGIN_MS)
        );
        break;
      }
    }
  }
  if (isChunked && length !== null) {
    throw new ResponseError('A length and a coding contradict each other.');
  }
  return { length, isChunked, keptForMs };
}
