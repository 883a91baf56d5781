import { IFrame } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Signal, type ISignal } from '@lumino/signaling';

import { pageUrl, type IPage } from './address';
import type { IOpenArgs } from './open-args';
import { ALLOW, SANDBOX } from './permissions';
import type { Page } from './strays';

/** The statuses of pages that say why there is no app. */
const UNREACHED = [403, 502, 503, 504];

/** The frame in which an app runs. It knows the page that the app is at. */
export class AppFrame extends IFrame {
  /** @param entry - what was opened. It is empty until `showPage` is called. */
  constructor(readonly entry: IOpenArgs) {
    super({ referrerPolicy: 'same-origin' });
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

  /** The title of the page that the app is at; empty if it has none. */
  get pageTitle(): string {
    return this._pageTitle;
  }

  /** Whether the page is one that says why there is none, if browsers tell. */
  get isUnreached(): boolean {
    return UNREACHED.includes(statusOf(this._frame?.contentWindow));
  }

  /** The path that the app is at, or was when it could last be seen. */
  get path(): string {
    return this._path;
  }

  /** The window of the page that is shown; `null` while that is of another origin. */
  get page(): Page | null {
    return this._location() === null
      ? null
      : (this._frame?.contentDocument?.defaultView ?? null);
  }

  /** The public address of the page that the app is at; `null` until `showPage` is called. */
  get link(): string | null {
    return this._root === null
      ? null
      : pageUrl({ root: this._root, path: this._path });
  }

  /** Show the app that was opened, now that it is known where it lives. */
  showPage({ root, path }: IPage): void {
    this._root = root;
    this._path = path;
    if (this.isAttached) {
      this._loadSoon();
    }
  }

  /** Show why there is no app to show. */
  showProblem(problem: string): void {
    this._frame?.setAttribute('hidden', '');
    const text = document.createElement('p');
    text.className = 'jp-Porthole-problem';
    text.setAttribute('role', 'alert');
    text.textContent = problem;
    this.node.append(text);
  }

  /** Load the page again. */
  reload(): void {
    const location = this._location();
    if (location !== null) {
      location.reload();
    } else if (this.link !== null) {
      this.url = this.link;
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
    this._loadSoon();
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
    const root = this._root;
    if (this.isDisposed || root === null || !href?.startsWith(root)) {
      return;
    }
    this._path = href.slice(root.length - 1);
    this._pageTitle = this._frame?.contentDocument?.title ?? '';
    this._moved.emit(this._pageTitle);
  };

  private _loadSoon(): void {
    clearTimeout(this._pendingLoad);
    this._pendingLoad = setTimeout(() => {
      if (this.link !== null) {
        this.url = this.link;
      }
    });
  }

  /** `null` while the frame shows a page of another origin. */
  private _location(): Location | null {
    try {
      const location = this._frame?.contentWindow?.location ?? null;
      const isOurs = this._root?.startsWith(`${location?.origin ?? ''}/`);
      return isOurs === true ? location : null;
    } catch {
      return null;
    }
  }

  private _root: string | null = null;
  private _path: string;
  private _pageTitle = '';
  private _pendingLoad: ReturnType<typeof setTimeout> | undefined;
  private readonly _frame: HTMLIFrameElement | null;
  private readonly _entered = new Signal<this, void>(this);
  private readonly _moved = new Signal<this, string>(this);
}

/** The status that a page came with; 0 where the browser doesn't tell. */
function statusOf(page: Window | null | undefined): number {
  const performance: object = page?.performance ?? {};
  if (!('getEntriesByType' in performance)) {
    return 0;
  }
  const [entry] = page?.performance.getEntriesByType('navigation') ?? [];
  return entry !== undefined &&
    'responseStatus' in entry &&
    typeof entry.responseStatus === 'number'
    ? entry.responseStatus
    : 0;
}

/** `instanceof` can't tell: what lies in a frame is of another realm. */
function isEventTarget(value: unknown): value is EventTarget {
  return (
    typeof value === 'object' && value !== null && 'addEventListener' in value
  );
}
