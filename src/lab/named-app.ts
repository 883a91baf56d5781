import type { IPage } from './address';
import { isRecord, readText } from './json';
import type { OpenIn } from './open-args';

/** An app to which the server's configuration, or a package, gives a name. */
export interface INamedApp {
  /** See {@link isAppName}. */
  name: string;
  title: string;
  /** The section of the launcher; empty for that of this extension. */
  category: string;
  /** Where its icon is: absolute; `null` if it has none. */
  iconUrl: string | null;
  /** Whether it has a tile. */
  enabled: boolean;
  openIn: OpenIn;
  /** Where it lives: absolute, ends with a slash. */
  root: string;
  /** Where its tile leads: often its root, maybe a page elsewhere in Jupyter. */
  home: IPage;
}

/**
 * Whether a value can be the name of an app: one or more segments of a path,
 * taken literally, none of which a browser would read as anything else.
 */
export function isAppName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    !/[\\?#\p{Cc}\p{Cs}]/u.test(value) &&
    value.split('/').every(segment => !/^\.{0,2}$/.test(segment))
  );
}

/**
 * Read an app in the server's list. No address in it leads out of Jupyter.
 *
 * @returns `null` if it isn't one.
 */
export function readNamedApp(value: unknown, jupyter: URL): INamedApp | null {
  if (!isRecord(value) || !isAppName(value['name'])) {
    return null;
  }
  const root = readBelow(value['path'], jupyter);
  if (root === null || !root.endsWith('/') || /[?#]/.test(root)) {
    return null;
  }
  return {
    name: value['name'],
    title: readText(value['title']) || value['name'],
    category: readText(value['category']),
    iconUrl: readIconUrl(value['icon_url'], jupyter),
    enabled: value['enabled'] === true,
    openIn: value['new_browser_tab'] === false ? 'tab' : 'browser',
    root,
    home: readHome(value['path_info'], root, jupyter)
  };
}

/** A page outside the app is taken for one of whatever its folder holds. */
function readHome(value: unknown, root: string, jupyter: URL): IPage {
  const url = readBelow(value, jupyter);
  if (url === null || `${url}/` === root) {
    return { root, path: '/' };
  }
  const folder = url.startsWith(root) ? root : new URL('.', url).href;
  return { root: folder, path: url.slice(folder.length - 1) };
}

/** The address of what a path relative to Jupyter's root names, if below it. */
function readBelow(value: unknown, jupyter: URL): string | null {
  if (typeof value !== 'string' || /[\\\p{Cc}]/u.test(value)) {
    return null;
  }
  const { href } = new URL(jupyter.href + value.replace(/^\/+/, ''));
  return href.startsWith(jupyter.href) && href !== jupyter.href ? href : null;
}

function readIconUrl(value: unknown, jupyter: URL): string | null {
  return typeof value === 'string' && value.startsWith(jupyter.pathname)
    ? readBelow(value.slice(jupyter.pathname.length), jupyter)
    : null;
}
