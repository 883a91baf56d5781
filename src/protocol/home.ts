import { isUnder } from './paths';

/** Where an app lives, and where it believes to live: at the root of its host. */
export interface IHome {
  /** The public path of the app without the last slash. */
  prefix: string;
  /** Jupyter's base_url, with slashes on both ends. */
  baseUrl: string;
  /** The host under which the client knows Jupyter, with its port unless that is usual. */
  publicHost: string;
  /** The hosts by which the app itself may name where it listens, in lower case. */
  localHosts: readonly string[];
}

/** What an address in a page says about where the page believes to live. */
export type Bearing = 'at-home' | 'at-root' | 'neither';

/** An address with a host, and what follows it. */
const WITH_HOST = /^(?:(?:https?|wss?):)?\/\/([^/?#]*)(.*)$/is;

/** What may be nothing to the URL parser, and what is: blanks around, line breaks within. */
const BLANK = /[\0-\x20]/;
const BLANKS = /^[\0-\x20]+|[\0-\x20]+$|[\t\n\r]+/g;

/** Segments that climb, in all their spellings; the URL parser takes them away. */
const CLIMBS = /\/(?:\.|%2e){1,2}(?:[/?#]|$)/i;

/**
 * A path from the root that is read as it is written: no blanks, no backslashes, and no
 * segment that may climb. Most addresses are such, and told by this alone: it saves three
 * other patterns for each link of a page.
 */
const PLAIN_PATH = /^(?:\/(?![/.%])[^\0-\x20\\/]*)+$/;

/** Tell where a page that holds this address believes to live. */
export function bearingOf(address: string, home: IHome): Bearing {
  const found = find(address, home);
  if (found === null) {
    return 'neither';
  }
  if (found.isLocal || !isJupyters(found.path, home)) {
    return 'at-root';
  }
  return isUnder(found.path, home.prefix) ? 'at-home' : 'neither';
}

/**
 * An address that an app has written in the belief that it lives at the root of its
 * host, as a browser has to follow it.
 *
 * @param address - as it stands in a page or a script; relative ones are right as they are.
 * @returns a path below the app's prefix, always; `null` if the address is not to be changed.
 */
export function corrected(address: string, home: IHome): string | null {
  const found = find(address, home);
  if (found === null) {
    return null;
  }
  const { path, isLocal } = found;
  if (isLocal && isUnder(path, home.prefix)) {
    return path;
  }
  return !isLocal && isJupyters(path, home) ? null : home.prefix + path;
}

/** Whether an address names a host that is neither the app's nor Jupyter's. */
export function isElsewhere(address: string, home: IHome): boolean {
  return WITH_HOST.test(asParsed(address).read) && find(address, home) === null;
}

/**
 * What an address names on this host.
 *
 * @returns `null` if it is relative, or elsewhere; else the path, and whether the address
 * begins with a host that only the machine of the app knows as the app.
 */
function find(
  address: string,
  { publicHost, localHosts }: IHome
): { path: string; isLocal: boolean } | null {
  if (PLAIN_PATH.test(address)) {
    return { path: address, isLocal: false };
  }
  const { written, read } = asParsed(address);
  if (read.startsWith('/') && !read.startsWith('//')) {
    return { path: pathIn(written, read), isLocal: false };
  }
  const [, named, rest = ''] = WITH_HOST.exec(read) ?? [];
  const host = named?.toLowerCase();
  if (host === undefined) {
    return null;
  }
  const isLocal = host !== publicHost.toLowerCase();
  return isLocal && !localHosts.includes(host)
    ? null
    : { path: pathIn(written.slice(-rest.length || Infinity), rest), isLocal };
}

/**
 * An address without what is nothing to the URL parser: as it is written, and as it is
 * read, with slashes for backslashes. (In some encodings these are parts of characters.)
 */
function asParsed(address: string): { written: string; read: string } {
  const written = BLANK.test(address) ? address.replace(BLANKS, '') : address;
  const read = written.includes('\\')
    ? written.replace(/^[^?#]*/, path => path.replaceAll('\\', '/'))
    : written;
  return { written, read };
}

/** A path as it is written, unless segments of it climb: they must not lead out of the app. */
function pathIn(written: string, read: string): string {
  if (!read.startsWith('/')) {
    return pathIn(`/${written}`, `/${read}`);
  }
  if (!CLIMBS.test(read)) {
    return `/${written.slice(1)}`;
  }
  const { pathname, search, hash } = new URL(`http://localhost${read}`);
  return pathname + search + hash;
}

/** Whether who names this path knows where Jupyter is: an app at the root doesn't. */
function isJupyters(path: string, home: IHome): boolean {
  return (
    isUnder(path, home.prefix) ||
    (home.baseUrl !== '/' && path.startsWith(home.baseUrl))
  );
}
