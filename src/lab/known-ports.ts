import type { ServerConnection } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';

import { fetchPort, type IKnownPort } from './request';

/** What the server makes of the apps on ports. It is asked when one is shown. */
export class KnownPorts {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /** Emitted when there is more to know. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What is known of a port. */
  get(port: number): IKnownPort | undefined {
    return this._known.get(port);
  }

  /** Learn what is on a port, unless that is known. */
  look(port: number): void {
    if (!this._known.has(port) && !this._asked.has(port)) {
      this._asked.add(port);
      void this._ask(port).finally(() => {
        this._asked.delete(port);
      });
    }
  }

  private async _ask(port: number): Promise<void> {
    try {
      const known = await fetchPort(port, this._settings);
      if (known !== null) {
        this._known.set(port, known);
        this._changed.emit();
      }
    } catch (reason) {
      console.warn(`What is on port ${port} can’t be looked up.`, reason);
    }
  }

  private readonly _known = new Map<number, IKnownPort>();
  private readonly _asked = new Set<number>();
  private readonly _changed = new Signal<this, void>(this);
}
