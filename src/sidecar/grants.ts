import { hash } from 'node:crypto';

import {
  GRANT_HEADER,
  type IGrant,
  isRefusalReason,
  parseGrant,
  parseRefusal,
  REFUSAL_HEADER
} from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import { type IAnswer, refusalAnswer } from './answer';
import { clientOf } from './client';
import { collect } from './collect';
import { CarryError } from './errors';
import { grantKey } from './grant-key';
import { questionHeaders } from './jupyter-headers';
import { placeName } from './place-name';
import { questionOf } from './question';
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

/** A grant that holds for some time. */
interface IKept {
  grant: IGrant;
  place: IProxiedPath['place'];
  /** A time by `performance.now()`. */
  expires: number;
}

/** A question that is being answered. */
interface IAsked {
  answer: Promise<IGrant | IAnswer>;
  place: IProxiedPath['place'];
  path: string;
  /** Whether the answer is out of date already. */
  isForgotten: boolean;
}

/**
 * Asks Jupyter whether requests may be forwarded, and remembers the grants for
 * as long as they hold. Refusals are never remembered.
 */
export class Grants {
  /** Questions that are being answered; all with the same key share the grant. */
  private readonly asked = new Map<string, IAsked>();
  private readonly kept = new Map<string, IKept>();

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
    return this.recall(
      grantKey(request, path, clientOf(request.socket)),
      pathOf(path)
    );
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
    const known = this.recall(key, pathOf(path));
    if (known !== undefined) {
      return known;
    }
    // While an app starts, a page is answered at once and everything else waits.
    const { page } = questionOf(path, request, upgrade);
    const askedKey = page ? `${key} page` : key;
    const asked = this.asked.get(askedKey);
    if (asked !== undefined) {
      // What is refused is told each in its own words.
      const shared = await asked.answer.catch(() => null);
      if (request.socket.destroyed) {
        // Nobody waits for it any more.
        throw new CarryError('broke-off', placeName(path.place));
      }
      if (
        shared !== null &&
        !asked.isForgotten &&
        isLasting(shared) &&
        (!shared.isForPath || asked.path === pathOf(path))
      ) {
        return shared;
      }
    }
    const asking = {
      answer: this.ask(request, path, upgrade),
      place: path.place,
      path: pathOf(path),
      isForgotten: false
    };
    this.asked.set(askedKey, asking);
    try {
      const answer = await asking.answer;
      if (isLasting(answer) && !asking.isForgotten) {
        this.keep(key, answer, path);
      }
      return answer;
    } finally {
      if (this.asked.get(askedKey) === asking) {
        this.asked.delete(askedKey);
      }
    }
  }

  /** Ask anew about an app: what is remembered is out of date. */
  forget(place: IProxiedPath['place']): void {
    for (const [key, kept] of this.kept) {
      if (isSame(kept.place, place)) {
        this.kept.delete(key);
      }
    }
    for (const [key, asked] of this.asked) {
      if (isSame(asked.place, place)) {
        asked.isForgotten = true;
        this.asked.delete(key);
      }
    }
  }

  private recall(key: string, path: string): IGrant | undefined {
    const known = this.kept.get(key) ?? this.kept.get(keyOfPath(key, path));
    return known !== undefined && known.expires > performance.now()
      ? known.grant
      : undefined;
  }

  private keep(key: string, grant: IGrant, path: IProxiedPath): void {
    const keptKey = grant.isForPath ? keyOfPath(key, pathOf(path)) : key;
    // The newest comes last.
    this.kept.delete(keptKey);
    if (this.kept.size >= MOST_GRANTS) {
      // Maps iterate in the order of insertion: the oldest goes.
      const [oldest] = this.kept.keys();
      this.kept.delete(oldest ?? keptKey);
    }
    const expires = performance.now() + grant.lifetimeMs;
    this.kept.set(keptKey, { grant, place: path.place, expires });
  }

  private async ask(
    request: IRequestHead,
    path: IProxiedPath,
    upgrade: boolean
  ): Promise<IGrant | IAnswer> {
    const place = placeName(path.place);
    const { status, headers, body } = await collect(
      questionMethod(request.method ?? 'GET'),
      {
        target: { socketPath: this.jupyterPath },
        path: request.url ?? '/',
        headers: questionHeaders(
          request.rawHeaders,
          clientOf(request.socket),
          this.trustXheaders,
          questionOf(path, request, upgrade)
        ),
        responseTimeoutMs: 0,
        isActivity: false,
        responseHeaders: endToEnd
      }
    ).catch(() => {
      throw new CarryError('jupyter-gone', place);
    });
    const grant = firstValue(headers, GRANT_HEADER.toLowerCase());
    if (status === 204 && grant !== undefined) {
      return parseGrant(grant);
    }
    const reason = firstValue(headers, REFUSAL_HEADER.toLowerCase());
    if (isRefusalReason(reason)) {
      // There is none in the answer to HEAD, and no use for it.
      const details =
        body.length > 0 ? parseRefusal(body.toString()) : undefined;
      throw new CarryError(reason, place, details);
    }
    return refusalAnswer({ status, headers, body });
  }
}

/** Whether two places may be the same app: this machine is a host by many names. */
function isSame(
  one: IProxiedPath['place'],
  other: IProxiedPath['place']
): boolean {
  return 'app' in one
    ? 'app' in other && one.app === other.app
    : 'port' in other && one.port === other.port;
}

/** Hashed, since a path can be long. */
function keyOfPath(key: string, path: string): string {
  return hash('sha256', `${key} ${path}`, 'base64');
}

/** The path on which an answer may depend. */
function pathOf({ rest }: IProxiedPath): string {
  return (rest ?? '').replace(/\?.*$/s, '');
}

/** Whether it is a grant for more than one request. */
function isLasting(answer: IGrant | IAnswer): answer is IGrant {
  return 'lifetimeMs' in answer && answer.lifetimeMs > 0;
}

function questionMethod(method: string): string {
  return JUPYTERS_METHODS.includes(method) ? method : 'POST';
}
