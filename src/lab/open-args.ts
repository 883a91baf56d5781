import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import {
  readPath,
  readPort,
  type IAddress,
  type IAppAddress,
  type IPortAddress
} from './address';
import { PortholeError } from './errors';
import { readText } from './json';
import { isAppName } from './named-app';

/** Where an app opens: in a tab of JupyterLab, or of the browser. */
export type OpenIn = 'tab' | 'browser';

/** How a page of an app is opened. */
interface IOpenOptions {
  /** A title that stays; empty to take the app's or the page's own. */
  title: string;
  /** See `resolveIcon`; empty for the app's own. */
  icon: string;
  /** `null` for what the server says of a named app; for a port, a tab. */
  openIn: OpenIn | null;
  /**
   * The path to show first, where it is not the one that names the tab: a tab
   * comes back at the page on which it was left. Empty as the address's is.
   */
  resumeAt: string;
}

/** What `porthole:open-port` and `porthole:open-app` open. */
export type IOpenArgs = IAddress & IOpenOptions;

const PATH =
  'Path, query and fragment within the app, beginning with one slash';

const PORT_PROPERTY: ReadonlyJSONObject = {
  type: 'integer',
  minimum: 1,
  maximum: 65535,
  description: 'The port on the Jupyter machine'
};

const NAME_PROPERTY: ReadonlyJSONObject = {
  type: 'string',
  description: 'The name of one of the web apps that the server names'
};

const OPTIONS_PROPERTIES: ReadonlyJSONObject = {
  title: { type: 'string', description: 'The title of the tab' },
  icon: {
    type: 'string',
    description:
      'The name of an icon, the text of an SVG image, or the data URL of an image'
  },
  openIn: {
    oneOf: [{ const: 'tab' }, { const: 'browser' }],
    description:
      'Whether the app opens in a tab of JupyterLab or of the browser'
  },
  resumeAt: {
    type: 'string',
    description:
      'The path to show first, if it is not the one that names the tab'
  }
};

/** The schema of `porthole:open-port`'s arguments. */
export const PORT_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  required: ['port'],
  properties: {
    port: PORT_PROPERTY,
    path: { type: 'string', default: '/', description: PATH },
    ...OPTIONS_PROPERTIES
  }
};

/** The schema of `porthole:open-app`'s arguments. */
export const APP_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  required: ['name'],
  properties: {
    name: NAME_PROPERTY,
    path: {
      type: 'string',
      description: `${PATH}; without one, the page that the server names`
    },
    ...OPTIONS_PROPERTIES
  }
};

const PAGE_PROPERTIES: ReadonlyJSONObject = {
  port: PORT_PROPERTY,
  name: NAME_PROPERTY,
  path: { type: 'string', description: PATH }
};

/** The schema of arguments that name a page of an app of either kind. */
export const PAGE_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  properties: PAGE_PROPERTIES
};

/** The schema of `porthole:restore-tab`'s arguments. */
export const TAB_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  properties: { ...PAGE_PROPERTIES, ...OPTIONS_PROPERTIES }
};

/**
 * Read the arguments of `porthole:open-port`. Whatever shows a link can run
 * commands, so nothing in them is trusted.
 *
 * @throws PortholeError if they name no page of an app on this machine.
 */
export function readPortArgs(
  args: ReadonlyPartialJSONObject,
  trans: TranslationBundle
): IPortAddress & IOpenOptions {
  const port = readPort(args['port'], trans);
  const path = readPath(args['path'] ?? '/', trans);
  return { port, path, ...readOptions(args, path, trans) };
}

/**
 * Read the arguments of `porthole:open-app`, of which the same is true. Whether
 * the server has an app of this name is for the server to say.
 *
 * @throws PortholeError if they can't name a page of an app.
 */
export function readAppArgs(
  args: ReadonlyPartialJSONObject,
  trans: TranslationBundle
): IAppAddress & IOpenOptions {
  const { name } = args;
  if (!isAppName(name)) {
    throw new PortholeError(
      trans.__('the name must be that of a web app, such as rstudio.')
    );
  }
  const path = readOptionalPath(args['path'], '', trans);
  return { name, path, ...readOptions(args, path, trans) };
}

/** Read arguments of either kind. */
export function readPageArgs(
  args: ReadonlyPartialJSONObject,
  trans: TranslationBundle
): IOpenArgs {
  return args['name'] === undefined
    ? readPortArgs(args, trans)
    : readAppArgs(args, trans);
}

/** Whether arguments name an app, rather than leave it to the current tab. */
export function namesPage(args: ReadonlyPartialJSONObject): boolean {
  return args['port'] !== undefined || args['name'] !== undefined;
}

function readOptions(
  args: ReadonlyPartialJSONObject,
  path: string,
  trans: TranslationBundle
): IOpenOptions {
  const { openIn } = args;
  return {
    title: readText(args['title']),
    icon: readText(args['icon']),
    openIn: openIn === 'browser' || openIn === 'tab' ? openIn : null,
    resumeAt: readOptionalPath(args['resumeAt'], path, trans)
  };
}

function readOptionalPath(
  value: unknown,
  otherwise: string,
  trans: TranslationBundle
): string {
  return value === undefined || value === ''
    ? otherwise
    : readPath(value, trans);
}
