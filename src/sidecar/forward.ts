import type { IncomingMessage, ServerResponse } from 'node:http';

import type { IGrant } from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';
import { appTarget } from './app-target';
import { clientOf } from './client';
import { exchange } from './exchange';
import { fixerFor } from './fix/fix';
import type { IOutgoing } from './outgoing';
import { addressOfPages, LeadingReceiver } from './own-prefix';
import { firstValue, type RawHeaders } from './raw-headers';
import { carryRawSocket } from './raw-socket';
import { type IRequestHead, isNavigation, isPagesOwn } from './request-head';
import { publicHost, requestHeaders } from './request-headers';
import type { IReceiver } from './response-parser';
import { responseHeaders } from './response-headers';
import { RewritingReceiver } from './rewriting';
import type { ISettings } from './settings';
import { upgrade } from './upgrade';
import { UpstreamExchange } from './upstream-exchange';

/** A request that may be forwarded: there is none without a grant. */
export interface IGranted<Request extends IRequestHead = IncomingMessage> {
  request: Request;
  path: IProxiedPath;
  grant: IGrant;
}

/**
 * Forward a granted request to its app.
 *
 * @throws what kept the response from beginning.
 */
export function forward(
  granted: IGranted,
  response: ServerResponse,
  settings: ISettings
): Promise<void> {
  return exchange(granted.request, response, outgoing(granted, settings));
}

/**
 * Forward a granted WebSocket handshake to its app, and all that follows.
 *
 * @throws what kept the app from answering.
 */
export async function forwardUpgrade(
  granted: IGranted,
  head: Buffer,
  settings: ISettings
): Promise<void> {
  const { request, grant } = granted;
  if (grant.isRawSocket) {
    await carryRawSocket(request, head, grant);
  } else {
    await upgrade(request, head, outgoing(granted, settings));
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
  settings: ISettings
): UpstreamExchange {
  return new UpstreamExchange(
    granted.request.method ?? 'GET',
    outgoing(granted, settings),
    receiver
  );
}

/** Who asks for a stream waits for each event; nothing of it can be kept until the end. */
function isEventStream({ rawHeaders }: IRequestHead): boolean {
  return firstValue(rawHeaders, 'accept') === 'text/event-stream';
}

function outgoing(
  granted: IGranted<IRequestHead>,
  settings: ISettings
): IOutgoing {
  const { request, path, grant } = granted;
  const { trustXheaders, responseTimeoutMs } = settings;
  const client = clientOf(request.socket);
  const host = publicHost(request.rawHeaders, trustXheaders);
  const forClient = (headers: RawHeaders): RawHeaders =>
    responseHeaders({ headers, path, grant, publicHost: host });
  return {
    target: { ...grant.target, tls: grant.tls },
    path: appTarget(path, grant),
    headers: requestHeaders({
      headers: request.rawHeaders,
      client,
      path,
      grant,
      isNavigation: isNavigation(request),
      trustXheaders
    }),
    responseTimeoutMs,
    isActivity: grant.isActivity && !isPagesOwn(request),
    ...receiving(granted, settings, forClient)
  };
}

/** How the response is received. */
function receiving(
  granted: IGranted<IRequestHead>,
  settings: ISettings,
  forClient: (headers: RawHeaders) => RawHeaders
): Pick<IOutgoing, 'responseHeaders' | 'intercept'> {
  const made = making(granted, settings, forClient);
  const { intercept } = made;
  const address = addressOfPages(granted);
  return address === null
    ? made
    : {
        ...made,
        intercept: (receiver, source) =>
          new LeadingReceiver(
            address,
            receiver,
            intercept?.(receiver, source) ?? null
          )
      };
}

/** What is made of the response. */
function making(
  granted: IGranted<IRequestHead>,
  settings: ISettings,
  forClient: (headers: RawHeaders) => RawHeaders
): Pick<IOutgoing, 'responseHeaders' | 'intercept'> {
  const { request, grant } = granted;
  if (grant.rewrites && !isEventStream(request)) {
    return {
      // What is rewritten is what the app has sent.
      responseHeaders: headers => headers,
      intercept: receiver =>
        new RewritingReceiver(granted, settings, forClient, receiver)
    };
  }
  const intercept = fixerFor(granted, settings);
  return {
    responseHeaders: forClient,
    ...(intercept !== undefined && { intercept })
  };
}
