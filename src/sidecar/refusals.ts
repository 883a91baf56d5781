/** Refuses requests that lead to no app, or that an app could misread. */
import type { IncomingMessage } from 'node:http';

import type { IGrant } from '../protocol/grant';
import {
  type IProxiedPath,
  type IRoutes,
  parseProxiedPath
} from '../protocol/paths';
import { CarryError } from './errors';
import { placeName } from './place-name';
import { fields } from './raw-headers';

/**
 * What a request names.
 *
 * @returns `null` if it is Jupyter's own.
 * @throws CarryError if it names nothing that there could be.
 */
export function proxiedPathOf(
  request: IncomingMessage,
  routes: IRoutes
): IProxiedPath | null {
  const target = request.url ?? '';
  if (!/^(?:\/|https?:\/\/)/i.test(target)) {
    // `OPTIONS *` asks about a server as a whole, of which there are two here.
    throw new CarryError('bad-request');
  }
  const path = parseProxiedPath(routes, target);
  if (path === 'malformed') {
    throw new CarryError('no-such-port');
  }
  return path;
}

/** Refuse to ask for a page where only bytes are spoken. */
export function refuseWrongProtocol(
  { place }: IProxiedPath,
  grant: IGrant
): void {
  if (grant.isRawSocket) {
    const { title } = grant;
    throw new CarryError('websocket-only', placeName(place, grant), { title });
  }
}

/** Refuse what an app could read in another way than we do. */
export function refuseOddities(request: IncomingMessage): void {
  const coding = request.headers['transfer-encoding'] ?? 'chunked';
  const hosts = Array.from(fields(request.rawHeaders)).filter(
    field => field.lowerName === 'host'
  );
  if (coding.toLowerCase() !== 'chunked' || hosts.length > 1) {
    throw new CarryError('bad-request');
  }
}
