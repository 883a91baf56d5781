import { REWRITE_HEADER } from '../protocol/grant';
import { mappedPath } from './app-target';
import type { IConfiguration } from './channel';
import { clientOf } from './client';
import { CarryError, type ErrorCode } from './errors';
import type { IGranted } from './forward';
import { jupyterHeaders } from './jupyter-headers';
import { placeName } from './place-name';
import { postToJupyter } from './post';
import type { IInterceptor } from './outgoing';
import { asFieldValue, questionOf } from './question';
import { type RawHeaders, without } from './raw-headers';
import type { IRequestHead } from './request-head';
import {
  type IReceiver,
  type IResponseHead,
  printable
} from './response-parser';

/** The longest body that is rewritten, in bytes. */
const LONGEST_REWRITTEN = 100 * 1024 * 1024;

/** Fields that say how long a body is, which is told anew. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'trailer',
  'transfer-encoding'
]);

/** Fields of a request that say what its own body is. */
const OF_BODY = /^content-/;

/**
 * Lets Jupyter rewrite a response, by the functions that its configuration names. They
 * take it as a whole, so this is the only way on which a response is kept here.
 */
export class RewritingReceiver implements IInterceptor {
  private head: IResponseHead | null = null;
  private pieces: Buffer[] = [];
  private length = 0;
  private isOver = false;

  /**
   * @param forClient - makes the fields that the client gets.
   * @param receiver - gets the response that Jupyter makes of the app's.
   */
  constructor(
    private readonly granted: IGranted<IRequestHead>,
    private readonly configuration: IConfiguration,
    private readonly forClient: (headers: RawHeaders) => RawHeaders,
    private readonly receiver: IReceiver
  ) {}

  inform(head: IResponseHead): void {
    this.receiver.inform({ ...head, headers: this.forClient(head.headers) });
  }

  begin(head: IResponseHead): void {
    this.head = head;
  }

  /** @throws CarryError if it gets too long, so that the app is left. */
  write(piece: Buffer): void {
    this.length += piece.length;
    if (this.length > LONGEST_REWRITTEN) {
      this.pieces = [];
      throw this.error('too-long');
    }
    this.pieces.push(Buffer.from(piece));
  }

  end(): void {
    if (this.isOver || this.head === null) {
      return;
    }
    this.isOver = true;
    const body = Buffer.concat(this.pieces);
    this.rewrite(this.head, body)
      .then(({ head, rewritten }) => {
        this.send(head, rewritten);
      })
      .catch((error: unknown) => {
        this.receiver.fail(
          error instanceof CarryError ? error : this.error('rewrite-failed')
        );
      });
  }

  flush(): boolean {
    return true;
  }

  resume(): boolean {
    return true;
  }

  abort(): void {
    this.isOver = true;
    this.pieces = [];
  }

  fail(error: unknown): void {
    if (!this.isOver) {
      this.isOver = true;
      this.receiver.fail(error);
    }
  }

  private error(code: ErrorCode): CarryError {
    const { path, grant } = this.granted;
    return new CarryError(code, placeName(path.place, grant));
  }

  private async rewrite(
    head: IResponseHead,
    body: Buffer
  ): Promise<{ head: IResponseHead; rewritten: Buffer }> {
    const { request, path, grant } = this.granted;
    const { jupyterPath, trustXheaders } = this.configuration;
    const carried = jupyterHeaders(
      request.rawHeaders,
      clientOf(request.socket),
      trustXheaders
    );
    const headers = without(carried, lowerName => OF_BODY.test(lowerName));
    const method = request.method ?? 'GET';
    const asked = questionOf(path, request, false);
    headers.push(
      REWRITE_HEADER,
      asFieldValue({ ...asked, method, mapped: mappedPath(path, grant) })
    );
    const answer = await postToJupyter(
      { socketPath: jupyterPath },
      request.url ?? '/',
      headers,
      packed(head, body)
    );
    if (answer.status !== 200) {
      throw this.error('rewrite-failed');
    }
    return unpacked(answer.body);
  }

  private send(head: IResponseHead, body: Buffer): void {
    const { request } = this.granted;
    const headers = without(head.headers, lowerName => FRAMING.has(lowerName));
    const hasBody =
      request.method !== 'HEAD' && head.status !== 204 && head.status !== 304;
    const forClient = this.forClient(headers);
    if (hasBody) {
      forClient.push('Content-Length', String(body.length));
    }
    this.receiver.begin({ ...head, headers: forClient });
    if (hasBody && body.length > 0) {
      this.receiver.write(body);
    }
    this.receiver.end([]);
    this.receiver.flush();
  }
}

/** A response as it goes over the private socket: a line of JSON, and the body. */
function packed(head: IResponseHead, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

function unpacked(data: Buffer): { head: IResponseHead; rewritten: Buffer } {
  const end = data.indexOf('\n');
  const { status, reason, headers } = JSON.parse(
    data.toString('utf8', 0, end)
  ) as IResponseHead;
  const head = { status, reason: printable(reason), headers };
  return { head, rewritten: data.subarray(end + 1) };
}
