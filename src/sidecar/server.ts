import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  ServerResponse
} from 'node:http';
import { createServer as createSocketServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';

import { type IProxiedPath, parseProxiedPath } from '../protocol/paths';
import { answerError, redirectToSlash } from './answer';
import { carryToJupyter, carryUpgradeToJupyter } from './carry';
import { type IConfiguration, log } from './channel';
import { readPreface } from './client';
import { isBusy, takeTurn, watchConnection } from './connection';
import { CarryError } from './errors';
import { forward, forwardUpgrade } from './forward';
import { Grants, type IRefusal } from './grants';
import { fields } from './raw-headers';
import { refusalTo } from './upgrade';
import { hasBody } from './upload';

/** The longest request head, in bytes; a longer one is answered 431. */
const LONGEST_REQUEST_HEAD = 64 * 1024;

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
    maxHeaderSize: LONGEST_REQUEST_HEAD,
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
    onTakeOver((request, head) =>
      carryUpgrade(request, head, grants, configuration)
    )
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
  refuseOddities(request);
  const answer = await grants.obtain(request, path);
  if (response.destroyed) {
    return;
  }
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
  if (hasBody(request)) {
    throw new CarryError('bad-request', path.port);
  }
  const answer = await grants.obtain(request, path, true);
  if (request.socket.destroyed) {
    return;
  }
  if ('addresses' in answer) {
    const granted = { request, path, grant: answer };
    await forwardUpgrade(granted, head, configuration);
  } else {
    sendRefusal(refusalTo(request), answer);
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

/** Refuse what an app could read in another way than we do. */
function refuseOddities(request: IncomingMessage): void {
  const coding = request.headers['transfer-encoding'] ?? 'chunked';
  const hosts = Array.from(fields(request.rawHeaders)).filter(
    field => field.lowerName === 'host'
  );
  if (coding.toLowerCase() !== 'chunked' || hosts.length > 1) {
    throw new CarryError('bad-request');
  }
}

function isRedirectable(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** A body that the client holds back is called for only when it may be sent. */
function acceptBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.expect !== undefined && request.httpVersion === '1.1') {
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
