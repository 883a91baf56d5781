import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { readPath, readPort, type IAddress } from './address';

/** Where an app opens: in a tab of JupyterLab, or of the browser. */
export type OpenIn = 'tab' | 'browser';

/** What `porthole:open-port` opens. */
export interface IOpenArgs extends IAddress {
  /** A title that stays; empty to take the page's own. */
  title: string;
  /** See `resolveIcon`; empty for the icon of any app. */
  icon: string;
  openIn: OpenIn;
  /**
   * The path to show first, where it is not the one that names the tab: a tab
   * comes back at the page on which it was left.
   */
  resumeAt: string;
}

/** The schema of the arguments that name a page of an app. */
export const ADDRESS_PROPERTIES: ReadonlyJSONObject = {
  port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    description: 'The port on the Jupyter machine'
  },
  path: {
    type: 'string',
    default: '/',
    description:
      'Path, query and fragment within the app, beginning with one slash'
  }
};

/** The schema of `porthole:open-port`'s arguments. */
export const OPEN_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  required: ['port'],
  properties: {
    ...ADDRESS_PROPERTIES,
    title: { type: 'string', description: 'The title of the tab' },
    icon: {
      type: 'string',
      description: 'The name of an icon, or the text of an SVG image'
    },
    openIn: {
      oneOf: [{ const: 'tab' }, { const: 'browser' }],
      default: 'tab',
      description:
        'Whether the app opens in a tab of JupyterLab or of the browser'
    },
    resumeAt: {
      type: 'string',
      description:
        'The path to show first, if it is not the one that names the tab'
    }
  }
};

/**
 * Read the arguments of `porthole:open-port`. Whatever shows a link can run
 * commands, so nothing in them is trusted.
 *
 * @throws PortholeError if they name no page of an app on this machine.
 */
export function readOpenArgs(
  args: ReadonlyPartialJSONObject,
  jupyter: URL,
  trans: TranslationBundle
): IOpenArgs {
  const port = readPort(args['port'], trans);
  const path = readPath(args['path'] ?? '/', port, jupyter, trans);
  return {
    port,
    path,
    title: readText(args['title']),
    icon: readText(args['icon']),
    openIn: args['openIn'] === 'browser' ? 'browser' : 'tab',
    resumeAt: readPath(args['resumeAt'] ?? path, port, jupyter, trans)
  };
}

/** A text, or the empty one for anything else. */
export function readText(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
