import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';

import type { IGrant } from '../protocol/grant';
import { noteActivity } from './activity';
import { dial } from './dial';

/** The longest message of a client, in bytes; it is kept until it is whole. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: LONGEST_MESSAGE,
  // Nobody behind it could choose: noVNC offers `binary` and wants to hear it.
  handleProtocols: ([first]) => first ?? false
});

/**
 * Carry the bytes of an app that speaks no HTTP over a WebSocket: what the app sends
 * goes out as binary messages, and the contents of messages, texts too, go to the app.
 *
 * @param head - what the client has sent after the handshake already.
 * @throws what kept the app from taking the connection; the handshake is unanswered then.
 */
export async function carryRawSocket(
  request: IncomingMessage,
  head: Buffer,
  { target, tls, isActivity }: IGrant
): Promise<void> {
  const { socket } = request;
  const upstream = await dial({ ...target, tls });
  if (socket.destroyed) {
    upstream.destroy();
    return;
  }
  socket.once('close', () => upstream.destroy());
  server.handleUpgrade(request, socket, head, client => {
    join(client, upstream, isActivity);
  });
}

function join(client: WebSocket, upstream: Socket, isActivity: boolean): void {
  const stream = createWebSocketStream(client);
  if (isActivity) {
    noteActivity();
    stream.on('data', noteActivity);
    upstream.on('data', noteActivity);
  }
  // One side that breaks or ends takes the other one along.
  pipeline(stream, upstream, stream, () => {
    upstream.destroy();
  });
}
