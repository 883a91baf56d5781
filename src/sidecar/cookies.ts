import { confinedPath } from '../protocol/cookies';
import type { IGrant } from '../protocol/grant';
import { shareXsrf } from './channel';

/**
 * How Tornado writes the value of `_xsrf`: version, mask, masked token, time. JupyterHub
 * writes a similar text in Base64, of which `MnwxOjB8` is the beginning (`2|1:0|`).
 */
const TORNADO_XSRF =
  /^"?(?:2\|[0-9a-f]{8}\|[0-9a-f]+\|[0-9]+|MnwxOjB8[\w-]+={0,2})"?$/;

/** How many `_xsrf` values of apps are remembered. */
const MOST_XSRF_VALUES = 1000;

/**
 * Values of `_xsrf` that apps have set themselves. Jupyter's can't be told from
 * those of another Tornado app (a second Jupyter, say) by their looks.
 */
const xsrfOfApps = new Set<string>();

/** Whether a cookie of that name is Jupyter's login or belongs to JupyterHub. */
function isJupyters(name: string, grant: IGrant): boolean {
  return (
    grant.cookieNames.includes(name) ||
    grant.cookiePrefixes.some(prefix => name.startsWith(prefix))
  );
}

/** What Python strips from a cookie's name and value: more than JavaScript does. */
// eslint-disable-next-line no-control-regex -- control characters are the point
const BLANK = /[\s\x1c-\x1f\x85]/;

/** A text without blanks around it; a regular expression would take its time with many. */
function stripped(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANK.test(text.charAt(start))) {
    start += 1;
  }
  while (end > start && BLANK.test(text.charAt(end - 1))) {
    end -= 1;
  }
  return text.slice(start, end);
}

function split(pair: string): [name: string, value: string] {
  const [name = '', ...value] = pair.split('=');
  return [stripped(name), stripped(value.join('='))];
}

/**
 * Take Jupyter's cookies out of a `Cookie` field.
 *
 * @returns the others, byte for byte; the empty string if there are none.
 */
export function withoutJupyters(cookie: string, grant: IGrant): string {
  const pairs = cookie.split(';');
  const kept = pairs.filter(pair => {
    const [name, value] = split(pair);
    if (name === '_xsrf') {
      return !TORNADO_XSRF.test(value) || xsrfOfApps.has(value);
    }
    return !isJupyters(name, grant);
  });
  return kept.length === pairs.length ? cookie : kept.join(';').trim();
}

/**
 * Confine an app's `Set-Cookie` to the app: its path comes to lie under the
 * prefix and its domain is dropped, because all apps share Jupyter's origin.
 *
 * @returns the field's new value, or `null` for a cookie that is Jupyter's.
 */
export function confineCookie(
  setCookie: string,
  prefix: string,
  grant: IGrant
): string | null {
  const [pair = '', ...attributes] = setCookie.split(';');
  const [name, value] = split(pair);
  if (isJupyters(name, grant)) {
    return null;
  }
  if (name === '_xsrf' && TORNADO_XSRF.test(value) && !xsrfOfApps.has(value)) {
    rememberXsrf(value);
    shareXsrf(value);
  }
  const confined = attributes.flatMap(attribute => {
    const [key, path] = split(attribute);
    switch (key.toLowerCase()) {
      case 'domain':
        return [];
      case 'path':
        return [` Path=${confinedPath(path, prefix)}`];
      default:
        return [attribute];
    }
  });
  return [pair, ...confined].join(';');
}

/** Remember that an app has set this value of `_xsrf`. */
export function rememberXsrf(value: string): void {
  if (xsrfOfApps.size >= MOST_XSRF_VALUES) {
    xsrfOfApps.clear();
  }
  xsrfOfApps.add(value);
}
