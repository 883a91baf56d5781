import type { IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';

import type { IProxiedPath } from '../protocol/paths';
import { CHECK_PROTOCOL } from './pages/page';
import { firstValue } from './raw-headers';
import type { IRequestHead } from './request-head';

/** Where one of our pages finds out whether WebSockets come through, below an app's prefix. */
const CHECK_PATH = '/.porthole/websocket';

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false
});

/** The public path of that for an app. */
export function checkPathOf({ prefix }: IProxiedPath): string {
  return prefix + CHECK_PATH;
}

/** Whether a handshake comes from such a page; all others at that address are the app's. */
export function isCheck(
  { rawHeaders }: IRequestHead,
  { rest }: IProxiedPath
): boolean {
  return (
    rest === CHECK_PATH &&
    firstValue(rawHeaders, 'sec-websocket-protocol') === CHECK_PROTOCOL
  );
}

/**
 * Answer it: that it opens is all that the page wants to know.
 *
 * @param head - what the client has sent after the handshake already.
 */
export function answerCheck(request: IncomingMessage, head: Buffer): void {
  server.handleUpgrade(request, request.socket, head, client => {
    // Without a listener, what a client does wrong would end the process.
    client.on('error', () => undefined);
    client.close();
  });
}
