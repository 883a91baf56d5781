/**
 * The part of jupyter-porthole that runs in JupyterLab and Notebook 7.
 *
 * @packageDocumentation
 */
import { appTilesPlugin } from './app-tiles-plugin';
import { appsPlugin } from './apps-plugin';
import { commandsPlugin } from './commands-plugin';
import { fixOffersPlugin } from './fix-offers-plugin';
import { launcherPlugin } from './launcher-plugin';
import { newMenuPlugin } from './new-menu-plugin';

export { IAppTracker, type AppTab } from './tokens';

export default [
  appsPlugin,
  commandsPlugin,
  appTilesPlugin,
  launcherPlugin,
  newMenuPlugin,
  fixOffersPlugin
];
