import type { IProxiedPath } from '../protocol/paths';
import { log } from './channel';
import { CarryError } from './errors';
import type { IGranted } from './forward';
import { placeName } from './place-name';
import { firstValue } from './raw-headers';
import { type IRequestHead, isPagesOwn, isNavigation } from './request-head';
import { checkPathOf, isCheck } from './websocket-check';

/** For how long it is told that a WebSocket was blocked, in milliseconds. */
const REMEMBERED_MS = 60_000;

/** How many apps are remembered at a time. */
const MOST_REMEMBERED = 1000;

/**
 * Whether a request was to become a WebSocket, but has lost what says so on its way. A
 * gateway that knows no WebSockets drops `Upgrade` and `Connection`, which are for the
 * next hop only, and passes all other fields on.
 */
export function isLostHandshake({ method, rawHeaders }: IRequestHead): boolean {
  return (
    method === 'GET' &&
    firstValue(rawHeaders, 'sec-websocket-key') !== undefined &&
    firstValue(rawHeaders, 'upgrade') === undefined
  );
}

/** Tells people why an app is dead for them, if a gateway in front blocks WebSockets. */
export class BlockedWebSockets {
  /** When it was noticed last, by `performance.now()`, for the apps that are concerned. */
  private readonly noticed = new Map<string, number>();
  private hasWarned = false;

  /**
   * Learn of a handshake that was lost.
   *
   * @returns how it is answered.
   */
  lose({ request, path, grant }: IGranted<IRequestHead>): CarryError {
    if (!this.hasWarned) {
      this.hasWarned = true;
      log(
        'warning',
        'A gateway in front of Jupyter blocks WebSockets: it drops the fields Upgrade and Connection of their requests. Many apps are blank without them.'
      );
    }
    // Who asks for that knows already.
    if (!isCheck(request, path)) {
      this.note(keyOf(path));
    }
    return new CarryError('upgrade-lost', placeName(path.place, grant));
  }

  /** Learn that a handshake has come as it was sent. */
  pass(path: IProxiedPath): void {
    this.noticed.delete(keyOf(path));
  }

  /** Whether {@link tell} may have something to tell about an app. */
  concerns(path: IProxiedPath): boolean {
    return this.noticed.size > 0 && this.noticed.has(keyOf(path));
  }

  /**
   * Tell who wants to see an app that it will be dead: once, so that whoever wants to see
   * it all the same can.
   *
   * @throws CarryError if that is so.
   */
  tell({ request, path, grant }: IGranted<IRequestHead>): void {
    if (!this.concerns(path)) {
      return;
    }
    const at = this.noticed.get(keyOf(path)) ?? 0;
    if (performance.now() - at > REMEMBERED_MS) {
      this.pass(path);
    } else if (grant.needsWebSockets && isLookedAt(request)) {
      this.pass(path);
      throw new CarryError('websockets-blocked', placeName(path.place), {
        title: grant.title,
        socketPath: checkPathOf(path)
      });
    }
  }

  private note(key: string): void {
    // The newest comes last.
    this.noticed.delete(key);
    if (this.noticed.size >= MOST_REMEMBERED) {
      const [oldest] = this.noticed.keys();
      this.noticed.delete(oldest ?? key);
    }
    this.noticed.set(key, performance.now());
  }
}

/** Whether a person gets to see the answer. */
function isLookedAt(request: IRequestHead): boolean {
  return (
    request.method === 'GET' && isNavigation(request) && !isPagesOwn(request)
  );
}

function keyOf({ place }: IProxiedPath): string {
  return JSON.stringify(place);
}
