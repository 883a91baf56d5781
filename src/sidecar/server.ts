import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  ServerResponse
} from 'node:http';
import {
  createServer as createSocketServer,
  type Server,
  type Socket
} from 'node:net';
import type { Duplex } from 'node:stream';

import type { IProxiedPath } from '../protocol/paths';
import { answerTo, sendAnswer } from './answer';
import { type IClient, introduce, readPreface } from './client';
import { isBusy, watchConnection } from './connection';
import { CarryError } from './errors';
import { Gate } from './gate';
import { PlainConnection } from './plain-connection';
import { KEEP_ALIVE_MS } from './plain-reply';
import { LONGEST_REQUEST_HEAD } from './plain-request';
import type { ISettings } from './settings';
import { refusalTo } from './upgrade';

/** What the relay gets for its preface, before anything for the client. */
const TAKEN = '\n';

/** Carries the requests of connections that come in either of two ways. */
export interface ISidecar {
  /** Takes connections that are relayed; they begin with a preface. */
  server: Server;
  /**
   * Take over a client's own connection.
   *
   * @param first - what was read from it already.
   */
  connect: (socket: Socket, client: IClient, first: Buffer) => void;
  /** Ask anew before a request goes to an app. */
  forget: (place: IProxiedPath['place']) => void;
}

/** Make a sidecar, which carries each request to where it belongs. */
export function createSidecar(settings: ISettings): ISidecar {
  const gate = new Gate(settings);
  const http = createCarrier(gate);
  const serve = (socket: Socket): void => {
    new PlainConnection(socket, gate, () => {
      watchConnection(socket);
      http.emit('connection', socket);
      // It may be paused, and Node leaves it so.
      socket.resume();
    });
  };
  const server = createSocketServer({ allowHalfOpen: true }, socket => {
    readPreface(socket, () => {
      // Tells the relay that somebody is here, who reads: see `Sidecar.connect`.
      socket.write(TAKEN);
      serve(socket);
    });
  });
  const connect = (socket: Socket, client: IClient, first: Buffer): void => {
    introduce(socket, client);
    // As Node's own servers make theirs.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    if (first.length > 0) {
      socket.unshift(first);
    }
    serve(socket);
  };
  const forget = (place: IProxiedPath['place']): void => {
    gate.forget(place);
  };
  return { server, connect, forget };
}

/** Make what serves the connections of requests that are not plain. */
function createCarrier(gate: Gate): HttpServer {
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
  const answer = answerTo(request, error);
  if (answer === null || response.headersSent) {
    request.socket.destroySoon();
  } else {
    sendAnswer(response, answer);
  }
}
