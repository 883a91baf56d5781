import type { TranslationBundle } from '@jupyterlab/translation';

import { parsePort, proxiedPath, proxiedRoot } from '../protocol/paths';
import { PortholeError } from './errors';

/** A page of an app that listens on a port of the Jupyter machine. */
export interface IPortAddress {
  /** 1–65535. */
  port: number;
  /** Path, query and fragment within the app; begins with one slash. */
  path: string;
}

/** A page of an app that the server names. */
export interface IAppAddress {
  /** See `isAppName`. */
  name: string;
  /**
   * Path, query and fragment within the app, beginning with one slash; empty
   * for the page that the server names, which may lie elsewhere.
   */
  path: string;
}

/** A page of an app on the Jupyter machine, as commands name it. */
export type IAddress = IPortAddress | IAppAddress;

/** A page of an app, as the browser finds it. */
export interface IPage {
  /** Where the app lives: absolute, ends with a slash. */
  root: string;
  /** Path, query and fragment within the app; begins with one slash. */
  path: string;
}

/** What `readAddress` has to know of a named app. */
export interface IAppRoot {
  name: string;
  /** Where it lives: absolute, ends with a slash. */
  root: string;
}

/** Below the proxied root, what an app gets with the whole path lives here. */
const ABSOLUTE = 'absolute/';

/**
 * Names of the Jupyter machine in addresses that apps print when they start;
 * the wildcards of `listen` are among them.
 */
const LOCAL_ADDRESS =
  /^(http:\/\/)?(?:localhost|127(?:\.[0-9]{1,3}){3}|0\.0\.0\.0|\[::1?\])(?::([^/?#]*))?([/?#].*)?$/i;

/**
 * Where Jupyter is.
 *
 * @param baseUrl - `serverSettings.baseUrl`, absolute or a path.
 * @returns an absolute URL whose path ends with a slash.
 */
export function jupyterUrl(baseUrl: string): URL {
  const url = new URL(baseUrl, window.location.href);
  if (!url.pathname.endsWith('/')) {
    url.pathname += '/';
  }
  return url;
}

/** Where a page of an app on a port is found. */
export function portPage(jupyter: URL, { port, path }: IPortAddress): IPage {
  return { root: jupyter.origin + proxiedPath(jupyter.pathname, port), path };
}

/** The public address of an app's page: absolute, good for a link. */
export function pageUrl({ root, path }: IPage): string {
  return new URL(root.slice(0, -1) + path).href;
}

/**
 * Read the port that a setting or a command names.
 *
 * @param value - a number, or its digits as a text.
 * @throws PortholeError if it is not a port.
 */
export function readPort(value: unknown, trans: TranslationBundle): number {
  const text = typeof value === 'number' ? String(value) : value;
  const port = typeof text === 'string' ? parsePort(text) : null;
  if (port === null) {
    throw new PortholeError(
      trans.__('the port must be a whole number from 1 to 65535.')
    );
  }
  return port;
}

/**
 * Read the path that a setting or a command names.
 *
 * A path that a browser would resolve to anything outside the app (another
 * host, or Jupyter's own pages by dot segments) is refused.
 *
 * @throws PortholeError if it is not a path within the app.
 */
export function readPath(value: unknown, trans: TranslationBundle): string {
  if (typeof value !== 'string' || !/^\/(?![/\\])/.test(value)) {
    throw new PortholeError(
      trans.__('the path must begin with one slash, such as /docs.')
    );
  }
  // Browsers drop tabs and line breaks from URLs, which joins what they part.
  if (/\p{Cc}/u.test(value)) {
    throw new PortholeError(
      trans.__('the path must not contain control characters.')
    );
  }
  // The name of this root is too long to be in the path: what climbs out of it
  // can't come back, so the answer is the same for every root.
  const root = `http://localhost/${'a'.repeat(value.length)}/`;
  if (!pageUrl({ root, path: value }).startsWith(root)) {
    throw new PortholeError(trans.__('the path must not leave the app.'));
  }
  return value;
}

/**
 * Read what a person typed or pasted: a port, the address that an app printed
 * (`http://localhost:8501/x?y`), or the public address of an app here.
 *
 * @param apps - the apps that the server names, and where they live.
 * @throws PortholeError if it names no app of the Jupyter machine.
 */
export function readAddress(
  text: string,
  jupyter: URL,
  trans: TranslationBundle,
  apps: readonly IAppRoot[] = []
): IAddress {
  const typed = text.trim();
  if (/^[0-9]+$/.test(typed)) {
    return { port: readTypedPort(typed, trans), path: '/' };
  }
  const target = typed.startsWith(`${jupyter.origin}/`)
    ? typed.slice(jupyter.origin.length)
    : typed;
  const own =
    readProxied(target, jupyter, trans) ??
    readNamed(target, jupyter, trans, apps);
  if (own !== null) {
    return own;
  }
  const match = LOCAL_ADDRESS.exec(typed);
  const [, scheme, digits = scheme && '80', rest = ''] = match ?? [];
  if (digits === undefined) {
    throw new PortholeError(
      trans.__(
        'Type a port such as 8501, or paste an address such as http://localhost:8501/.'
      )
    );
  }
  const port = readTypedPort(digits, trans);
  return { port, path: readTypedPath(rest, trans) };
}

function readProxied(
  target: string,
  jupyter: URL,
  trans: TranslationBundle
): IPortAddress | null {
  const root = proxiedRoot(jupyter.pathname);
  if (!target.startsWith(root)) {
    return null;
  }
  const below = target.slice(root.length);
  const absolute = below.startsWith(ABSOLUTE);
  const [digits = ''] = below
    .slice(absolute ? ABSOLUTE.length : 0)
    .split(/[/?#]/, 1);
  const port = parsePort(digits);
  if (port === null) {
    throw new PortholeError(
      trans.__('This address of Jupyter names no port from 1 to 65535.')
    );
  }
  if (absolute) {
    throw new PortholeError(
      trans.__('Addresses under proxy/absolute/ open in a browser tab only.')
    );
  }
  return { port, path: readTypedPath(below.slice(digits.length), trans) };
}

/** Of two apps, one of which lives below the other, the lower one is meant. */
function readNamed(
  target: string,
  jupyter: URL,
  trans: TranslationBundle,
  apps: readonly IAppRoot[]
): IAppAddress | null {
  const url = jupyter.origin + target;
  const [app] = apps
    .filter(({ root }) => url.startsWith(root) || `${url}/` === root)
    .sort((one, other) => other.root.length - one.root.length);
  return app === undefined
    ? null
    : {
        name: app.name,
        path: readTypedPath(url.slice(app.root.length - 1), trans)
      };
}

function readTypedPort(text: string, trans: TranslationBundle): number {
  const port = parsePort(text);
  if (port === null) {
    throw new PortholeError(
      trans.__('A port is a whole number from 1 to 65535.')
    );
  }
  return port;
}

function readTypedPath(rest: string, trans: TranslationBundle): string {
  return readPath(rest.startsWith('/') ? rest : `/${rest}`, trans);
}
