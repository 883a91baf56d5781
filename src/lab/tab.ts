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
import type { KnownPorts } from './known-ports';
import type { NamedApps } from './named-apps';
import type { IOpenArgs } from './open-args';
import type { AppTab } from './tokens';

/** Counts the tabs, for ids that no other widget of the page has. */
let count = 0;

/**
 * Make the tab that shows an app; it loads when it is added to the shell.
 * Closing it leaves the app running.
 *
 * @param reveal - until when the tab shows that it waits.
 */
export function createAppTab(
  entry: IOpenArgs,
  apps: NamedApps,
  ports: KnownPorts,
  trans: TranslationBundle,
  reveal?: Promise<void>
): AppTab {
  const content = new AppFrame(entry);
  const tab = new MainAreaWidget({
    content,
    ...(reveal === undefined ? {} : { reveal })
  });
  tab.id = `jp-Porthole-tab-${count++}`;
  tab.addClass('jp-Porthole-tab');
  content.title.closable = true;
  const describe = (): void => {
    describePage(content, apps, ports, trans);
  };
  describe();
  content.moved.connect(describe, tab);
  apps.changed.connect(describe, tab);
  ports.changed.connect(describe, tab);
  content.moved.connect(() => {
    const isComplete = entry.title !== '' && entry.icon !== '';
    if ('port' in entry && !isComplete && !content.isUnreached) {
      ports.look(entry.port);
    }
  }, tab);
  fillToolbar(tab, trans);
  return tab;
}

/** Title, caption and icon: as asked for, else the app's, else the page's. */
function describePage(
  { entry, pageTitle, title }: AppFrame,
  apps: NamedApps,
  ports: KnownPorts,
  trans: TranslationBundle
): void {
  if ('port' in entry) {
    const known = ports.get(entry.port);
    title.label =
      entry.title ||
      fullerTitle(pageTitle, known?.title ?? '') ||
      trans.__('Port %1', entry.port);
    title.caption = trans.__('%1\nPort %2', title.label, entry.port);
    title.icon = resolveIcon(entry.icon || (known?.icon ?? ''));
    return;
  }
  const { name } = entry;
  title.label = entry.title || apps.get(name)?.title || name;
  title.caption = trans.__('%1\nWeb app “%2”', title.label, name);
  title.icon = resolveIcon(entry.icon || apps.icon(name) || '');
}

/** The page's title, unless it is no more than the beginning of the app's. */
function fullerTitle(page: string, app: string): string {
  return app.toLowerCase().startsWith(page.toLowerCase()) ? app : page;
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
    if (content.link !== null) {
      openInBrowser(content.link);
    }
  });
  add('copy-link', copyIcon, trans.__('Copy the link to this page'), () => {
    if (content.link !== null) {
      copyLink(content.link, trans);
    }
  });
}
