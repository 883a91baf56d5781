import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';

import { dial, type Target } from './dial';

/** Connects where a target says instead of where a URL does, anew each time. */
export class TargetAgent extends Agent {
  constructor(private readonly target: Target) {
    super();
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void
  ): undefined {
    dial(this.target).then(
      socket => callback?.(null, socket),
      // Node's own agent calls back with the error alone.
      (error: unknown) =>
        (callback as ((error: unknown) => void) | undefined)?.(error)
    );
  }
}
