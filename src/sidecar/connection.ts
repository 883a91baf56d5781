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

/** The responses of a connection that are not over, in their order. */
const underWay = new WeakMap<Socket, Set<ServerResponse>>();

/** Watch a new connection. */
export function watchConnection(socket: Socket): void {
  const responses = new Set<ServerResponse>();
  underWay.set(socket, responses);
  socket.once('end', () => {
    const timer = setInterval(findOut(socket, responses), PROBE_INTERVAL_MS);
    socket.once('close', () => {
      clearInterval(timer);
    });
  });
}

/** Make what is done at each interval after a client has closed its sending side. */
function findOut(socket: Socket, responses: Set<ServerResponse>): () => void {
  let probes = 0;
  let quiet = 0;
  let written = socket.bytesWritten;
  return () => {
    const [current] = responses;
    if (current === undefined) {
      return;
    }
    if (isProbeable(current)) {
      if (++probes <= PROBES) {
        probe(current);
      }
    } else if (current.headersSent) {
      // Nothing may be added to this body: a pause of the app must tell.
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
  const responses = underWay.get(request.socket);
  const previous = [...(responses ?? [])].at(-1);
  responses?.add(response);
  response.once('close', () => responses?.delete(response));
  if (previous !== undefined) {
    await once(previous, 'close');
  }
  return !request.socket.destroyed;
}

/** Whether responses to earlier requests of this connection are still to come. */
export function isBusy(socket: Socket): boolean {
  return (underWay.get(socket)?.size ?? 0) > 0;
}

/** Call back if the client leaves before the response is over. */
export function onLeaving(response: ServerResponse, leave: () => void): void {
  response.once('close', () => {
    if (!response.writableFinished) {
      leave();
    }
  });
}

function isProbeable(response: ServerResponse): boolean {
  return (
    response.req.httpVersion === '1.1' &&
    (!response.headersSent || response.chunkedEncoding)
  );
}

function probe(response: ServerResponse): void {
  if (response.headersSent) {
    // Becomes a leading zero of the next chunk's size (RFC 9112, section 7.1).
    response.socket?.write('0');
  } else {
    // Clients skip interim responses (RFC 9110, section 15.2), some this one only.
    response.writeContinue();
  }
}
