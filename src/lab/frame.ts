import { IFrame } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Signal, type ISignal } from '@lumino/signaling';

import { appUrl, type IAddress } from './address';
import type { IOpenArgs } from './open-args';

/**
 * What apps may do. Set on the node, since the widget's own list of names lacks
 * some and misspells `allow-popups-to-escape-sandbox`.
 */
const SANDBOX = [
  'allow-scripts',
  'allow-same-origin',
  'allow-forms',
  'allow-popups',
  'allow-popups-to-escape-sandbox',
  'allow-modals',
  'allow-downloads',
  'allow-presentation',
  'allow-pointer-lock'
].join(' ');

const ALLOW = [
  'clipboard-read',
  'clipboard-write',
  'fullscreen',
  'camera',
  'microphone'
].join('; ');

/** The frame in which an app runs. It knows the page that the app is at. */
export class AppFrame extends IFrame {
  /**
   * @param jupyter - where Jupyter is, see `jupyterUrl`.
   * @param entry - what was opened.
   */
  constructor(
    jupyter: URL,
    readonly entry: IOpenArgs
  ) {
    super({ referrerPolicy: 'same-origin' });
    this._jupyter = jupyter;
    this._path = entry.resumeAt;
    this.addClass('jp-Porthole-frame');
    this._frame = this.node.getElementsByTagName('iframe')[0] ?? null;
    this._frame?.setAttribute('sandbox', SANDBOX);
    this._frame?.setAttribute('allow', ALLOW);
    this._frame?.addEventListener('load', this._onLoad);
  }

  /** Emitted with the page's title whenever the app has moved to a page. */
  get moved(): ISignal<this, string> {
    return this._moved;
  }

  /** Emitted when the person clicks into the app, or tabs into it. */
  get entered(): ISignal<this, void> {
    return this._entered;
  }

  /** The page that the app is at, or was when it could last be seen. */
  get address(): IAddress {
    return { port: this.entry.port, path: this._path };
  }

  /** The public address of that page. */
  get link(): string {
    return appUrl(this._jupyter, this.address);
  }

  /** Load the page again. */
  reload(): void {
    const location = this._location();
    if (location === null) {
      this.url = this.link;
    } else {
      location.reload();
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._frame?.removeEventListener('load', this._onLoad);
      Signal.clearData(this);
    }
    super.dispose();
  }

  /**
   * A frame that is attached anew, such as one dragged to another place, loads
   * its `src` again: let that be the page that the app was at. It waits a turn,
   * since the launcher moves a new tab to its own place at once.
   */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._pendingLoad = setTimeout(() => {
      this.url = this.link;
    });
  }

  protected override onBeforeDetach(message: Message): void {
    clearTimeout(this._pendingLoad);
    super.onBeforeDetach(message);
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this._frame?.focus();
  }

  private readonly _onLoad = (): void => {
    if (this._location() === null) {
      return;
    }
    // Apps that change their address without a load tell it here: by the
    // Navigation API, and by older events where a browser lacks that.
    const page = this._frame?.contentWindow;
    page?.addEventListener('focus', this._onFocus);
    page?.addEventListener('hashchange', this._onMove);
    page?.addEventListener('popstate', this._onMove);
    const navigation: unknown =
      page && 'navigation' in page ? page.navigation : null;
    if (isEventTarget(navigation)) {
      navigation.addEventListener('currententrychange', this._onMove);
    }
    this._onMove();
  };

  private readonly _onFocus = (): void => {
    if (!this.isDisposed) {
      this._entered.emit();
    }
  };

  private readonly _onMove = (): void => {
    const href = this._location()?.href;
    const root = appUrl(this._jupyter, { port: this.entry.port, path: '/' });
    if (this.isDisposed || !href?.startsWith(root)) {
      return;
    }
    this._path = href.slice(root.length - 1);
    this._moved.emit(this._frame?.contentDocument?.title ?? '');
  };

  /** `null` while the frame shows a page of another origin. */
  private _location(): Location | null {
    try {
      const location = this._frame?.contentWindow?.location ?? null;
      return location?.origin === this._jupyter.origin ? location : null;
    } catch {
      return null;
    }
  }

  private readonly _jupyter: URL;
  private _path: string;
  private _pendingLoad: ReturnType<typeof setTimeout> | undefined;
  private readonly _frame: HTMLIFrameElement | null;
  private readonly _entered = new Signal<this, void>(this);
  private readonly _moved = new Signal<this, string>(this);
}

/** `instanceof` can't tell: what lies in a frame is of another realm. */
function isEventTarget(value: unknown): value is EventTarget {
  return (
    typeof value === 'object' && value !== null && 'addEventListener' in value
  );
}
