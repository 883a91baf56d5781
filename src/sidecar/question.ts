import type { IQuestion } from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import { type IRequestHead, isNavigation } from './request-head';

/** What Jupyter is asked about a request. */
export function questionOf(
  path: IProxiedPath,
  request: IRequestHead,
  upgrade: boolean
): IQuestion {
  return {
    place: path.place,
    absolute: path.absolute,
    path: (path.rest ?? '/').replace(/\?.*$/s, ''),
    upgrade,
    page: !upgrade && request.method === 'GET' && isNavigation(request)
  };
}

/** As the value of a header field, which holds no other characters. */
export function asFieldValue(question: object): string {
  return JSON.stringify(question).replace(
    /[^\x20-\x7e]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}
