import type { IncomingMessage, ServerResponse } from 'node:http';

import type { IGrant } from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import type { IConfiguration } from './channel';
import { clientOf } from './client';
import { upstreamError } from './errors';
import { exchange } from './exchange';
import type { IOutgoing } from './outgoing';
import type { RawHeaders } from './raw-headers';
import type { IRequestHead } from './request-head';
import { publicHost, requestHeaders } from './request-headers';
import type { IReceiver } from './response-parser';
import { responseHeaders } from './response-headers';
import { withoutTokens } from './tokens';
import { upgrade } from './upgrade';
import { UpstreamExchange } from './upstream-exchange';

/** A request that may be forwarded: there is none without a grant. */
export interface IGranted<Request extends IRequestHead = IncomingMessage> {
  request: Request;
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

/**
 * Forward a granted request that has no body, without Node's own response.
 *
 * @param receiver - gets the response, or what kept it from coming.
 */
export function forwardPlainly(
  granted: IGranted<IRequestHead>,
  receiver: IReceiver,
  configuration: IConfiguration
): UpstreamExchange {
  return new UpstreamExchange(
    granted.request.method ?? 'GET',
    outgoing(granted, configuration),
    receiver
  );
}

function outgoing(
  { request, path, grant }: IGranted<IRequestHead>,
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
