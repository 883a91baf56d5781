/**
 * The channel to Jupyter: Node's own IPC (JSON lines over a socket pair), whose
 * other end is `jupyter_porthole/sidecars/channel.py`.
 */
import { Socket } from 'node:net';

import type { IProxiedPath, IRoutes } from '../protocol/paths';
import { type IClient, isClient } from './client';

/** What Jupyter tells a new sidecar, once. */
export interface IConfiguration {
  routes: IRoutes;
  /** Path of the Unix socket to listen on. */
  listenPath: string;
  /** Path of Jupyter's private Unix socket. */
  jupyterPath: string;
  /** Whether `X-Forwarded-*` of the client are to be believed. */
  trustXheaders: boolean;
  /** How long an app may take until its answer begins, in milliseconds; 0 for any time. */
  responseTimeoutMs: number;
}

type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Say something in Jupyter's log. Never a header, a cookie, a query or a token. */
export function log(level: LogLevel, message: string): void {
  send({ type: 'log', level, message });
}

/** Say why this process can't go on, and end it; Jupyter starts another one. */
export function logAndExit(message: string): void {
  const exit = (): never => process.exit(1);
  if (process.connected && process.send) {
    process.send({ type: 'log', level: 'error', message }, undefined, {}, exit);
  } else {
    exit();
  }
}

/** Tell Jupyter that connections are accepted from now on. */
export function announceListening(): void {
  send({ type: 'listening' });
}

/** Tell the other sidecars of this Jupyter that an app has set this value of `_xsrf`. */
export function shareXsrf(value: string): void {
  send({ type: 'xsrf', value });
}

/** Tell Jupyter that apps are in use. */
export function reportActivity(): void {
  send({ type: 'activity' });
}

/** What is done with what Jupyter says. */
export interface IListener {
  configure(configuration: IConfiguration): void;
  /**
   * Take over a client's connection.
   *
   * @param first - what was read from it already.
   */
  connect(socket: Socket, client: IClient, first: Buffer): void;
  /** Learn what another sidecar has shared, see {@link shareXsrf}. */
  rememberXsrf(value: string): void;
  /** Ask anew before a request goes to an app: what was granted is out of date. */
  forget(place: IProxiedPath['place']): void;
  /** End, since Jupyter is gone, in whatever way it went. */
  close(): void;
}

/** Serve the channel. */
export function openChannel(listener: IListener): void {
  process.on('message', (message: unknown, handle: unknown) => {
    if (!isRecord(message)) {
      return;
    }
    if (message.type === 'connection' && handle instanceof Socket) {
      if (isClient(message) && typeof message.first === 'string') {
        const first = Buffer.from(message.first, 'base64');
        listener.connect(handle, message, first);
      } else {
        handle.destroy();
      }
    } else if (message.type === 'ping') {
      send({ type: 'pong', id: message.id });
    } else if (message.type === 'configure' && isConfiguration(message)) {
      listener.configure(message);
    } else if (message.type === 'xsrf' && typeof message.value === 'string') {
      listener.rememberXsrf(message.value);
    } else if (message.type === 'forget' && isPlace(message)) {
      listener.forget(message);
    }
  });
  process.on('disconnect', () => {
    listener.close();
  });
}

function send(message: object): void {
  if (process.connected) {
    process.send?.(message);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isPlace(
  value: Record<string, unknown>
): value is Record<string, unknown> & IProxiedPath['place'] {
  return (
    typeof value.app === 'string' ||
    (typeof value.port === 'number' &&
      (value.host === null || typeof value.host === 'string'))
  );
}

function isRoutes(value: unknown): value is IRoutes {
  return (
    isRecord(value) &&
    typeof value.baseUrl === 'string' &&
    typeof value.hasPorts === 'boolean' &&
    Array.isArray(value.apps) &&
    value.apps.every(
      (app: unknown) =>
        isRecord(app) &&
        typeof app.name === 'string' &&
        typeof app.root === 'string'
    ) &&
    Array.isArray(value.ownPaths) &&
    value.ownPaths.every(path => typeof path === 'string')
  );
}

function isConfiguration(
  value: Record<string, unknown> & Partial<IConfiguration>
): value is Record<string, unknown> & IConfiguration {
  return (
    isRoutes(value.routes) &&
    typeof value.listenPath === 'string' &&
    typeof value.jupyterPath === 'string' &&
    typeof value.trustXheaders === 'boolean' &&
    typeof value.responseTimeoutMs === 'number'
  );
}
