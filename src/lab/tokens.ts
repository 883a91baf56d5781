import type { IWidgetTracker, MainAreaWidget } from '@jupyterlab/apputils';
import { Token } from '@lumino/coreutils';

import type { AppFrame } from './frame';
import type { NamedApps } from './named-apps';

/** A tab of the main area which shows an app. */
export type AppTab = MainAreaWidget<AppFrame>;

/** The tabs that show apps. There are none where the host has no tabs. */
export type IAppTracker = IWidgetTracker<AppTab>;

/** The token of {@link IAppTracker}; with it come the `porthole:` commands. */
export const IAppTracker = new Token<IAppTracker>(
  'jupyter-porthole:IAppTracker',
  'The tabs that show web apps which run beside Jupyter.'
);

/** The apps that the server names. */
export type INamedApps = NamedApps;

/** The token of {@link INamedApps}. */
export const INamedApps = new Token<INamedApps>(
  'jupyter-porthole:INamedApps',
  'The web apps to which the server’s configuration gives names.'
);
