import type { Target } from './dial';
import type { RawHeaders } from './raw-headers';

/** A request as the upstream gets it. */
export interface IOutgoing {
  target: Target;
  path: string;
  headers: RawHeaders;
  /** How long the answer may take to begin, in milliseconds; 0 for any time. */
  responseTimeoutMs: number;
  /** Makes the fields that the client gets of those that the upstream sent. */
  responseHeaders: (headers: RawHeaders) => RawHeaders;
}
