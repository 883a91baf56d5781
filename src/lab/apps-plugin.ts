import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { ServerConnection } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { loadIcon } from './app-icon';
import { NamedApps } from './named-apps';
import { fetchApps } from './request';
import { INamedApps } from './tokens';

/** The apps that the server names. */
export const appsPlugin: JupyterFrontEndPlugin<INamedApps> = {
  id: 'jupyter-porthole:apps',
  description: 'Knows the web apps that the server’s configuration names.',
  autoStart: true,
  provides: INamedApps,
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null
  ): INamedApps => {
    const trans = (translator ?? nullTranslator).load('jupyter_porthole');
    const apps = new NamedApps(trans);
    // Not awaited: the start of Jupyter doesn't wait for the server's answer.
    void app.restored.then(() => load(apps, app.serviceManager.serverSettings));
    return apps;
  }
};

async function load(
  apps: NamedApps,
  settings: ServerConnection.ISettings
): Promise<void> {
  try {
    apps.tell(await fetchApps(settings));
  } catch (reason) {
    console.error('The web apps of the server can’t be looked up.', reason);
    apps.fail();
  }
  for (const { name, iconUrl } of apps.list) {
    if (iconUrl !== null) {
      void loadIcon(iconUrl, settings).then(icon => {
        apps.tellIcon(name, icon);
      });
    }
  }
}
