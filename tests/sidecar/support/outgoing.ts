import type { IOutgoing } from '../../../src/sidecar/outgoing';

/** A request to an app of this machine, but for what is given. */
export function outgoingTo(
  port: number,
  given: Partial<IOutgoing> = {}
): IOutgoing {
  return {
    target: { addresses: ['127.0.0.1'], port },
    path: '/',
    headers: ['Host', 'a'],
    responseTimeoutMs: 0,
    isActivity: false,
    responseHeaders: headers => headers,
    ...given
  };
}
