import type { ILauncher } from '@jupyterlab/launcher';

import { CommandIDs } from './commands';
import { resolveIconUrl } from './icons';
import type { IPortEntry } from './port-entries';

/** The tiles of the ports in the settings, in their order. */
export function portTiles(entries: IPortEntry[]): ILauncher.IItemOptions[] {
  return entries.map(({ category, ...args }, rank) => ({
    command: CommandIDs.openPort,
    args,
    category,
    kernelIconUrl: resolveIconUrl(args.icon),
    rank
  }));
}
