import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import type { TranslationBundle } from '@jupyterlab/translation';
import { DisposableSet, type IDisposable } from '@lumino/disposable';

import { readText } from './json';

/** The section of this extension, as settings call it in every language. */
const WEB_APPS = 'Web Apps';

/** Read the section of the launcher that a setting or the server names. */
export function readSection(value: unknown, trans: TranslationBundle): string {
  const section = readText(value) || WEB_APPS;
  return section === WEB_APPS ? trans.__('Web Apps') : section;
}

/**
 * Keeps a set of tiles, and their twins in the palette, as they are wanted. Only
 * those that change are touched.
 */
export class Tiles {
  constructor(
    private readonly _launcher: ILauncher | null,
    private readonly _palette: ICommandPalette | null,
    private readonly _trans: TranslationBundle
  ) {}

  /** Show these tiles and no others. */
  show(items: ILauncher.IItemOptions[]): void {
    const wanted = new Map(items.map(item => [JSON.stringify(item), item]));
    for (const [key, tile] of this._tiles) {
      if (!wanted.has(key)) {
        tile.dispose();
        this._tiles.delete(key);
      }
    }
    for (const [key, item] of wanted) {
      if (!this._tiles.has(key)) {
        this._tiles.set(key, this._add(item));
      }
    }
  }

  private _add(item: ILauncher.IItemOptions): IDisposable {
    const tile = new DisposableSet();
    if (this._launcher !== null) {
      tile.add(this._launcher.add(item));
    }
    if (this._palette !== null) {
      const { command, args = {} } = item;
      const category = this._trans.__('Web Apps');
      tile.add(this._palette.addItem({ command, args, category }));
    }
    return tile;
  }

  private readonly _tiles = new Map<string, IDisposable>();
}
