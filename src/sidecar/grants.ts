import type { IncomingMessage } from 'node:http';
import { type Dispatcher, Pool } from 'undici';

import {
  GRANT_HEADER,
  type IGrant,
  parseGrant,
  REFUSAL_HEADER
} from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import { clientOf } from './client';
import { CarryError, jupyterError } from './errors';
import { grantKey, SAFE_METHODS } from './grant-key';
import { questionHeaders } from './jupyter-headers';
import { LONGEST_RESPONSE_HEAD } from './outgoing';
import type { RawHeaders } from './raw-headers';

/** Jupyter's refusal, to be sent on as it is. */
export interface IRefusal {
  status: number;
  headers: RawHeaders;
  body: Buffer;
}

/** How many grants are kept at a time. */
const MOST_GRANTS = 4096;

/** Methods that Jupyter knows; the others are asked about as if they were POST. */
const JUPYTERS_METHODS: readonly string[] = [
  ...SAFE_METHODS,
  'POST',
  'PUT',
  'PATCH',
  'DELETE'
];

/**
 * Asks Jupyter whether requests may be forwarded, and remembers the grants for
 * as long as they hold. Refusals are never remembered.
 */
export class Grants {
  private readonly pool: Pool;
  private readonly kept = new Map<string, { grant: IGrant; expires: number }>();

  /**
   * @param jupyterPath - path of Jupyter's private Unix socket.
   * @param trustXheaders - whether the client's `X-Forwarded-*` are to be believed.
   */
  constructor(
    jupyterPath: string,
    private readonly trustXheaders: boolean
  ) {
    this.pool = new Pool('http://localhost', {
      socketPath: jupyterPath,
      headersTimeout: 0,
      maxHeaderSize: LONGEST_RESPONSE_HEAD
    });
  }

  /**
   * Whether this request may go to the app that its path names.
   *
   * @param upgrade - whether it wants to become a WebSocket; those always ask.
   * @returns the grant, or Jupyter's refusal.
   * @throws CarryError if the refusal is to be worded here, or Jupyter is gone.
   */
  async obtain(
    request: IncomingMessage,
    path: IProxiedPath,
    upgrade = false
  ): Promise<IGrant | IRefusal> {
    if (upgrade) {
      return this.ask(request, path, upgrade);
    }
    const key = grantKey(request, path, clientOf(request.socket));
    const known = this.kept.get(key);
    if (known !== undefined && known.expires > performance.now()) {
      return known.grant;
    }
    const answer = await this.ask(request, path, upgrade);
    this.kept.delete(key);
    if ('lifetimeMs' in answer && answer.lifetimeMs > 0) {
      this.keep(key, answer);
    }
    return answer;
  }

  private keep(key: string, grant: IGrant): void {
    if (this.kept.size >= MOST_GRANTS) {
      // Maps iterate in the order of insertion: the oldest goes.
      const [oldest] = this.kept.keys();
      this.kept.delete(oldest ?? key);
    }
    const expires = performance.now() + grant.lifetimeMs;
    this.kept.set(key, { grant, expires });
  }

  private async ask(
    request: IncomingMessage,
    path: IProxiedPath,
    upgrade: boolean
  ): Promise<IGrant | IRefusal> {
    const answer = await this.pool
      .request({
        path: request.url ?? '/',
        method: questionMethod(request.method ?? 'GET'),
        headers: questionHeaders(
          request.rawHeaders,
          clientOf(request.socket),
          this.trustXheaders,
          { port: path.port, upgrade }
        )
      })
      .catch((error: unknown) => {
        throw jupyterError(error, path.port);
      });
    const body = Buffer.from(await answer.body.arrayBuffer());
    const grant = answer.headers[GRANT_HEADER.toLowerCase()];
    if (answer.statusCode === 204 && typeof grant === 'string') {
      return parseGrant(grant);
    }
    const reason = answer.headers[REFUSAL_HEADER.toLowerCase()];
    if (reason === 'cross-site' || reason === 'foreign-port') {
      throw new CarryError(reason, path.port);
    }
    const headers = Object.entries(answer.headers).flatMap(([name, values]) =>
      [values ?? []].flat().flatMap(value => [name, value])
    );
    return { status: answer.statusCode, headers, body };
  }
}

function questionMethod(method: string): Dispatcher.HttpMethod {
  return JUPYTERS_METHODS.includes(method) ? method : 'POST';
}
