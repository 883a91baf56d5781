import type {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { appUrl } from './address';
import type { IOpenArgs } from './open-args';
import { createAppTab, openInBrowser } from './tab';
import type { AppTab } from './tokens';

/** Opens apps, and knows the tabs in which they are open. */
export class AppOpener {
  /**
   * @param jupyter - where Jupyter is, see `jupyterUrl`.
   * @param shell - `null` where the host has no tabs, as in Notebook 7.
   */
  constructor(
    readonly jupyter: URL,
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
   * Open an app, or activate the tab that it was opened in before.
   *
   * @returns the new tab. An old one is not returned: the launcher moves what it
   * gets into its own place, and a moved frame loads its page again.
   */
  open(entry: IOpenArgs): AppTab | null {
    if (this._shell === null || entry.openIn === 'browser') {
      openInBrowser(
        appUrl(this.jupyter, { port: entry.port, path: entry.resumeAt })
      );
      return null;
    }
    const name = tabName(entry);
    const old = this.tracker.find(tab => tabName(tab.content.entry) === name);
    if (old !== undefined) {
      this._shell.activateById(old.id);
      return null;
    }
    const tab = createAppTab(this.jupyter, entry, this._trans);
    tab.content.moved.connect(() => {
      void this.tracker.save(tab);
    }, tab);
    // The shell sees no focus move within a frame.
    tab.content.entered.connect(() => {
      this._shell?.activateById(tab.id);
    }, tab);
    this._shell.add(tab, 'main', { type: 'Web App' });
    void this.tracker.add(tab);
    return tab;
  }

  /**
   * Bring the tabs back after a reload of the page, each at the page of the app
   * on which it was left.
   *
   * @param command - the command that opens an app.
   */
  restore(restorer: ILayoutRestorer, command: string): void {
    void restorer.restore(this.tracker, {
      command,
      args: tab => savedArgs(tab),
      name: tab => tabName(tab.content.entry)
    });
  }
}

/** What makes two tabs the same. */
function tabName({ port, path }: IOpenArgs): string {
  return `${port}${path}`;
}

function savedArgs({ content }: AppTab): ReadonlyPartialJSONObject {
  return { ...content.entry, resumeAt: content.address.path };
}
