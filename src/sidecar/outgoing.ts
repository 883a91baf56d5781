import type { Target } from './dial';
import type { RawHeaders } from './raw-headers';
import type { ISource } from './reply';
import type { IReceiver } from './response-parser';

export type { ISource };

/** Stands between an upstream's response and whoever gets it. */
export interface IInterceptor extends IReceiver {
  /**
   * Go on, after who gets it has said to wait.
   *
   * @returns whether the upstream may go on, too.
   */
  resume(): boolean;
  /** Learn that nobody waits for it any more. */
  abort(): void;
}

/** A request as the upstream gets it. */
export interface IOutgoing {
  target: Target;
  path: string;
  headers: RawHeaders;
  /** How long the answer may take to begin, in milliseconds; 0 for any time. */
  responseTimeoutMs: number;
  /** Whether what passes counts as activity of a person. */
  isActivity: boolean;
  /** Makes the fields that the client gets of those that the upstream sent. */
  responseHeaders: (headers: RawHeaders) => RawHeaders;
  /**
   * Makes what stands between the upstream's response and who gets it, if anything does.
   *
   * @param source - where the response comes from.
   */
  intercept?: (receiver: IReceiver, source: ISource) => IInterceptor;
}
