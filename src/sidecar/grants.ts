import {
  GRANT_HEADER,
  type IGrant,
  parseGrant,
  REFUSAL_HEADER
} from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import { type IAnswer, refusalAnswer } from './answer';
import { clientOf } from './client';
import { collect } from './collect';
import { CarryError } from './errors';
import { grantKey } from './grant-key';
import { questionHeaders } from './jupyter-headers';
import { endToEnd, firstValue } from './raw-headers';
import { type IRequestHead, SAFE_METHODS } from './request-head';

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
  /** Questions that are being answered; all with the same key share the grant. */
  private readonly asked = new Map<string, Promise<IGrant | IAnswer>>();
  private readonly kept = new Map<string, { grant: IGrant; expires: number }>();

  /**
   * @param jupyterPath - path of Jupyter's private Unix socket.
   * @param trustXheaders - whether the client's `X-Forwarded-*` are to be believed.
   */
  constructor(
    private readonly jupyterPath: string,
    private readonly trustXheaders: boolean
  ) {}

  /** The grant for this request, if it is remembered. */
  known(request: IRequestHead, path: IProxiedPath): IGrant | undefined {
    return this.recall(grantKey(request, path, clientOf(request.socket)));
  }

  /**
   * Whether this request may go to the app that its path names.
   *
   * @param upgrade - whether it wants to become a WebSocket; those always ask.
   * @returns the grant, or Jupyter's refusal.
   * @throws CarryError if the refusal is to be worded here, or Jupyter is gone.
   */
  async obtain(
    request: IRequestHead,
    path: IProxiedPath,
    upgrade = false
  ): Promise<IGrant | IAnswer> {
    if (upgrade) {
      return this.ask(request, path, upgrade);
    }
    const key = grantKey(request, path, clientOf(request.socket));
    const known = this.recall(key);
    if (known !== undefined) {
      return known;
    }
    const asked = this.asked.get(key);
    if (asked !== undefined) {
      // What is refused is told each in its own words.
      const shared = await asked.catch(() => null);
      if (shared !== null && isLasting(shared)) {
        return shared;
      }
    }
    const asking = this.ask(request, path, upgrade);
    this.asked.set(key, asking);
    try {
      const answer = await asking;
      this.kept.delete(key);
      if (isLasting(answer)) {
        this.keep(key, answer);
      }
      return answer;
    } finally {
      if (this.asked.get(key) === asking) {
        this.asked.delete(key);
      }
    }
  }

  private recall(key: string): IGrant | undefined {
    const known = this.kept.get(key);
    return known !== undefined && known.expires > performance.now()
      ? known.grant
      : undefined;
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
    request: IRequestHead,
    path: IProxiedPath,
    upgrade: boolean
  ): Promise<IGrant | IAnswer> {
    const { status, headers, body } = await collect(
      questionMethod(request.method ?? 'GET'),
      {
        target: { socketPath: this.jupyterPath },
        path: request.url ?? '/',
        headers: questionHeaders(
          request.rawHeaders,
          clientOf(request.socket),
          this.trustXheaders,
          { port: path.port, upgrade }
        ),
        responseTimeoutMs: 0,
        responseHeaders: endToEnd
      }
    ).catch(() => {
      throw new CarryError('jupyter-gone', path.port);
    });
    const grant = firstValue(headers, GRANT_HEADER.toLowerCase());
    if (status === 204 && grant !== undefined) {
      return parseGrant(grant);
    }
    const reason = firstValue(headers, REFUSAL_HEADER.toLowerCase());
    if (reason === 'cross-site' || reason === 'foreign-port') {
      throw new CarryError(reason, path.port);
    }
    return refusalAnswer({ status, headers, body });
  }
}

/** Whether it is a grant for more than one request. */
function isLasting(answer: IGrant | IAnswer): answer is IGrant {
  return 'lifetimeMs' in answer && answer.lifetimeMs > 0;
}

function questionMethod(method: string): string {
  return JUPYTERS_METHODS.includes(method) ? method : 'POST';
}
