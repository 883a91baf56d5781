import type { TranslationBundle } from '@jupyterlab/translation';
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

import { PortholeError } from './errors';
import type { INamedApp } from './named-app';

/** The apps that the server names: unknown at first, then told, with icons. */
export class NamedApps {
  constructor(private readonly _trans: TranslationBundle) {}

  /** Emitted when there is more to know: the list, or an icon. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Resolves when the server has told its apps, or has failed to. */
  get told(): Promise<void> {
    return this._told.promise;
  }

  /** Whether `told` has resolved. */
  get isTold(): boolean {
    return this._failed || this._list !== null;
  }

  /** The apps, in the server's order; none as long as it has not told them. */
  get list(): readonly INamedApp[] {
    return this._list ?? [];
  }

  /** What is known of an app. */
  get(name: string): INamedApp | undefined {
    return this._list?.find(app => app.name === name);
  }

  /**
   * What the server says of an app.
   *
   * @returns `null` as long as it has not told its apps.
   * @throws PortholeError if it has no such app.
   */
  find(name: string): INamedApp | null {
    const app = this.get(name);
    if (app !== undefined) {
      return app;
    }
    if (this._failed) {
      throw new PortholeError(
        this._trans.__('the web apps of the server could not be looked up.')
      );
    }
    if (this._list !== null) {
      throw new PortholeError(
        this._trans.__('the server has no web app named “%1”.', name)
      );
    }
    return null;
  }

  /** The text of an app's icon, see `resolveIcon`; `null` before it is known. */
  icon(name: string): string | null {
    return this._icons.get(name) ?? null;
  }

  /** The server has told its apps. */
  tell(list: readonly INamedApp[]): void {
    this._list = list;
    for (const { name, iconUrl } of list) {
      if (iconUrl === null) {
        this._icons.set(name, '');
      }
    }
    this._told.resolve();
    this._changed.emit();
  }

  /** The server has told an app's icon; empty if it is of no use. */
  tellIcon(name: string, icon: string): void {
    this._icons.set(name, icon);
    this._changed.emit();
  }

  /** The server can't tell its apps. */
  fail(): void {
    this._failed = true;
    this._told.resolve();
    this._changed.emit();
  }

  private _failed = false;
  private _list: readonly INamedApp[] | null = null;
  private readonly _icons = new Map<string, string>();
  private readonly _told = new PromiseDelegate<void>();
  private readonly _changed = new Signal<this, void>(this);
}
