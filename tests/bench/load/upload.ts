/**
 * Uploads one after another, each on a connection of its own, until there were so many or
 * the time is over; the first one in any case.
 */
import { writeBlocks } from './blocks.ts';
import { readOptions, report, stopSignal } from './command-line.ts';
import { exchange } from './exchange.ts';

const options = readOptions('url', 'token', 'bytes', 'repetitions', 'seconds');
const url = new URL(options.url);
const size = Number(options.bytes);
const stop = stopSignal(Number(options.seconds));
let repetitions = 0;
let ms = 0;
do {
  let received = '';
  const answer = await exchange(
    {
      method: 'POST',
      url,
      token: options.token,
      fields: [`Content-Length: ${size}`],
      writeBody: socket => writeBlocks(socket, size)
    },
    piece => {
      received += Buffer.from(piece).toString();
    }
  );
  if (Number(received) !== size) {
    throw new Error(`Of ${size} bytes these have arrived: ${received}.`);
  }
  repetitions += 1;
  ms += answer.lastByteMs;
} while (!stop.aborted && repetitions < Number(options.repetitions));
const bytes = repetitions * size;
report({ repetitions, bytes, megabytesPerSecond: bytes / 1e3 / ms });
