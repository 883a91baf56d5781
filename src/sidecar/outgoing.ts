import type { Target } from './dial';
import type { RawHeaders } from './raw-headers';
import type { IReceiver } from './response-parser';

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
  /** Stands between the upstream's response and whoever gets it, if anybody does. */
  intercept?: (receiver: IReceiver) => IReceiver;
}
