/** The app for what nginx can't do: takes uploads, makes large bodies, echoes WebSockets. */
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type ServerResponse
} from 'node:http';
import type { AddressInfo } from 'node:net';

import { WebSocketServer } from 'ws';

import { writeBlocks } from '../load/blocks.ts';
import { report } from '../load/command-line.ts';

let lastStream: Hash = createHash('sha256');

async function answer(
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://origin');
  switch (url.pathname) {
    case '/app/upload':
      response.end(String(await sizeOf(request)));
      break;
    case '/app/digest':
      response.end(await digestOf(request));
      break;
    case '/app/stream':
      await stream(response, Number(url.searchParams.get('bytes')));
      break;
    case '/app/digest-of-stream':
      response.end(lastStream.copy().digest('hex'));
      break;
    default:
      response.writeHead(404).end();
  }
}

async function sizeOf(request: IncomingMessage): Promise<number> {
  let size = 0;
  request.on('data', (piece: Buffer) => {
    size += piece.length;
  });
  await once(request, 'end');
  return size;
}

async function digestOf(request: IncomingMessage): Promise<string> {
  const hash = createHash('sha256');
  request.on('data', (piece: Buffer) => hash.update(piece));
  await once(request, 'end');
  return hash.digest('hex');
}

async function stream(response: ServerResponse, bytes: number): Promise<void> {
  const hash = createHash('sha256');
  lastStream = hash;
  response.writeHead(200, { 'Content-Length': bytes });
  await writeBlocks(response, bytes, block => hash.update(block));
  response.end();
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.destroy(error as Error);
  });
});
// An upload of 10 GB takes longer than a request may by default.
server.requestTimeout = 0;
const webSockets = new WebSocketServer({
  server,
  path: '/app/echo',
  perMessageDeflate: false
});
webSockets.on('connection', socket => {
  socket.on('message', (message, isBinary) => {
    socket.send(message, { binary: isBinary });
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
report({ port: (server.address() as AddressInfo).port });
