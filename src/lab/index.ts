/**
 * The part of jupyter-porthole that runs in JupyterLab and Notebook 7.
 *
 * @packageDocumentation
 */
import { commandsPlugin } from './commands-plugin';
import { launcherPlugin } from './launcher-plugin';

export { IAppTracker, type AppTab } from './tokens';

export default [commandsPlugin, launcherPlugin];
