import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';

import { jupyterUrl } from './address';
import {
  addAppCommand,
  addPageCommands,
  addPortCommands,
  addTabCommands,
  CommandIDs
} from './commands';
import { KnownPorts } from './known-ports';
import { AppOpener } from './opener';
import { IAppTracker, INamedApps } from './tokens';

/** The commands that open apps, and the tabs that show them. */
export const commandsPlugin: JupyterFrontEndPlugin<IAppTracker> = {
  id: 'jupyter-porthole:commands',
  description: 'Opens the web apps that run beside Jupyter.',
  autoStart: true,
  provides: IAppTracker,
  requires: [INamedApps],
  optional: [ILabShell, ILayoutRestorer, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    apps: INamedApps,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): IAppTracker => {
    const trans = (translator ?? nullTranslator).load('jupyter_porthole');
    const { serverSettings } = app.serviceManager;
    const jupyter = jupyterUrl(serverSettings.baseUrl);
    const ports = new KnownPorts(serverSettings);
    const opener = new AppOpener(jupyter, apps, ports, shell, trans);
    addPortCommands(app, opener, trans);
    addAppCommand(app, opener, trans);
    addPageCommands(app, opener, trans);
    if (shell !== null) {
      addTabCommands(app, opener, trans);
      if (restorer !== null) {
        opener.restore(restorer, CommandIDs.restoreTab);
      }
    }
    fillPalette(app, palette, trans);
    return opener.tracker;
  }
};

function fillPalette(
  { commands }: JupyterFrontEnd,
  palette: ICommandPalette | null,
  trans: TranslationBundle
): void {
  const category = trans.__('Web Apps');
  for (const command of [
    CommandIDs.askPort,
    CommandIDs.reloadApp,
    CommandIDs.openInBrowser,
    CommandIDs.copyLink
  ]) {
    if (commands.hasCommand(command)) {
      palette?.addItem({ command, category });
    }
  }
}
