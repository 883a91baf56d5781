import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import type { TranslationBundle } from '@jupyterlab/translation';
import { DisposableSet, type IDisposable } from '@lumino/disposable';

import { CommandIDs } from './commands';
import type { IPortEntry } from './port-entries';

/** Keeps the tiles as the settings say, touching only those that change. */
export class PortTiles {
  constructor(
    private readonly _launcher: ILauncher | null,
    private readonly _palette: ICommandPalette | null,
    private readonly _trans: TranslationBundle
  ) {}

  /** Show these tiles, in this order within each category, and no others. */
  show(entries: IPortEntry[]): void {
    const wanted = new Map(
      entries.map((entry, rank) => [JSON.stringify([rank, entry]), entry])
    );
    for (const [key, tile] of this._tiles) {
      if (!wanted.has(key)) {
        tile.dispose();
        this._tiles.delete(key);
      }
    }
    let rank = 0;
    for (const [key, entry] of wanted) {
      if (!this._tiles.has(key)) {
        this._tiles.set(key, this._add(entry, rank));
      }
      rank++;
    }
  }

  private _add(entry: IPortEntry, rank: number): IDisposable {
    const { category, ...args } = entry;
    const command = CommandIDs.openPort;
    const tile = new DisposableSet();
    if (this._launcher !== null) {
      tile.add(this._launcher.add({ command, args, category, rank }));
    }
    if (this._palette !== null) {
      const section = this._trans.__('Web Apps');
      tile.add(this._palette.addItem({ command, args, category: section }));
    }
    return tile;
  }

  private readonly _tiles = new Map<string, IDisposable>();
}
