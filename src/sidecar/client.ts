import type { Socket } from 'node:net';

/** Who is at the other end of a connection, as Jupyter says it. */
export interface IClient {
  /** IP address; empty if Jupyter listens on a Unix socket. */
  address: string;
  scheme: 'http' | 'https';
}

/** No preface is longer, in bytes. */
const LONGEST_PREFACE = 1024;

const clients = new WeakMap<object, IClient>();

/** The client of a connection. */
export function clientOf(socket: Socket): IClient {
  const client = clients.get(socket);
  if (client === undefined) {
    throw new TypeError('A connection of nobody.');
  }
  return client;
}

/** Say who is at the other end of a connection. */
export function introduce(socket: Socket, client: IClient): void {
  clients.set(socket, client);
}

/**
 * Read the preface of a connection: one line of JSON that names the client. The
 * relay (`jupyter_porthole/carrying/relay.py`) writes it before the client's bytes.
 *
 * @param socket - a new connection; destroyed if it begins with anything else.
 * @param ready - called when the client is known; the bytes after the preface
 * are in the socket again.
 */
export function readPreface(socket: Socket, ready: () => void): void {
  let received: Buffer = Buffer.alloc(0);
  const onError = (): void => {
    socket.destroy();
  };
  const onData = (chunk: Buffer): void => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf('\n');
    if (end < 0 && received.length < LONGEST_PREFACE) {
      return;
    }
    socket.off('data', onData).off('error', onError).off('end', onError);
    const client = parsePreface(received.toString('utf8', 0, Math.max(end, 0)));
    if (client === null) {
      socket.destroy();
      return;
    }
    introduce(socket, client);
    socket.pause();
    if (received.length > end + 1) {
      socket.unshift(received.subarray(end + 1));
    }
    ready();
  };
  socket.on('data', onData).on('error', onError).on('end', onError);
}

function parsePreface(text: string): IClient | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isClient(value) ? value : null;
}

/** Whether it names a client. */
export function isClient(value: unknown): value is IClient {
  return (
    typeof value === 'object' &&
    value !== null &&
    'address' in value &&
    typeof value.address === 'string' &&
    'scheme' in value &&
    (value.scheme === 'http' || value.scheme === 'https')
  );
}
