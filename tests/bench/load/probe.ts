/**
 * The latency of requests that are sent one at a time on one connection, at an interval,
 * or without a pause after one that has taken longer than that.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'undici';

import { readOptions, report, stopSignal } from './command-line.ts';
import { quantile } from './quantile.ts';

const options = readOptions(
  'url',
  'token',
  'samples',
  'interval-ms',
  'seconds'
);
const url = new URL(options.url);
const stop = stopSignal(Number(options.seconds));
const client = new Client(url.origin);
const headers = { authorization: `token ${options.token}` };
const latenciesMs: number[] = [];

async function probe(): Promise<number> {
  const startedAt = performance.now();
  const { statusCode, body } = await client.request({
    method: 'GET',
    path: url.pathname,
    headers
  });
  await body.arrayBuffer();
  if (statusCode !== 200) {
    throw new Error(`${url.pathname}: status ${statusCode}`);
  }
  return performance.now() - startedAt;
}

// The connection's setup is no part of it.
await probe();
while (!stop.aborted && latenciesMs.length < Number(options.samples)) {
  const latencyMs = await probe();
  latenciesMs.push(latencyMs);
  await sleep(Math.max(0, Number(options['interval-ms']) - latencyMs));
}
await client.close();
const sorted = Float64Array.from(latenciesMs).sort();
report({
  samples: sorted.length,
  p50Ms: quantile(sorted, 0.5),
  p99Ms: quantile(sorted, 0.99),
  slowestMs: quantile(sorted, 1)
});
