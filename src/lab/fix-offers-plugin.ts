import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { jupyterUrl, portPage } from './address';
import { FixOffers } from './fix-offers';
import { watchTab } from './stray-watch';
import { IAppTracker, INamedApps, type AppTab } from './tokens';

/** The offer to correct the links of an app, which only shows to be needed in its tab. */
export const fixOffersPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-porthole:fix-offers',
  description: 'Offers to correct the links of web apps that look elsewhere.',
  autoStart: true,
  requires: [IAppTracker, INamedApps],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: IAppTracker,
    apps: INamedApps,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_porthole');
    const { serverSettings } = app.serviceManager;
    const jupyter = jupyterUrl(serverSettings.baseUrl);
    const offers = new FixOffers(serverSettings, trans);
    const watch = (tab: AppTab): void => {
      const { entry } = tab.content;
      const findRoot = (): string | null =>
        'port' in entry
          ? portPage(jupyter, entry).root
          : (apps.get(entry.name)?.root ?? null);
      watchTab(tab, findRoot, jupyter, () => {
        offers.offer(tab);
      });
    };
    void app.restored.then(() => {
      tracker.forEach(watch);
      tracker.widgetAdded.connect((_, tab) => {
        watch(tab);
      });
    });
  }
};
