import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  ServerResponse
} from 'node:http';
import { createServer as createSocketServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';

import { answerError } from './answer';
import { type IConfiguration, log } from './channel';
import { readPreface } from './client';
import { isBusy, watchConnection } from './connection';
import { CarryError } from './errors';
import { Gate } from './gate';
import { refusalTo } from './upgrade';

/** The longest request head, in bytes; a longer one is answered 431. */
const LONGEST_REQUEST_HEAD = 64 * 1024;

/** What the relay gets for its preface, before anything for the client. */
const TAKEN = '\n';

/** How long an idle connection is kept, in milliseconds. Proxies in front pool them. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Make the sidecar's server: it takes connections with a preface and carries
 * each request on them to where it belongs.
 */
export function createSidecar(configuration: IConfiguration): Server {
  const http = createCarrier(configuration);
  const server = createSocketServer({ allowHalfOpen: true }, socket => {
    readPreface(socket, () => {
      watchConnection(socket);
      // Tells the relay that somebody is here, who reads: see `Sidecar.connect`.
      socket.write(TAKEN);
      http.emit('connection', socket);
      // Reading the preface has paused it, and Node leaves it so.
      socket.resume();
    });
  });
  return server;
}

function createCarrier(configuration: IConfiguration): HttpServer {
  const gate = new Gate(configuration);
  const server = createHttpServer({
    maxHeaderSize: LONGEST_REQUEST_HEAD,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: 0,
    shouldUpgradeCallback: isWebSocket
  });
  server.maxHeadersCount = 0;
  // Not in Node's types: a client that has sent all may close its side and read on.
  Object.assign(server, { httpAllowHalfOpen: true });
  // It gets its connections from outside. Node begins to look for heads that take too
  // long when it hears that it listens.
  server.emit('listening');

  const onRequest = (
    request: IncomingMessage,
    response: ServerResponse
  ): void => {
    gate.carry(request, response).catch((error: unknown) => {
      fail(request, response, error);
    });
  };
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  server.on('checkExpectation', onRequest);
  // Both take the connection away from HTTP, so nothing may still come before.
  const onTakeOver =
    (serve: (request: IncomingMessage, head: Buffer) => Promise<void>) =>
    (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      if (isBusy(request.socket)) {
        // Earlier responses would mix with this one. No browser does this.
        socket.destroy();
        return;
      }
      serve(request, head).catch((error: unknown) => {
        if (!socket.destroyed) {
          fail(request, refusalTo(request), error);
        }
      });
    };
  server.on(
    'connect',
    onTakeOver(() => Promise.reject(new CarryError('method-not-allowed')))
  );
  server.on(
    'upgrade',
    onTakeOver((request, head) => gate.carryUpgrade(request, head))
  );
  return server;
}

/** Any other upgrade (`h2c`, say) is an offer that need not be taken. */
function isWebSocket(request: IncomingMessage): boolean {
  return (
    request.method === 'GET' &&
    request.headers.upgrade?.toLowerCase() === 'websocket'
  );
}

function fail(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown
): void {
  if (error instanceof CarryError) {
    answerError(request, response, error);
    return;
  }
  log(
    'error',
    `A request failed: ${error instanceof Error ? (error.stack ?? error.name) : typeof error}`
  );
  request.socket.destroySoon();
}
