import type { Toolbar } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import {
  MessageLoop,
  type IMessageHandler,
  type Message
} from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { MenuBar, type Menu } from '@lumino/widgets';

import { CommandIDs } from './commands';
import { MenuSection } from './menu-section';
import type { NamedApps } from './named-apps';

/** Notebook 7's name for the item of the toolbar that holds the menu. */
const NEW_MENU = 'new-dropdown';

/** The items of the named apps, below a line. */
export function appItems({ list }: NamedApps): Menu.IItemOptions[] {
  const items = list
    .filter(({ enabled }) => enabled)
    .map(({ name, title }) => ({
      command: CommandIDs.openApp,
      args: { name, title }
    }));
  return items.length === 0 ? [] : [{ type: 'separator' }, ...items];
}

/**
 * Keeps items in the “New” menu of a toolbar, if it has one or gets one: the
 * toolbar is filled when its settings have loaded, and anew when they change.
 */
export class NewMenu implements IDisposable {
  /** @param wanted - the items, as they are wanted by now. */
  constructor(
    private readonly _toolbar: Toolbar,
    private readonly _wanted: () => Menu.IItemOptions[]
  ) {
    MessageLoop.installMessageHook(_toolbar, this._onMessage);
    this._find();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Other items are wanted now, or may be. */
  update(): void {
    this._section?.update();
  }

  /** Take the items out of the menu. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    MessageLoop.removeMessageHook(this._toolbar, this._onMessage);
    Signal.clearData(this);
    this._section?.dispose();
  }

  private readonly _onMessage = (
    _toolbar: IMessageHandler,
    { type }: Message
  ): boolean => {
    if (type === 'child-added') {
      // The toolbar gives an item its name only after this.
      queueMicrotask(this._find);
    }
    return true;
  };

  private readonly _find = (): void => {
    if (this._isDisposed) {
      return;
    }
    const index = Array.from(this._toolbar.names()).indexOf(NEW_MENU);
    const bar = Array.from(this._toolbar.children())[index];
    const menu = bar instanceof MenuBar ? bar.menus[0] : undefined;
    // Notebook puts the same menu into every bar that it makes.
    if (menu !== undefined && menu !== this._menu) {
      this._section?.dispose();
      this._menu = menu;
      this._section = new MenuSection(menu, this._wanted);
    }
  };

  private _isDisposed = false;
  private _menu: Menu | null = null;
  private _section: MenuSection | null = null;
}
