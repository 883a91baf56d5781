import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { appTiles } from './app-tiles';
import { Tiles } from './tiles';
import { IAppTracker, INamedApps } from './tokens';

/** The tiles of the apps that the server names. */
export const appTilesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-porthole:app-tiles',
  description: 'Adds a launcher tile for each web app that the server names.',
  autoStart: true,
  requires: [IAppTracker, INamedApps],
  optional: [ILauncher, ICommandPalette, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    _tracker: IAppTracker,
    apps: INamedApps,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_porthole');
    const tiles = new Tiles(launcher, palette, trans);
    apps.changed.connect(() => {
      tiles.show(appTiles(apps, trans));
    });
  }
};
