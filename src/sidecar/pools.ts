import { Pool } from 'undici';

import { log } from './channel';
import { dial, type Target, targetKey } from './dial';
import { LONGEST_RESPONSE_HEAD } from './outgoing';

/** How many targets keep idle connections at a time. */
const MOST_POOLS = 256;

/**
 * How long a connection is kept idle, in milliseconds: shorter than the shortest
 * default among common servers (uvicorn and Node close after 5 s).
 */
const KEEP_ALIVE_MS = 4000;

const pools = new Map<string, Pool>();

/** The keep-alive connections to a target. */
export function poolOf(target: Target): Pool {
  const key = targetKey(target);
  let pool = pools.get(key);
  if (pool === undefined) {
    pool = new Pool('http://localhost', {
      connect: (_options, callback) => {
        dial(target).then(
          socket => {
            callback(null, socket);
          },
          (error: unknown) => {
            callback(
              error instanceof Error ? error : new Error(String(error)),
              null
            );
          }
        );
      },
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: LONGEST_RESPONSE_HEAD
    });
    pools.set(key, pool);
    closeOldest();
  }
  return pool;
}

function closeOldest(): void {
  const [oldest] = pools;
  if (pools.size > MOST_POOLS && oldest !== undefined) {
    pools.delete(oldest[0]);
    // Requests under way on it are finished first.
    oldest[1].close().catch((error: unknown) => {
      log('warning', `Closing idle connections: ${String(error)}`);
    });
  }
}
