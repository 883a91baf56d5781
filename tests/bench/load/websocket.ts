/** Echoes over one WebSocket, with so many messages on their way all the time. */
import { once } from 'node:events';

import { WebSocket } from 'ws';

import { readOptions, report } from './command-line.ts';
import { quantile } from './quantile.ts';

const options = readOptions('url', 'token', 'size', 'in-flight', 'seconds');
const message = Buffer.alloc(Number(options.size), 'x');
const socket = new WebSocket(options.url, {
  headers: { Authorization: `token ${options.token}` },
  perMessageDeflate: false
});
await once(socket, 'open');

/** When those that are on their way were sent; echoes come in their order. */
const sentAt: number[] = [];
const latenciesMs: number[] = [];
const startedAt = performance.now();
const endsAt = startedAt + Number(options.seconds) * 1000;

function send(): void {
  sentAt.push(performance.now());
  socket.send(message);
}

const finished = new Promise<number>((resolve, reject) => {
  socket.on('message', (echo: Buffer) => {
    const now = performance.now();
    latenciesMs.push(now - (sentAt.shift() ?? NaN));
    if (echo.length !== message.length) {
      reject(new Error(`${echo.length} bytes came back.`));
    } else if (now < endsAt) {
      send();
    } else if (sentAt.length === 0) {
      resolve(now);
    }
  });
  socket.once('error', reject);
  socket.once('close', code => {
    reject(new Error(`The WebSocket was closed with code ${code}.`));
  });
});
for (let count = Number(options['in-flight']); count > 0; count -= 1) {
  send();
}
const seconds = ((await finished) - startedAt) / 1000;
socket.terminate();
const sorted = Float64Array.from(latenciesMs).sort();
report({
  messages: sorted.length,
  messagesPerSecond: sorted.length / seconds,
  // Both ways.
  megabytesPerSecond: (2 * sorted.length * message.length) / 1e6 / seconds,
  p50Ms: quantile(sorted, 0.5),
  p99Ms: quantile(sorted, 0.99)
});
