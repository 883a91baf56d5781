import type { TranslationBundle } from '@jupyterlab/translation';

import { parsePort, parseProxiedPath, proxiedPath } from '../protocol/paths';
import { PortholeError } from './errors';

/** A page of an app on the Jupyter machine. */
export interface IAddress {
  /** 1–65535. */
  port: number;
  /** Path, query and fragment within the app; begins with one slash. */
  path: string;
}

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

/** The public address of an app's page: absolute, good for a link. */
export function appUrl(jupyter: URL, { port, path }: IAddress): string {
  return new URL(proxiedPath(jupyter.pathname, port, path), jupyter.origin)
    .href;
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
export function readPath(
  value: unknown,
  port: number,
  jupyter: URL,
  trans: TranslationBundle
): string {
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
  const root = appUrl(jupyter, { port, path: '/' });
  if (!appUrl(jupyter, { port, path: value }).startsWith(root)) {
    throw new PortholeError(trans.__('the path must not leave the app.'));
  }
  return value;
}

/**
 * Read what a person typed or pasted: a port, the address that an app printed
 * (`http://localhost:8501/x?y`), or the public address of an app here.
 *
 * @throws PortholeError if it names no port of the Jupyter machine.
 */
export function readAddress(
  text: string,
  jupyter: URL,
  trans: TranslationBundle
): IAddress {
  const typed = text.trim();
  if (/^[0-9]+$/.test(typed)) {
    return { port: readTypedPort(typed, trans), path: '/' };
  }
  const proxied = readProxied(typed, jupyter, trans);
  if (proxied !== null) {
    return proxied;
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
  return { port, path: readTypedPath(rest, port, jupyter, trans) };
}

function readProxied(
  typed: string,
  jupyter: URL,
  trans: TranslationBundle
): IAddress | null {
  const target = typed.startsWith(`${jupyter.origin}/`)
    ? typed.slice(jupyter.origin.length)
    : typed;
  const proxied = parseProxiedPath(jupyter.pathname, target);
  if (proxied === null) {
    return null;
  }
  if (proxied === 'malformed') {
    throw new PortholeError(
      trans.__('This address of Jupyter names no port from 1 to 65535.')
    );
  }
  if (proxied.absolute) {
    throw new PortholeError(
      trans.__('Addresses under proxy/absolute/ open in a browser tab only.')
    );
  }
  const { port, prefix } = proxied;
  const rest = target.slice(prefix.length);
  return { port, path: readTypedPath(rest, port, jupyter, trans) };
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

function readTypedPath(
  rest: string,
  port: number,
  jupyter: URL,
  trans: TranslationBundle
): string {
  return readPath(
    rest.startsWith('/') ? rest : `/${rest}`,
    port,
    jupyter,
    trans
  );
}
