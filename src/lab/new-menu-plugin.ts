import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';

import { appItems, NewMenu } from './new-menu';
import { IAppTracker, INamedApps } from './tokens';

/** The apps that the server names, where Notebook 7 has no launcher. */
export const newMenuPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-porthole:new-menu',
  description:
    'Adds the web apps that the server names to the “New” menu of Notebook 7.',
  autoStart: true,
  requires: [IAppTracker, INamedApps],
  optional: [IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    _tracker: IAppTracker,
    apps: INamedApps,
    browser: IDefaultFileBrowser | null
  ): void => {
    if (browser === null) {
      return;
    }
    void app.restored.then(() => {
      const menu = new NewMenu(browser.toolbar, () => appItems(apps));
      apps.changed.connect(() => {
        menu.update();
      }, menu);
      browser.disposed.connect(() => {
        menu.dispose();
      });
    });
  }
};
