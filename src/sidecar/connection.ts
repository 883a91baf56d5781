import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * When a client's sending side closes, it may have left, or it may wait for the
 * rest of the response: TCP says the same in both cases until something is sent.
 * So bytes are sent that mean nothing. One that left answers them with a reset.
 */
const PROBE_INTERVAL_MS = 100;

/**
 * The first probe makes the client's machine reset, the second makes the relay
 * notice, and the third makes us notice that the relay has gone.
 */
const PROBES = 3;

/** Becomes a leading zero of the next chunk's size (RFC 9112, section 7.1). */
export const CHUNKED_PROBE = '0';

/** Clients skip interim responses (RFC 9110, section 15.2), some this one only. */
export const EARLY_PROBE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** How many requests a client may send before it has read a response. */
export const MOST_PIPELINED = 64;

/** The responses of a connection that are not over, in their order. */
interface IUnderWay {
  responses: Set<ServerResponse>;
  newest: ServerResponse | null;
}

const connections = new WeakMap<Socket, IUnderWay>();

/** A response to a client that may have left. */
export interface IProbed {
  /** Whether bytes that mean nothing can be sent now. */
  isProbeable(): boolean;
  /** Send some. */
  probe(): void;
}

/** Watch a new connection whose requests Node reads. */
export function watchConnection(socket: Socket): void {
  const underWay: IUnderWay = { responses: new Set(), newest: null };
  connections.set(socket, underWay);
  // Node listens itself, but for upgraded connections no longer.
  socket.on('error', () => socket.destroy());
  socket.once('end', () => {
    startProbing(socket, () => {
      const [current] = underWay.responses;
      return current === undefined ? null : new ProbedResponse(current);
    });
  });
}

/**
 * Find out whether a client that has closed its sending side has left.
 *
 * @param current - tells the response that it is to get, if any.
 */
export function startProbing(
  socket: Socket,
  current: () => IProbed | null
): void {
  const look = findOut(socket, current);
  const timer = setInterval(() => {
    if (socket.destroyed) {
      clearInterval(timer);
    } else {
      look();
    }
  }, PROBE_INTERVAL_MS);
}

/** Make what is done at each interval after a client has closed its sending side. */
function findOut(socket: Socket, current: () => IProbed | null): () => void {
  let probes = 0;
  let quiet = 0;
  let written = socket.bytesWritten;
  return () => {
    const response = current();
    if (response === null) {
      return;
    }
    if (response.isProbeable()) {
      if (++probes <= PROBES) {
        response.probe();
      }
    } else {
      // Nothing may be added here: a pause of the app must tell.
      const isQuiet =
        socket.bytesWritten === written && socket.writableLength === 0;
      quiet = isQuiet ? quiet + 1 : 0;
      written = socket.bytesWritten;
      if (quiet === PROBES) {
        socket.destroy();
      }
    }
  };
}

/**
 * Wait for a request's turn: a client may send the next one before it has the
 * response (pipelining), and apps are to get them in that order.
 *
 * @returns when the responses to the earlier requests of its connection are over:
 * whether the client is still there to get this one.
 */
export async function takeTurn(
  request: IncomingMessage,
  response: ServerResponse
): Promise<boolean> {
  const { socket } = request;
  const underWay = connections.get(socket);
  if (underWay === undefined || underWay.responses.size >= MOST_PIPELINED) {
    socket.destroy();
    return false;
  }
  const { responses, newest } = underWay;
  underWay.newest = response;
  responses.add(response);
  response.once('close', () => responses.delete(response));
  if (newest !== null && responses.has(newest)) {
    await once(newest, 'close');
  }
  return !socket.destroyed;
}

/** Whether responses to earlier requests of this connection are still to come. */
export function isBusy(socket: Socket): boolean {
  return (connections.get(socket)?.responses.size ?? 0) > 0;
}

/** Call back if the client leaves before the response is over. */
export function onLeaving(response: ServerResponse, leave: () => void): void {
  response.once('close', () => {
    if (!response.writableFinished) {
      leave();
    }
  });
}

class ProbedResponse implements IProbed {
  constructor(private readonly response: ServerResponse) {}

  isProbeable(): boolean {
    const { response } = this;
    return (
      response.req.httpVersion === '1.1' &&
      !response.writableEnded &&
      (!response.headersSent || response.chunkedEncoding)
    );
  }

  probe(): void {
    const { response } = this;
    if (response.headersSent) {
      response.socket?.write(CHUNKED_PROBE);
    } else {
      response.socket?.write(EARLY_PROBE);
    }
  }
}
