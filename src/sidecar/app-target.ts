import { isUtf8 } from 'node:buffer';

import type { IGrant } from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import { withoutTokens } from './tokens';

/**
 * The request target that an app gets: byte for byte what the client sent, without the
 * prefix (unless the app wants it) and without Jupyter's tokens. Only where the app's
 * configuration names another path for the one that is asked, that is asked for.
 */
export function appTarget(path: IProxiedPath, grant: IGrant): string {
  const { prefix } = path;
  const other = otherPath(path, grant);
  const rest = path.rest ?? `/${path.whole.slice(prefix.length)}`;
  const asked = other === null ? rest : withQuery(quoted(other), rest);
  return withoutTokens((grant.keepsPrefix ? prefix : '') + asked, grant.tokens);
}

/** The path that an app is asked for, decoded, without the prefix and the query. */
export function mappedPath(path: IProxiedPath, grant: IGrant): string {
  return otherPath(path, grant) ?? decodedPath(path.rest ?? '/');
}

/** The path of a target, without the query, as configurations name it. */
export function decodedPath(target: string): string {
  // As Python does: what is no escape, or no UTF-8, stays.
  return target
    .replace(/[?#].*$/s, '')
    .replace(/(?:%[0-9A-Fa-f]{2})+/g, escapes => {
      const bytes = Buffer.from(escapes.replaceAll('%', ''), 'hex');
      return isUtf8(bytes) ? bytes.toString() : escapes;
    });
}

/** What is asked for instead of the path that the client asks for, if anything is. */
function otherPath({ rest }: IProxiedPath, grant: IGrant): string | null {
  if (grant.mappedTo !== null) {
    return grant.mappedTo;
  }
  if (Object.keys(grant.paths).length === 0) {
    return null;
  }
  const path = decodedPath(rest ?? '/');
  return Object.hasOwn(grant.paths, path) ? (grant.paths[path] ?? null) : null;
}

/** Add the query of what was asked for to another path, which may have one, too. */
function withQuery(path: string, asked: string): string {
  const question = asked.indexOf('?');
  const query = question < 0 ? '' : asked.slice(question);
  return path.includes('?') ? path + query.replace('?', '&') : path + query;
}

/** Escape what may not stand in a request target; a path begins with a slash. */
function quoted(path: string): string {
  const whole = path.startsWith('/') ? path : `/${path}`;
  // As jupyter-server-proxy does, but for the fragment, which no app gets.
  return whole.replace(/[^0-9A-Za-z:/?[\]@!$&'()*+,;=\-._~]/gu, character =>
    Array.from(
      Buffer.from(character),
      byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    ).join('')
  );
}
