/**
 * A port as it is written in a URL: 1–65535 in plain ASCII digits, without
 * sign, space or leading zero.
 *
 * Everything that other parsers accept as well (`0x2454`, `8501@evil`,
 * fullwidth digits) is refused, so that no two readers of one URL can disagree
 * about the port that it names (CVE-2022-21697).
 *
 * @returns the port, or `null` if the text is anything else.
 */
export function parsePort(text: string): number | null {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) {
    return null;
  }
  const port = Number(text);
  return port <= 65535 ? port : null;
}

/** A named app, as far as addresses show it. */
export interface IAppRoute {
  name: string;
  /** Its public path without the last slash: `/jupyter/rstudio`. */
  root: string;
}

/** Which request targets are proxied; all others are Jupyter's own. */
export interface IRoutes {
  /** Jupyter's base_url, with slashes on both ends. */
  baseUrl: string;
  /** Whether ports are reached below `<base_url>proxy/`. */
  hasPorts: boolean;
  apps: readonly IAppRoute[];
  /** Paths that are Jupyter's own although they lie below an app's. */
  ownPaths: readonly string[];
}

/** A port: of this machine, or of another host that the address names. */
export interface IPortPlace {
  port: number;
  /** As it stands in the address; `null` for this machine. */
  host: string | null;
}

/** What the path of a proxied request names. */
export interface IProxiedPath {
  place: IPortPlace | { app: string };
  /** The public path of the app without the last slash: `/jupyter/proxy/8501`. */
  prefix: string;
  /** Whether the app gets the path whole (`proxy/absolute/<port>/…`). */
  absolute: boolean;
  /** The request target, byte for byte as it came, without a fragment. */
  whole: string;
  /**
   * What follows the prefix of it. `null` when that begins with no slash, so that
   * relative links would break.
   */
  rest: string | null;
}

/** Where all paths of ports begin: `/jupyter/proxy/`. */
export function proxiedRoot(baseUrl: string): string {
  return `${baseUrl}proxy/`;
}

/** A host as it stands in an address: a name, an IPv4 or a bracketed IPv6 address. */
const HOST_AND_PORT = /^(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+):([0-9]*)$/;

/**
 * Read the target of a request (RFC 9112, section 3.2.1: a path and a query).
 *
 * The target is never decoded or normalised: dot segments, `%2F` and `//` are
 * the app's business, and what they mean there can't choose another route here.
 *
 * @param target - the request target.
 * @returns what it names; `'malformed'` if it lies below `proxy/` but names no
 * port; `null` if it is not ours.
 */
export function parseProxiedPath(
  routes: IRoutes,
  target: string
): IProxiedPath | 'malformed' | null {
  const root = proxiedRoot(routes.baseUrl);
  return routes.hasPorts && target.startsWith(root)
    ? parsePortPath(root, target)
    : parseAppPath(routes, target);
}

function parsePortPath(
  root: string,
  target: string
): IProxiedPath | 'malformed' {
  const absolute = target.startsWith('absolute/', root.length);
  const start = absolute ? root.length + 'absolute/'.length : root.length;
  const length = target.slice(start).search(/[/?#]/);
  const end = length < 0 ? target.length : start + length;
  const place = parsePlace(target.slice(start, end));
  return place === null ? 'malformed' : cut(target, end, place, absolute);
}

function parsePlace(text: string): IPortPlace | null {
  const [, host = null, digits = text] = HOST_AND_PORT.exec(text) ?? [];
  const port = parsePort(digits);
  return port === null ? null : { port, host };
}

function parseAppPath(
  { apps, ownPaths }: IRoutes,
  target: string
): IProxiedPath | null {
  // The longest, since `/a/b` can be another app than `/a`.
  let found: IAppRoute | null = null;
  for (const app of apps) {
    if (
      isUnder(target, app.root) &&
      app.root.length >= (found?.root.length ?? 0)
    ) {
      found = app;
    }
  }
  return found === null || ownPaths.some(path => isUnder(target, path))
    ? null
    : cut(target, found.root.length, { app: found.name }, false);
}

/** Whether a target is a path or lies below it; no path ends with a slash. */
export function isUnder(target: string, path: string): boolean {
  return (
    target.startsWith(path) &&
    (target.length === path.length ||
      '/?#'.includes(target.charAt(path.length)))
  );
}

function cut(
  target: string,
  end: number,
  place: IProxiedPath['place'],
  absolute: boolean
): IProxiedPath {
  const fragment = target.indexOf('#', end);
  const whole = fragment < 0 ? target : target.slice(0, fragment);
  const rest = whole.slice(end);
  return {
    place,
    prefix: whole.slice(0, end),
    absolute,
    whole,
    rest: rest.startsWith('/') ? rest : null
  };
}

/**
 * The public path of an app.
 *
 * @param baseUrl - Jupyter's base_url, with slashes on both ends.
 * @param path - path, query and fragment within the app, with or without the
 * first slash.
 */
export function proxiedPath(baseUrl: string, port: number, path = '/'): string {
  return `${proxiedRoot(baseUrl)}${port}/${path.replace(/^\/+/, '')}`;
}
