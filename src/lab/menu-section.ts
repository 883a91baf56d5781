import type { IDisposable } from '@lumino/disposable';
import {
  MessageLoop,
  type IMessageHandler,
  type Message
} from '@lumino/messaging';
import type { Menu } from '@lumino/widgets';

/**
 * Keeps items in a menu whose owner may clear it and fill it anew at any time,
 * of which a menu tells nobody but itself: it asks itself to be drawn, and it
 * does so before it opens, too. That is when the items are looked after.
 */
export class MenuSection implements IDisposable {
  /** @param wanted - the items, as they are wanted by now. */
  constructor(
    private readonly _menu: Menu,
    private readonly _wanted: () => Menu.IItemOptions[]
  ) {
    MessageLoop.installMessageHook(_menu, this._onMessage);
    this.update();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Other items are wanted now, or may be. */
  update(): void {
    this._menu.update();
  }

  /** Take the items out of the menu. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    MessageLoop.removeMessageHook(this._menu, this._onMessage);
    this._clear();
  }

  private readonly _onMessage = (
    _menu: IMessageHandler,
    { type }: Message
  ): boolean => {
    // An open menu closes when it gets an item; the next time will do.
    if (type === 'update-request' && !this._menu.isAttached) {
      this._fill();
    }
    return true;
  };

  private _fill(): void {
    const wanted = this._wanted();
    const key = JSON.stringify(wanted);
    const { items } = this._menu;
    if (key !== this._key || !this._items.every(item => items.includes(item))) {
      this._clear();
      this._items = wanted.map(options => this._menu.addItem(options));
      this._key = key;
    }
  }

  private _clear(): void {
    for (const item of this._items) {
      this._menu.removeItem(item);
    }
  }

  private _isDisposed = false;
  private _items: Menu.IItem[] = [];
  private _key = '[]';
}
