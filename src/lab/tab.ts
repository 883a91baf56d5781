import {
  Clipboard,
  MainAreaWidget,
  Notification,
  ToolbarButton
} from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  copyIcon,
  launchIcon,
  refreshIcon,
  type LabIcon
} from '@jupyterlab/ui-components';

import { AppFrame } from './frame';
import { resolveIcon } from './icons';
import type { IOpenArgs } from './open-args';
import type { AppTab } from './tokens';

/** Counts the tabs, for ids that no other widget of the page has. */
let count = 0;

/**
 * Make the tab that shows an app; it loads when it is added to the shell.
 * Closing it leaves the app running.
 */
export function createAppTab(
  jupyter: URL,
  entry: IOpenArgs,
  trans: TranslationBundle
): AppTab {
  const content = new AppFrame(jupyter, entry);
  const tab = new MainAreaWidget({ content });
  tab.id = `jp-Porthole-tab-${count++}`;
  tab.addClass('jp-Porthole-tab');
  const { title } = content;
  title.label = entry.title || trans.__('Port %1', entry.port);
  title.icon = resolveIcon(entry.icon);
  title.closable = true;
  const describe = (): void => {
    title.caption = trans.__('%1\nPort %2', title.label, entry.port);
  };
  describe();
  content.moved.connect((_, pageTitle) => {
    title.label = entry.title || pageTitle || trans.__('Port %1', entry.port);
    describe();
  }, tab);
  fillToolbar(tab, trans);
  return tab;
}

/** Open an address in a tab of the browser, which gets no hold on this one. */
export function openInBrowser(link: string): void {
  window.open(link, '_blank', 'noopener');
}

/** Copy an address, and say so. */
export function copyLink(link: string, trans: TranslationBundle): void {
  Clipboard.copyToSystem(link);
  Notification.info(trans.__('The link is copied: %1', link), {
    autoClose: 3000
  });
}

function fillToolbar(tab: AppTab, trans: TranslationBundle): void {
  const { content, toolbar } = tab;
  const add = (
    name: string,
    icon: LabIcon,
    tooltip: string,
    onClick: () => void
  ): void => {
    toolbar.addItem(name, new ToolbarButton({ icon, tooltip, onClick }));
  };
  toolbar.node.setAttribute('aria-label', trans.__('Web app'));
  add('reload', refreshIcon, trans.__('Reload this app'), () => {
    content.reload();
  });
  add('open-in-browser', launchIcon, trans.__('Open in a browser tab'), () => {
    openInBrowser(content.link);
  });
  add('copy-link', copyIcon, trans.__('Copy the link to this page'), () => {
    copyLink(content.link, trans);
  });
}
