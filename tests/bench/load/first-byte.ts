/**
 * How long the first byte of a page takes, and the last one: requests one after another on
 * one connection, until there were so many or the time is over.
 */
import { Client } from 'undici';

import { readOptions, report, stopSignal } from './command-line.ts';
import { quantile } from './quantile.ts';

const options = readOptions('url', 'token', 'accept', 'samples', 'seconds');
const url = new URL(options.url);
const stop = stopSignal(Number(options.seconds));
const client = new Client(url.origin);
const headers = {
  accept: options.accept,
  authorization: `token ${options.token}`
};

interface ISample {
  firstByteMs: number;
  lastByteMs: number;
}

async function load(): Promise<ISample> {
  const startedAt = performance.now();
  const { statusCode, body } = await client.request({
    method: 'GET',
    path: url.pathname,
    headers
  });
  let firstByteAt = NaN;
  body.once('data', () => {
    firstByteAt = performance.now();
  });
  await body.arrayBuffer();
  if (statusCode !== 200) {
    throw new Error(`${url.pathname}: status ${statusCode}`);
  }
  return {
    firstByteMs: firstByteAt - startedAt,
    lastByteMs: performance.now() - startedAt
  };
}

// The connection's setup is no part of it.
await load();
const samples: ISample[] = [];
do {
  samples.push(await load());
} while (!stop.aborted && samples.length < Number(options.samples));
await client.close();

function medianOf(value: keyof ISample): number {
  const values = samples.map(sample => sample[value]);
  return quantile(Float64Array.from(values).sort(), 0.5);
}

report({
  samples: samples.length,
  firstByteMs: medianOf('firstByteMs'),
  lastByteMs: medianOf('lastByteMs')
});
