import { connect, type OnReadOpts, type Socket } from 'node:net';

/** Where an upstream listens. */
export type Target =
  { addresses: readonly string[]; port: number } | { socketPath: string };

/** How long connecting to one address may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5000;

/** A connection that was not accepted in time. */
export class ConnectTimeoutError extends Error {
  override name = 'ConnectTimeoutError';
}

/** The one name of a target. */
export function targetKey(target: Target): string {
  return 'socketPath' in target
    ? target.socketPath
    : `${target.addresses.join(',')}:${target.port}`;
}

/**
 * Connect to an upstream: the one place that opens connections.
 *
 * @param onread - reads into a buffer of its own instead of by `data` events.
 * @returns the connection to the first address that accepts.
 * @throws the error of the last address (`ECONNREFUSED`, `ENOENT`, …), or
 * {@link ConnectTimeoutError}.
 */
export async function dial(
  target: Target,
  onread?: OnReadOpts
): Promise<Socket> {
  if ('socketPath' in target) {
    return open({ path: target.socketPath }, onread);
  }
  let failure: unknown = new TypeError('A target without an address.');
  for (const host of target.addresses) {
    try {
      return await open({ host, port: target.port }, onread);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function open(
  where: { path: string } | { host: string; port: number },
  onread?: OnReadOpts
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...where,
      noDelay: true,
      ...(onread && { onread })
    });
    const timer = setTimeout(() => {
      socket.destroy(new ConnectTimeoutError('Connecting took too long.'));
    }, CONNECT_TIMEOUT_MS);
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}
