import type { IncomingMessage, ServerResponse } from 'node:http';

import type { IGrant } from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import type { IConfiguration } from './channel';
import { clientOf } from './client';
import { upstreamError } from './errors';
import { exchange } from './exchange';
import type { IOutgoing } from './outgoing';
import type { RawHeaders } from './raw-headers';
import { publicHost, requestHeaders } from './request-headers';
import { responseHeaders } from './response-headers';
import { withoutTokens } from './tokens';
import { upgrade } from './upgrade';

/** A request that may be forwarded: there is none without a grant. */
export interface IGranted {
  request: IncomingMessage;
  path: IProxiedPath;
  grant: IGrant;
}

/** Forward a granted request to its app. */
export async function forward(
  granted: IGranted,
  response: ServerResponse,
  configuration: IConfiguration
): Promise<void> {
  const { request, path } = granted;
  try {
    await exchange(request, response, outgoing(granted, configuration));
  } catch (error) {
    throw upstreamError(error, path.port);
  }
}

/** Forward a granted WebSocket handshake to its app, and all that follows. */
export async function forwardUpgrade(
  granted: IGranted,
  head: Buffer,
  configuration: IConfiguration
): Promise<void> {
  try {
    await upgrade(granted.request, head, outgoing(granted, configuration));
  } catch (error) {
    throw upstreamError(error, granted.path.port);
  }
}

function outgoing(
  { request, path, grant }: IGranted,
  { trustXheaders, responseTimeoutMs }: IConfiguration
): IOutgoing {
  const client = clientOf(request.socket);
  const host = publicHost(request.rawHeaders, trustXheaders);
  return {
    target: { addresses: grant.addresses, port: path.port },
    path: withoutTokens(path.appTarget ?? '/', grant.tokens),
    headers: requestHeaders({
      headers: request.rawHeaders,
      client,
      path,
      grant,
      trustXheaders
    }),
    responseTimeoutMs,
    responseHeaders: (headers: RawHeaders) =>
      responseHeaders({ headers, path, grant, publicHost: host })
  };
}
