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

import { type IProxiedPath, parseProxiedPath } from '../protocol/paths';
import { answerError, redirectToSlash } from './answer';
import { carryToJupyter, carryUpgradeToJupyter } from './carry';
import { type IConfiguration, log } from './channel';
import { readPreface } from './client';
import { isBusy, takeTurn, watchConnection } from './connection';
import { CarryError } from './errors';
import { forward, forwardUpgrade } from './forward';
import { Grants, type IRefusal } from './grants';
import { responseTo } from './upgrade';

/** The longest request head, in bytes; a longer one is answered 431. */
const LONGEST_HEAD = 64 * 1024;

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
      http.emit('connection', socket);
      // Reading the preface has paused it, and Node leaves it so.
      socket.resume();
    });
  });
  return server;
}

function createCarrier(configuration: IConfiguration): HttpServer {
  const { jupyterPath, trustXheaders } = configuration;
  const grants = new Grants(jupyterPath, trustXheaders);
  const server = createHttpServer({
    maxHeaderSize: LONGEST_HEAD,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: 0,
    shouldUpgradeCallback: isWebSocket
  });
  server.maxHeadersCount = 0;
  // Not in Node's types: a client that has sent all may close its side and read on.
  Object.assign(server, { httpAllowHalfOpen: true });

  const onRequest = (
    request: IncomingMessage,
    response: ServerResponse
  ): void => {
    carry(request, response, grants, configuration).catch((error: unknown) => {
      fail(request, response, error);
    });
  };
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  server.on('connect', (request: IncomingMessage) => {
    fail(request, responseTo(request), new CarryError('method-not-allowed'));
  });
  server.on(
    'upgrade',
    (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (isBusy(socket)) {
        // Earlier responses would mix with the handshake's. No browser does this.
        socket.destroy();
        return;
      }
      carryUpgrade(request, head, grants, configuration).catch(
        (error: unknown) => {
          if (!socket.destroyed) {
            fail(request, responseTo(request), error);
          }
        }
      );
    }
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

async function carry(
  request: IncomingMessage,
  response: ServerResponse,
  grants: Grants,
  configuration: IConfiguration
): Promise<void> {
  if (!(await takeTurn(request, response))) {
    return;
  }
  const path = proxiedPathOf(request, configuration);
  if (path === null) {
    acceptBody(request, response);
    await carryToJupyter(request, response, configuration);
    return;
  }
  const answer = await grants.obtain(request, path);
  if (!('addresses' in answer)) {
    sendRefusal(response, answer);
  } else if (path.appTarget === null && isRedirectable(request)) {
    redirectToSlash(response, path.prefix, request.url ?? '');
  } else {
    acceptBody(request, response);
    await forward({ request, path, grant: answer }, response, configuration);
  }
}

async function carryUpgrade(
  request: IncomingMessage,
  head: Buffer,
  grants: Grants,
  configuration: IConfiguration
): Promise<void> {
  const path = proxiedPathOf(request, configuration);
  if (path === null) {
    await carryUpgradeToJupyter(request, head, configuration);
    return;
  }
  const answer = await grants.obtain(request, path, true);
  if ('addresses' in answer) {
    const granted = { request, path, grant: answer };
    await forwardUpgrade(granted, head, configuration);
  } else {
    sendRefusal(responseTo(request), answer);
  }
}

function proxiedPathOf(
  request: IncomingMessage,
  configuration: IConfiguration
): IProxiedPath | null {
  const path = parseProxiedPath(configuration.baseUrl, request.url ?? '');
  if (path === 'malformed') {
    throw new CarryError('no-such-port');
  }
  return path;
}

function isRedirectable(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** A body that the client holds back is called for only when it may be sent. */
function acceptBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.expect !== undefined) {
    response.writeContinue();
  }
}

function sendRefusal(response: ServerResponse, refusal: IRefusal): void {
  for (const [name, value] of Object.entries(refusal.headers)) {
    if (value !== undefined && name !== 'content-length') {
      response.setHeader(name, value);
    }
  }
  response.writeHead(refusal.status, { 'Content-Length': refusal.body.length });
  response.end(refusal.body);
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
