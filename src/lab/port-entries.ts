import type { TranslationBundle } from '@jupyterlab/translation';

import { readPath, readPort, type IPortAddress } from './address';
import { PortholeError } from './errors';
import { isRecord, readText } from './json';
import type { OpenIn } from './open-args';
import { readSection } from './tiles';

/** A port for which the person wants a tile. */
export interface IPortEntry extends IPortAddress {
  /** Empty to show the port instead. */
  title: string;
  /** See `resolveIcon`. */
  icon: string;
  /** The section of the launcher. */
  category: string;
  openIn: OpenIn;
}

/** What the setting `ports` says. */
export interface IPortsSetting {
  /** The entries that can be shown, in the person's order. */
  entries: IPortEntry[];
  /** A sentence for each of the others, which names it and its mistake. */
  problems: string[];
}

/** Read the setting `ports`, which people and other programs wrote. */
export function readPorts(
  value: unknown,
  trans: TranslationBundle
): IPortsSetting {
  if (!Array.isArray(value)) {
    const problem = trans.__('The setting “ports” is not a list.');
    return { entries: [], problems: [problem] };
  }
  const entries: IPortEntry[] = [];
  const problems: string[] = [];
  const items: unknown[] = value;
  items.forEach((item, index) => {
    try {
      const entry = readEntry(item, trans);
      refuseTwin(entry, entries, trans);
      entries.push(entry);
    } catch (error) {
      if (!(error instanceof PortholeError)) {
        throw error;
      }
      problems.push(
        trans.__(
          '%1 has no tile: %2',
          nameOf(item, index, trans),
          error.message
        )
      );
    }
  });
  return { entries, problems };
}

function readEntry(item: unknown, trans: TranslationBundle): IPortEntry {
  if (!isRecord(item)) {
    throw new PortholeError(
      trans.__('it must have fields such as “title” and “port”.')
    );
  }
  const port = readPort(item['port'], trans);
  return {
    port,
    path: readPath(item['path'] ?? '/', trans),
    title: readText(item['title']),
    icon: readText(item['icon']),
    category: readSection(item['category'], trans),
    openIn: readOpenIn(item['openIn'] ?? 'tab', trans)
  };
}

function readOpenIn(value: unknown, trans: TranslationBundle): OpenIn {
  if (value !== 'tab' && value !== 'browser') {
    throw new PortholeError(trans.__('“openIn” must be “tab” or “browser”.'));
  }
  return value;
}

/** Two tiles for one page would share one tab. */
function refuseTwin(
  { port, path }: IPortEntry,
  entries: IPortEntry[],
  trans: TranslationBundle
): void {
  if (entries.some(other => other.port === port && other.path === path)) {
    throw new PortholeError(
      trans.__('port %1 with the path %2 is listed before.', port, path)
    );
  }
}

function nameOf(
  item: unknown,
  index: number,
  trans: TranslationBundle
): string {
  const title = isRecord(item) ? readText(item['title']) : '';
  return title === ''
    ? trans.__('Web app no. %1', index + 1)
    : trans.__('Web app no. %1 (“%2”)', index + 1, title.slice(0, 30));
}
