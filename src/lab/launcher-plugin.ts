import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from './commands';
import { readPorts } from './port-entries';
import { portTiles } from './port-tiles';
import { watchPorts } from './settings';
import { SettingsNotice } from './settings-notice';
import { Tiles } from './tiles';
import { IAppTracker } from './tokens';

/** Owns the schema file of the same name. */
const PLUGIN_ID = 'jupyter-porthole:launcher';

/** The tiles of the ports in the settings, and “Open a Port…”. */
export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Adds a launcher tile for each port that the settings name.',
  autoStart: true,
  requires: [IAppTracker],
  optional: [ILauncher, ICommandPalette, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    _tracker: IAppTracker,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_porthole');
    launcher?.add({
      command: CommandIDs.askPort,
      category: trans.__('Web Apps')
    });
    if (registry === null) {
      return;
    }
    const tiles = new Tiles(launcher, palette, trans);
    const notice = new SettingsNotice(app.commands, trans);
    const show = (ports: unknown): void => {
      const { entries, problems } = readPorts(ports, trans);
      tiles.show(portTiles(entries));
      notice.show(problems);
    };
    // Not awaited: the start of Jupyter doesn't wait for the settings.
    watchPorts(registry, PLUGIN_ID, show).catch((reason: unknown) => {
      console.error('The settings of jupyter-porthole did not load.', reason);
      notice.show([
        trans.__('The settings for web apps can’t be loaded, so none is shown.')
      ]);
    });
  }
};
