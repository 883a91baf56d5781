import type { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { launchIcon, linkIcon, refreshIcon } from '@jupyterlab/ui-components';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { appUrl } from './address';
import { PortholeError } from './errors';
import { openPortIcon, resolveIcon } from './icons';
import {
  ADDRESS_PROPERTIES,
  OPEN_ARGS_SCHEMA,
  readOpenArgs,
  readText
} from './open-args';
import type { AppOpener } from './opener';
import { askPort } from './port-dialog';
import { copyLink, openInBrowser } from './tab';

/** The commands of this extension. None of them takes a URL. */
export namespace CommandIDs {
  export const openPort = 'porthole:open-port';
  export const askPort = 'porthole:ask-port';
  export const copyLink = 'porthole:copy-link';
  export const reloadApp = 'porthole:reload-app';
  export const openInBrowser = 'porthole:open-in-browser';
}

const NO_ARGS: ReadonlyJSONObject = { type: 'object', properties: {} };

/** The commands that open an app. */
export function addOpenCommands(
  { commands }: JupyterFrontEnd,
  opener: AppOpener,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.openPort, {
    label: args =>
      readText(args['title']) || trans.__('Port %1', portText(args)),
    caption: args => trans.__('Open the web app on port %1', portText(args)),
    icon: args => resolveIcon(readText(args['icon'])),
    describedBy: { args: OPEN_ARGS_SCHEMA },
    execute: args =>
      orSayWhyNot(trans, () =>
        opener.open(readOpenArgs(args, opener.jupyter, trans))
      )
  });
  commands.addCommand(CommandIDs.askPort, {
    label: trans.__('Open a Port…'),
    caption: trans.__('Open a web app that listens on a port of this machine'),
    icon: openPortIcon,
    describedBy: { args: NO_ARGS },
    execute: async () => {
      const address = await askPort(opener.jupyter, trans);
      if (address === null) {
        return null;
      }
      const tab: unknown = await commands.execute(CommandIDs.openPort, {
        ...address
      });
      return tab;
    }
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
    args['port'] !== undefined || opener.current(shell) !== null;
  const describedBy = {
    args: { type: 'object', properties: ADDRESS_PROPERTIES }
  };
  const link = (args: ReadonlyPartialJSONObject): string => {
    const current = opener.current(shell);
    return args['port'] === undefined && current !== null
      ? current.content.link
      : appUrl(opener.jupyter, readOpenArgs(args, opener.jupyter, trans));
  };
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

/** The command for the current tab only. */
export function addTabCommand(
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
