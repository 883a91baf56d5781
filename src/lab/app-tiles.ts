import type { ILauncher } from '@jupyterlab/launcher';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from './commands';
import { resolveIconUrl } from './icons';
import type { NamedApps } from './named-apps';
import { readSection } from './tiles';

/**
 * After the ports of the settings and the default kernel, before “Open a Port…”
 * and all that has no rank.
 */
const RANK = 1000;

/**
 * The tiles of the named apps. An app whose icon is still on its way has none
 * yet: a tile whose icon changes under the pointer is worse than a late one.
 */
export function appTiles(
  apps: NamedApps,
  trans: TranslationBundle
): ILauncher.IItemOptions[] {
  return apps.list.flatMap(({ name, title, category, enabled }) => {
    const icon = apps.icon(name);
    return enabled && icon !== null
      ? {
          command: CommandIDs.openApp,
          args: { name, title },
          category: readSection(category, trans),
          kernelIconUrl: resolveIconUrl(icon),
          rank: RANK
        }
      : [];
  });
}
