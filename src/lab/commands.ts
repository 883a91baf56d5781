import type { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { launchIcon, linkIcon, refreshIcon } from '@jupyterlab/ui-components';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { PortholeError } from './errors';
import { openPortIcon, resolveIcon } from './icons';
import { readText } from './json';
import {
  APP_ARGS_SCHEMA,
  namesPage,
  PAGE_ARGS_SCHEMA,
  PORT_ARGS_SCHEMA,
  readAppArgs,
  readPageArgs,
  readPortArgs,
  TAB_ARGS_SCHEMA
} from './open-args';
import type { AppOpener } from './opener';
import { askPort } from './port-dialog';
import { copyLink, openInBrowser } from './tab';
import type { AppTab } from './tokens';

/** The commands of this extension. None of them takes a URL. */
export namespace CommandIDs {
  export const openPort = 'porthole:open-port';
  export const openApp = 'porthole:open-app';
  export const askPort = 'porthole:ask-port';
  export const copyLink = 'porthole:copy-link';
  export const reloadApp = 'porthole:reload-app';
  export const openInBrowser = 'porthole:open-in-browser';
  export const restoreTab = 'porthole:restore-tab';
}

const NO_ARGS: ReadonlyJSONObject = { type: 'object', properties: {} };

/** The commands that open a port. */
export function addPortCommands(
  { commands }: JupyterFrontEnd,
  opener: AppOpener,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.openPort, {
    label: args =>
      readText(args['title']) || trans.__('Port %1', portText(args)),
    caption: args => trans.__('Open the web app on port %1', portText(args)),
    icon: args => resolveIcon(readText(args['icon'])),
    describedBy: { args: PORT_ARGS_SCHEMA },
    execute: args =>
      orSayWhyNot(trans, () => opener.open(readPortArgs(args, trans)))
  });
  commands.addCommand(CommandIDs.askPort, {
    label: trans.__('Open a Port…'),
    caption: trans.__('Open a web app that listens on a port of this machine'),
    icon: openPortIcon,
    describedBy: { args: NO_ARGS },
    execute: async () => {
      const address = await askPort(opener.jupyter, opener.apps, trans);
      if (address === null) {
        return null;
      }
      const open = 'port' in address ? CommandIDs.openPort : CommandIDs.openApp;
      const tab: unknown = await commands.execute(open, { ...address });
      return tab;
    }
  });
}

/** The command that opens an app which the server names. */
export function addAppCommand(
  { commands }: JupyterFrontEnd,
  opener: AppOpener,
  trans: TranslationBundle
): void {
  const { apps } = opener;
  const label = (args: ReadonlyPartialJSONObject): string => {
    const name = readText(args['name']);
    const title = readText(args['title']) || apps.get(name)?.title;
    return title || name || trans.__('Web App');
  };
  commands.addCommand(CommandIDs.openApp, {
    label,
    caption: args => trans.__('Open the web app %1', label(args)),
    icon: args =>
      resolveIcon(
        readText(args['icon']) || apps.icon(readText(args['name'])) || ''
      ),
    describedBy: { args: APP_ARGS_SCHEMA },
    execute: args => {
      const open = (): AppTab | null =>
        orSayWhyNot(trans, () => opener.open(readAppArgs(args, trans)));
      if (apps.isTold) {
        return open();
      }
      // Nobody is made to wait, lest the start of Jupyter wait for itself.
      void apps.told.then(open);
      return null;
    }
  });
  apps.changed.connect(() => {
    commands.notifyCommandChanged(CommandIDs.openApp);
  });
}

/** The port in a label; menus ask for labels without arguments, too. */
function portText({ port }: ReadonlyPartialJSONObject): string {
  return typeof port === 'number' || typeof port === 'string'
    ? String(port)
    : '…';
}

/** The commands for a page that the arguments name, or else the current one. */
export function addPageCommands(
  { commands, shell }: JupyterFrontEnd,
  opener: AppOpener,
  trans: TranslationBundle
): void {
  const isEnabled = (args: ReadonlyPartialJSONObject): boolean =>
    namesPage(args) || typeof opener.current(shell)?.content.link === 'string';
  const describedBy = { args: PAGE_ARGS_SCHEMA };
  const link = (args: ReadonlyPartialJSONObject): string =>
    (namesPage(args) ? null : opener.current(shell)?.content.link) ??
    opener.link(readPageArgs(args, trans));
  commands.addCommand(CommandIDs.copyLink, {
    label: trans.__('Copy Link to Web App'),
    caption: trans.__('Copy the public address of the page of this web app'),
    icon: linkIcon,
    isEnabled,
    describedBy,
    execute: args => {
      orSayWhyNot(trans, () => {
        copyLink(link(args), trans);
      });
    }
  });
  commands.addCommand(CommandIDs.openInBrowser, {
    label: trans.__('Open Web App in Browser Tab'),
    caption: trans.__('Open the page of this web app in a tab of the browser'),
    icon: launchIcon,
    isEnabled,
    describedBy,
    execute: args => {
      orSayWhyNot(trans, () => {
        openInBrowser(link(args));
      });
    }
  });
}

/** The commands for tabs only: the current one, and one that was open before. */
export function addTabCommands(
  { commands, shell }: JupyterFrontEnd,
  opener: AppOpener,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.reloadApp, {
    label: trans.__('Reload Web App'),
    caption: trans.__('Load the page of this web app again'),
    icon: refreshIcon,
    isEnabled: () => opener.current(shell) !== null,
    describedBy: { args: NO_ARGS },
    execute: () => {
      opener.current(shell)?.content.reload();
    }
  });
  // What it refuses is forgotten: `WidgetTracker` sees to that.
  commands.addCommand(CommandIDs.restoreTab, {
    label: trans.__('Restore the Tab of a Web App'),
    caption: trans.__('Bring back the tab of a web app as it was left'),
    describedBy: { args: TAB_ARGS_SCHEMA },
    execute: args => opener.reopen(readPageArgs(args, trans))
  });
}

/** The one place where a refusal turns into words on the screen. */
function orSayWhyNot<T>(trans: TranslationBundle, act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof PortholeError)) {
      throw error;
    }
    void showErrorMessage(
      trans.__('This web app can’t be opened'),
      trans.__('Reason: %1', error.message)
    );
    return null;
  }
}
