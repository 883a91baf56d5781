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

/**
 * What the path of a proxied request names.
 */
export interface IProxiedPath {
  /** The port on this machine. */
  port: number;
  /** The public path of the app without the last slash: `/jupyter/proxy/8501`. */
  prefix: string;
  /** Whether the app gets the path whole (`proxy/absolute/<port>/…`). */
  absolute: boolean;
  /**
   * The request target that the app gets, byte for byte as it came. `null` when
   * the slash after the prefix is missing, so that relative links would break.
   */
  appTarget: string | null;
}

/** Where all proxied paths begin: `/jupyter/proxy/`. */
export function proxiedRoot(baseUrl: string): string {
  return `${baseUrl}proxy/`;
}

/**
 * Read the target of a request (RFC 9112, section 3.2.1: a path and a query).
 *
 * The target is never decoded or normalised: dot segments, `%2F` and `//` are
 * the app's business, and what they mean there can't choose another route here.
 *
 * @param baseUrl - Jupyter's base_url, with slashes on both ends.
 * @param target - the request target.
 * @returns what it names; `'malformed'` if it lies under the proxied root but
 * names no port; `null` if it is not ours.
 */
export function parseProxiedPath(
  baseUrl: string,
  target: string
): IProxiedPath | 'malformed' | null {
  const root = proxiedRoot(baseUrl);
  if (!target.startsWith(root)) {
    return null;
  }
  const absolute = target.startsWith('absolute/', root.length);
  const start = absolute ? root.length + 'absolute/'.length : root.length;
  const length = target.slice(start).search(/[/?#]/);
  const end = length < 0 ? target.length : start + length;
  const port = parsePort(target.slice(start, end));
  if (port === null) {
    return 'malformed';
  }
  const fragment = target.indexOf('#', end);
  const whole = fragment < 0 ? target : target.slice(0, fragment);
  const rest = whole.slice(end);
  return {
    port,
    prefix: whole.slice(0, end),
    absolute,
    appTarget: rest.startsWith('/') ? (absolute ? whole : rest) : null
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
