import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

import type { IGrantTarget, IGrantTls } from '../protocol/grant';
import { tlsOptions } from './tls-options';

/** Where an upstream listens. */
export type Target = IGrantTarget & {
  /** How its certificate is checked, if it speaks TLS. */
  tls?: IGrantTls | null;
};

/** How long connecting to one address may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5000;

/** The errors of a connection that nobody took. */
const REFUSED: readonly string[] = [
  'ECONNREFUSED',
  'ENOENT',
  'EADDRNOTAVAIL',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EAFNOSUPPORT'
];

/** The code of an error of the system, of OpenSSL or of Node; empty if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Whether it says that nobody listens there. */
export function isRefused(error: unknown): boolean {
  return REFUSED.includes(codeOf(error));
}

/** A connection that was not accepted in time. */
export class ConnectTimeoutError extends Error {
  override name = 'ConnectTimeoutError';
}

/** The one name of a target. */
export function targetKey(target: Target): string {
  const place =
    'socketPath' in target
      ? target.socketPath
      : `${target.addresses.join(',')}:${target.port}`;
  return target.tls ? `${place} ${JSON.stringify(target.tls)}` : place;
}

/**
 * Connect to an upstream: the one place that opens connections.
 *
 * @param onread - reads into a buffer of its own instead of by `data` events.
 * @param timeoutMs - how long that may take for one address, the handshake included.
 * @returns the connection to the first address that accepts.
 * @throws the error of the last address (`ECONNREFUSED`, `ENOENT`, …) or
 * {@link ConnectTimeoutError}; what somebody who listens did wrong tells more than that
 * nobody does elsewhere.
 */
export async function dial(
  target: Target,
  onread?: OnReadOpts,
  timeoutMs = CONNECT_TIMEOUT_MS
): Promise<Socket> {
  const { tls = null } = target;
  const options = { tls, timeoutMs, ...(onread && { onread }) };
  if ('socketPath' in target) {
    return open({ path: target.socketPath }, options);
  }
  let failure: unknown = new TypeError('A target without an address.');
  for (const [index, host] of target.addresses.entries()) {
    try {
      return await open({ host, port: target.port }, options);
    } catch (error) {
      if (index === 0 || !isRefused(error)) {
        failure = error;
      }
    }
  }
  throw failure;
}

type Where = { path: string } | { host: string; port: number };

interface IOpening {
  tls: IGrantTls | null;
  timeoutMs: number;
  onread?: OnReadOpts;
}

function open(
  where: Where,
  { tls, timeoutMs, onread }: IOpening
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const options = { ...where, noDelay: true, ...(onread && { onread }) };
    const socket =
      tls === null
        ? connect(options)
        : connectSecurely({ ...options, ...tlsOptions(tls) });
    const timer = setTimeout(() => {
      socket.destroy(new ConnectTimeoutError('Connecting took too long.'));
    }, timeoutMs);
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
    });
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}
