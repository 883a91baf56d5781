import {
  type ClientRequest,
  type IncomingMessage,
  ServerResponse
} from 'node:http';
import type { Socket } from 'node:net';
import { createProxyServer } from 'http-proxy';

import { noteActivity } from './activity';
import { TargetAgent } from './agent';
import type { IOutgoing } from './outgoing';
import { fields, firstValue, type RawHeaders } from './raw-headers';
import { Reply } from './reply';
import { LONGEST_RESPONSE_HEAD } from './response-parser';
import { splice } from './splice';

/** How much a client may send before it is upgraded, in bytes. */
const MOST_KEPT = 64 * 1024;

const proxy = createProxyServer({});

/** http-proxy tells of the request before it sends it by this event only. */
const starts = new WeakMap<
  IncomingMessage,
  (proxyRequest: ClientRequest) => void
>();
// Without a listener it throws. What breaks either side has closed both.
proxy.on('error', () => undefined);
proxy.on('proxyReqWs', (proxyRequest, request) => {
  starts.get(request)?.(proxyRequest);
});

/**
 * Carry a WebSocket handshake to an upstream. After the upstream's own 101 the
 * two connections are spliced; any other answer of its goes to the client and
 * ends the connection.
 *
 * @param head - what the client has sent after the handshake already.
 * @returns when the handshake is over.
 * @throws what kept the upstream from answering.
 */
export function upgrade(
  request: IncomingMessage,
  head: Buffer,
  outgoing: IOutgoing
): Promise<void> {
  const { socket } = request;
  if (outgoing.isActivity) {
    noteActivity();
  }
  return new Promise((resolve, reject) => {
    const before = socket.listeners('close');
    starts.set(request, proxyRequest => {
      setHead(proxyRequest, outgoing);
      const ofProxy = socket
        .listeners('close')
        .filter(listener => !before.includes(listener));
      socket.once('close', () => proxyRequest.destroy());
      const stopWaiting = readWhileWaiting(socket);
      // Instead of http-proxy's own listeners, added right after this: they lose the
      // order and the case of headers, ignore backpressure, close the connection before
      // an error can be answered, and keep all of the handshake as long as it is open.
      queueMicrotask(() => {
        proxyRequest.removeAllListeners('response');
        proxyRequest.once('response', answer => {
          stopWaiting();
          const { responseHeaders } = outgoing;
          const refusal = refusalTo(request);
          const reply = new Reply(refusal, responseHeaders, resolve, reject);
          // What breaks from now on breaks the answer that has begun.
          proxyRequest.off('error', reject).on('error', error => {
            reply.fail(error);
          });
          reply.receive(answer);
        });
        proxyRequest.removeAllListeners('error');
        proxyRequest.on('error', reject);
        proxyRequest.removeAllListeners('upgrade');
        proxyRequest.once('upgrade', (answer, upstream: Socket, first) => {
          stopWaiting();
          // It counts its connections; for it, this one is over.
          for (const listener of ofProxy) {
            listener.call(socket);
          }
          socket.write(switchingHead(answer, outgoing), 'latin1');
          if (first.length > 0) {
            upstream.unshift(first);
          }
          splice(socket, upstream, outgoing.isActivity);
          resolve();
        });
      });
    });
    // http-proxy copies these into the request: the real ones are set above.
    request.headers = { connection: 'Upgrade', upgrade: 'websocket' };
    proxy.ws(
      request,
      socket,
      head,
      {
        target: { protocol: 'http:', host: 'localhost', port: 80 },
        agent: new TargetAgent(outgoing.target)
      },
      // After the handshake: one side broke, and both are closed.
      () => undefined
    );
  });
}

/**
 * Read on while the upstream has not answered: nobody would see the client leave.
 * What it sends already is kept.
 *
 * @returns puts what was kept back, and ends this.
 */
function readWhileWaiting(socket: Socket): () => void {
  const kept: Buffer[] = [];
  let length = 0;
  const onData = (chunk: Buffer): void => {
    kept.push(chunk);
    length += chunk.length;
    if (length > MOST_KEPT) {
      socket.pause();
    }
  };
  const onEnd = (): void => {
    socket.destroy();
  };
  socket.on('data', onData).once('end', onEnd);
  return () => {
    socket.off('data', onData).off('end', onEnd).pause();
    if (length > 0) {
      socket.unshift(Buffer.concat(kept));
    }
  };
}

/** Replace what http-proxy would send by the exact target and fields. */
function setHead(proxyRequest: ClientRequest, outgoing: IOutgoing): void {
  // An option that http-proxy doesn't pass on.
  Object.assign(proxyRequest, { maxHeaderSize: LONGEST_RESPONSE_HEAD });
  for (const name of proxyRequest.getHeaderNames()) {
    proxyRequest.removeHeader(name);
  }
  proxyRequest.path = outgoing.path;
  for (const [name, values] of grouped(outgoing.headers)) {
    proxyRequest.setHeader(name, values);
  }
  proxyRequest.setHeader('Connection', 'Upgrade');
  proxyRequest.setHeader('Upgrade', 'websocket');
}

/** Node keeps several fields of one name as one entry. */
function grouped(headers: RawHeaders): [name: string, values: string[]][] {
  const groups = new Map<string, [name: string, values: string[]]>();
  for (const { name, lowerName, value } of fields(headers)) {
    const group = groups.get(lowerName);
    if (group === undefined) {
      groups.set(lowerName, [name, [value]]);
    } else {
      group[1].push(value);
    }
  }
  return [...groups.values()];
}

function switchingHead(answer: IncomingMessage, outgoing: IOutgoing): string {
  const lines = [
    `HTTP/1.1 101 ${answer.statusMessage ?? ''}`,
    `Upgrade: ${firstValue(answer.rawHeaders, 'upgrade') ?? 'websocket'}`,
    'Connection: Upgrade'
  ];
  for (const { name, value } of fields(
    outgoing.responseHeaders(answer.rawHeaders)
  )) {
    lines.push(`${name}: ${value}`);
  }
  return [...lines, '', ''].join('\r\n');
}

const refusals = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * The ordinary response to a request that wanted to upgrade. It ends the
 * connection: what follows on it may be frames, which are no requests.
 */
export function refusalTo(request: IncomingMessage): ServerResponse {
  let response = refusals.get(request);
  if (response === undefined) {
    response = new ServerResponse(request);
    refusals.set(request, response);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.once('finish', () => {
      response?.detachSocket(request.socket);
      request.socket.destroySoon();
    });
  }
  return response;
}
