/** Opens so many WebSockets, reports it, and keeps them open until it is ended. */
import { once } from 'node:events';

import { WebSocket } from 'ws';

import { readOptions, report, stopSignal } from './command-line.ts';

/** How many handshakes are under way at a time. */
const AT_ONCE = 50;

const options = readOptions('url', 'token', 'count', 'seconds');
const stop = stopSignal(Number(options.seconds));
const count = Number(options.count);

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(options.url, {
    headers: { Authorization: `token ${options.token}` },
    perMessageDeflate: false
  });
  await once(socket, 'open');
  socket.once('close', code => {
    if (!stop.aborted) {
      throw new Error(`A WebSocket was closed with code ${code}.`);
    }
  });
  return socket;
}

const sockets: WebSocket[] = [];
while (sockets.length < count) {
  const batch = Math.min(AT_ONCE, count - sockets.length);
  sockets.push(...(await Promise.all(Array.from({ length: batch }, open))));
}
report({ open: sockets.length });
await once(stop, 'abort');
for (const socket of sockets) {
  socket.terminate();
}
