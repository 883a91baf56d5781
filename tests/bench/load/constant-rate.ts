/**
 * Requests at a constant rate, whether the answers come or not, as long as a connection is
 * free: a request that would need one more is left out.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { Pool } from 'undici';

import { readOptions, report, stopSignal } from './command-line.ts';

/** How often it is looked how many requests are due. */
const TICK_MS = 5;

const options = readOptions('url', 'token', 'rate', 'connections', 'seconds');
const url = new URL(options.url);
const stop = stopSignal(Number(options.seconds));
const connections = Number(options.connections);
const pool = new Pool(url.origin, { connections });
const headers = { authorization: `token ${options.token}` };
const outstanding = new Set<Promise<void>>();
let due = 0;
let answered = 0;

async function request(): Promise<void> {
  const { statusCode, body } = await pool.request({
    method: 'GET',
    path: url.pathname,
    headers
  });
  await body.arrayBuffer();
  if (statusCode !== 200) {
    throw new Error(`${url.pathname}: status ${statusCode}`);
  }
  answered += 1;
}

const startedAt = performance.now();
while (!stop.aborted) {
  const elapsedMs = performance.now() - startedAt;
  const total = Math.floor((elapsedMs * Number(options.rate)) / 1000);
  for (; due < total; due += 1) {
    if (outstanding.size < connections) {
      const running = request().finally(() => outstanding.delete(running));
      outstanding.add(running);
    }
  }
  await sleep(TICK_MS);
}
const seconds = (performance.now() - startedAt) / 1000;
const requestsPerSecond = answered / seconds;
await Promise.all(outstanding);
await pool.close();
report({ requestsPerSecond });
