import { confinedPath } from '../protocol/cookies';
import type { IHome } from '../protocol/home';
import { onCall, onSet } from './hooks';

/** What a cookie's path is, in the text by which a script sets it. */
const PATH = /(;\s*path\s*=\s*)([^;]*)/gi;
const DOMAIN = /;\s*domain\s*=[^;]*/gi;

/** Confine the cookies that scripts set to the app, as those that the app sets itself are. */
export function confineCookies({ prefix }: IHome): void {
  onSet(Document.prototype, 'cookie', value => confined(String(value), prefix));
  const store: unknown = Reflect.get(window, 'CookieStore');
  if (typeof store === 'function') {
    const prototype = store.prototype as object;
    onCall(prototype, 'set', args => {
      const [first, value] = args;
      const given = isRecord(first) ? first : { name: first, value };
      args.splice(0, args.length, withPath(given, prefix));
    });
    onCall(prototype, 'delete', args => {
      const [first] = args;
      const given = isRecord(first) ? first : { name: first };
      args.splice(0, args.length, withPath(given, prefix));
    });
  }
}

/** Without a path, a cookie of the store has `/`. */
function withPath(
  given: Record<string, unknown>,
  prefix: string
): Record<string, unknown> {
  const path = typeof given['path'] === 'string' ? given['path'] : '/';
  return { ...given, domain: null, path: confinedPath(path, prefix) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function confined(cookie: string, prefix: string): string {
  return cookie
    .replace(DOMAIN, '')
    .replace(
      PATH,
      (_whole, before: string, path: string) =>
        before + confinedPath(path, prefix)
    );
}
