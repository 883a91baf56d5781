import type {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { pageUrl, portPage, type IAddress, type IPage } from './address';
import { PortholeError } from './errors';
import type { KnownPorts } from './known-ports';
import type { NamedApps } from './named-apps';
import type { IOpenArgs, OpenIn } from './open-args';
import { createAppTab, openInBrowser } from './tab';
import type { AppTab } from './tokens';

/** Opens apps, and knows the tabs in which they are open. */
export class AppOpener {
  /**
   * @param jupyter - where Jupyter is, see `jupyterUrl`.
   * @param apps - the apps that have names.
   * @param ports - what is known of the others.
   * @param shell - `null` where the host has no tabs, as in Notebook 7.
   */
  constructor(
    readonly jupyter: URL,
    readonly apps: NamedApps,
    private readonly _ports: KnownPorts,
    private readonly _shell: ILabShell | null,
    private readonly _trans: TranslationBundle
  ) {}

  readonly tracker = new WidgetTracker<AppTab>({ namespace: 'porthole' });

  /** The tab that the person is in, if it shows an app. */
  current(shell: JupyterFrontEnd.IShell): AppTab | null {
    const tab = this.tracker.currentWidget;
    return tab !== null && tab === shell.currentWidget ? tab : null;
  }

  /**
   * The public address of a page of an app.
   *
   * @throws PortholeError if the server has no such app, or has not told yet.
   */
  link(entry: IOpenArgs): string {
    return pageUrl(this._known(this._find(entry)));
  }

  /**
   * Open an app, or activate the tab that it was opened in before.
   *
   * @returns the new tab. An old one is not returned: the launcher moves what it
   * gets into its own place, and a moved frame loads its page again.
   * @throws PortholeError as `link` does.
   */
  open(entry: IOpenArgs): AppTab | null {
    const page = this._known(this._find(entry));
    if (this._shell === null || this._openIn(entry) === 'browser') {
      openInBrowser(pageUrl(page));
      return null;
    }
    const name = tabName(this._canonical(entry));
    const old = this.tracker.find(tab => tabName(tab.content.entry) === name);
    if (old !== undefined) {
      this._shell.activateById(old.id);
      return null;
    }
    const tab = this._create(this._canonical(entry));
    tab.content.showPage(page);
    this._add(tab, this._shell);
    return tab;
  }

  /**
   * Bring the tabs back after a reload of the page, each at the page of the app
   * on which it was left.
   *
   * @param command - the command that calls `reopen`.
   */
  restore(restorer: ILayoutRestorer, command: string): void {
    void restorer.restore(this.tracker, {
      command,
      args: tab => savedArgs(tab),
      name: tab => tabName(tab.content.entry)
    });
  }

  /**
   * Bring a tab back. That of a named app stays empty until the server has said
   * that it has such an app, and where: which nobody asks it before all tabs are
   * back, so this doesn't wait.
   *
   * @throws PortholeError if the server is known to have no such app.
   */
  reopen(entry: IOpenArgs): AppTab | null {
    if (this._shell === null || this._find(entry) !== null) {
      return this.open({ ...entry, openIn: 'tab' });
    }
    const { told } = this.apps;
    const tab = this._create(entry, told);
    void told.then(() => {
      if (!tab.isDisposed) {
        this._fill(tab);
      }
    });
    this._add(tab, this._shell);
    return tab;
  }

  private _create(entry: IOpenArgs, reveal?: Promise<void>): AppTab {
    return createAppTab(entry, this.apps, this._ports, this._trans, reveal);
  }

  private _add(tab: AppTab, shell: ILabShell): void {
    tab.content.moved.connect(() => {
      void this.tracker.save(tab);
    }, tab);
    // The shell sees no focus move within a frame.
    tab.content.entered.connect(() => {
      shell.activateById(tab.id);
    }, tab);
    shell.add(tab, 'main', { type: 'Web App' });
    void this.tracker.add(tab);
  }

  private _fill({ content }: AppTab): void {
    try {
      content.showPage(this._known(this._find(content.entry)));
    } catch (error) {
      if (!(error instanceof PortholeError)) {
        throw error;
      }
      content.showProblem(
        this._trans.__('This web app can’t be opened: %1', error.message)
      );
    }
  }

  /**
   * The page to show first. Where an app is at home at the root of Jupyter it is
   * no other: a path could lead to all that Jupyter has.
   *
   * @returns `null` as long as the server has not told its apps.
   */
  private _find(entry: IOpenArgs): IPage | null {
    const page = this._named(entry);
    return page === null ||
      page.root === this.jupyter.href ||
      entry.resumeAt === ''
      ? page
      : { root: page.root, path: entry.resumeAt };
  }

  /** The page that names the tab. */
  private _named(address: IAddress): IPage | null {
    if ('port' in address) {
      return portPage(this.jupyter, address);
    }
    const app = this.apps.find(address.name);
    return app === null || address.path === ''
      ? (app?.home ?? null)
      : { root: app.root, path: address.path };
  }

  private _known(page: IPage | null): IPage {
    if (page === null) {
      throw new PortholeError(
        this._trans.__('the server has not told its web apps yet.')
      );
    }
    return page;
  }

  private _openIn(entry: IOpenArgs): OpenIn {
    const own =
      'port' in entry ? 'tab' : (this.apps.get(entry.name)?.openIn ?? 'tab');
    return entry.openIn ?? own;
  }

  /** The page of an app's tile has one name, so that it has one tab. */
  private _canonical(entry: IOpenArgs): IOpenArgs {
    const app = 'port' in entry ? undefined : this.apps.get(entry.name);
    return app?.home.path === entry.path && app.home.root === app.root
      ? { ...entry, path: '' }
      : entry;
  }
}

/** What makes two tabs the same. */
function tabName(address: IAddress): string {
  return 'port' in address
    ? `${address.port}${address.path}`
    : `app:${encodeURIComponent(address.name)}${address.path}`;
}

/** A tab comes back as a tab, wherever the app opens by then. */
function savedArgs({ content }: AppTab): ReadonlyPartialJSONObject {
  return { ...content.entry, openIn: 'tab', resumeAt: content.path };
}
