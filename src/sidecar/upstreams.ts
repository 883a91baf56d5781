import { type Target, targetKey } from './dial';
import { UpstreamConnection } from './upstream-connection';

/**
 * How long a connection is kept idle, in milliseconds: shorter than the shortest
 * default among common servers (uvicorn and Node close after 5 s).
 */
const KEEP_ALIVE_MS = 4000;

/** How often idle connections are looked through, in milliseconds. */
const SWEEP_INTERVAL_MS = 1000;

/** A connection that has nothing to do, until it is closed at a time by `performance.now()`. */
interface IIdle {
  connection: UpstreamConnection;
  until: number;
}

/** The idle connections to each target, those that were used last at the end. */
const idle = new Map<string, IIdle[]>();
let sweeper: NodeJS.Timeout | null = null;

/** Take an idle connection to a target, if there is one. */
export function takeIdle(target: Target): UpstreamConnection | undefined {
  const last = idle.get(targetKey(target))?.pop();
  if (last !== undefined && last.until < performance.now()) {
    last.connection.destroy();
    return takeIdle(target);
  }
  return last?.connection;
}

/** Open a connection to a target; it is kept while it is idle. */
export function open(target: Target): Promise<UpstreamConnection> {
  const key = targetKey(target);
  return UpstreamConnection.open(
    target,
    (connection, forMs) => {
      keep(key, connection, Math.min(forMs, KEEP_ALIVE_MS));
    },
    connection => {
      forget(key, connection);
    }
  );
}

function keep(
  key: string,
  connection: UpstreamConnection,
  forMs: number
): void {
  const entry = { connection, until: performance.now() + forMs };
  const others = idle.get(key);
  if (others === undefined) {
    idle.set(key, [entry]);
  } else {
    others.push(entry);
  }
  sweeper ??= setInterval(sweep, SWEEP_INTERVAL_MS).unref();
}

function forget(key: string, connection: UpstreamConnection): void {
  const others = idle.get(key) ?? [];
  const index = others.findIndex(entry => entry.connection === connection);
  if (index >= 0) {
    others.splice(index, 1);
  }
}

/** Close what has been idle for too long. */
function sweep(): void {
  const now = performance.now();
  for (const [key, entries] of idle) {
    const kept = entries.filter(({ until }) => until >= now);
    const expired = entries.filter(({ until }) => until < now);
    if (kept.length > 0) {
      idle.set(key, kept);
    } else {
      idle.delete(key);
    }
    for (const { connection } of expired) {
      connection.destroy();
    }
  }
  if (idle.size === 0 && sweeper !== null) {
    clearInterval(sweeper);
    sweeper = null;
  }
}
