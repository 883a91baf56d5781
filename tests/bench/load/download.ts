/**
 * Downloads one after another, each on a connection of its own, until there were so many
 * or the time is over; the first one in any case.
 */
import { readOptions, report, stopSignal } from './command-line.ts';
import { exchange } from './exchange.ts';
import { quantile } from './quantile.ts';

const options = readOptions('url', 'token', 'accept', 'repetitions', 'seconds');
const url = new URL(options.url);
const stop = stopSignal(Number(options.seconds));
const firstByteMs: number[] = [];
let bytes = 0;
let ms = 0;
do {
  const answer = await exchange({
    method: 'GET',
    url,
    token: options.token,
    fields: [`Accept: ${options.accept}`]
  });
  firstByteMs.push(answer.firstByteMs);
  bytes += answer.bytes;
  ms += answer.lastByteMs;
} while (!stop.aborted && firstByteMs.length < Number(options.repetitions));
const sorted = Float64Array.from(firstByteMs).sort();
report({
  repetitions: sorted.length,
  firstByteMs: quantile(sorted, 0.5),
  slowestFirstByteMs: quantile(sorted, 1),
  bytes,
  megabytesPerSecond: bytes / 1e3 / ms
});
