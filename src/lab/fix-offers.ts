import { Notification } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAddress } from './address';
import { askForFix, type AppOfFix } from './request';
import type { AppTab } from './tokens';

/**
 * Offers to correct the links of apps whose requests go past them, in words for people
 * who know nothing of prefixes.
 */
export class FixOffers {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _trans: TranslationBundle
  ) {}

  /** Offer it for the app in a tab, unless that was done before. */
  offer(tab: AppTab): void {
    const app = appOf(tab.content.entry);
    const key = JSON.stringify(app);
    const open = this._open.get(key);
    if (
      this._settled.has(key) ||
      (open !== undefined && Notification.manager.has(open))
    ) {
      return;
    }
    const title = tab.title.label;
    const settle = (): void => {
      this._settled.add(key);
      Notification.dismiss(id);
    };
    // JupyterLab shows no more than 140 characters.
    const message = this._trans.__(
      '“%1” looks for parts of itself in the wrong place, so it may not work.',
      title
    );
    const id = Notification.info(message, {
      autoClose: false,
      actions: [
        {
          label: this._trans.__('Correct Its Links'),
          caption: this._trans.__('Load it again with its links corrected'),
          callback: () => {
            settle();
            void this._take(tab, title, app);
          }
        },
        {
          label: this._trans.__('Don’t Ask Again'),
          callback: settle
        }
      ]
    });
    this._open.set(key, id);
    tab.disposed.connect(() => {
      Notification.dismiss(id);
    });
  }

  private async _take(
    tab: AppTab,
    title: string,
    app: AppOfFix
  ): Promise<void> {
    try {
      await askForFix(app, this._settings);
    } catch (reason) {
      this._settled.delete(JSON.stringify(app));
      const message = reason instanceof Error ? reason.message : String(reason);
      Notification.error(
        this._trans.__(
          'The links of “%1” can’t be corrected: %2',
          title,
          message
        ),
        { autoClose: false }
      );
      return;
    }
    if (!tab.isDisposed) {
      tab.content.reload();
    }
  }

  /** The notifications in which it was offered, by the apps as JSON. */
  private readonly _open = new Map<string, string>();
  /**
   * Apps of which nobody is to be asked again. Those whose links are corrected are among
   * them: for what still goes past them there is no help.
   */
  private readonly _settled = new Set<string>();
}

function appOf(address: IAddress): AppOfFix {
  return 'port' in address ? { port: address.port } : { app: address.name };
}
