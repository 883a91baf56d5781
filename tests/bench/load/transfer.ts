/**
 * One large download or upload, with the SHA-256 of what was sent and of what has arrived.
 */
import { createHash } from 'node:crypto';

import { writeBlocks } from './blocks.ts';
import { readOptions, report } from './command-line.ts';
import { exchange } from './exchange.ts';

const options = readOptions('url', 'token', 'direction', 'bytes');
const { token } = options;
const bytes = Number(options.bytes);
const hash = createHash('sha256');

async function download(): Promise<void> {
  const source = new URL(`stream?bytes=${bytes}`, options.url);
  const answer = await exchange({ method: 'GET', url: source, token }, piece =>
    hash.update(piece)
  );
  const sent = await textOf('GET', 'digest-of-stream');
  finish(answer.lastByteMs, sent, hash.digest('hex'));
}

async function upload(): Promise<void> {
  const started = performance.now();
  const arrived = await textOf('POST', 'digest');
  finish(performance.now() - started, hash.digest('hex'), arrived);
}

async function textOf(method: 'GET' | 'POST', path: string): Promise<string> {
  let text = '';
  const size = method === 'GET' ? 0 : bytes;
  await exchange(
    {
      method,
      url: new URL(path, options.url),
      token,
      fields: [`Content-Length: ${size}`],
      writeBody: socket =>
        writeBlocks(socket, size, block => hash.update(block))
    },
    piece => {
      text += Buffer.from(piece).toString();
    }
  );
  return text;
}

function finish(ms: number, sent: string, arrived: string): void {
  if (sent !== arrived) {
    throw new Error(`SHA-256 sent: ${sent}, arrived: ${arrived}`);
  }
  report({ bytes, sha256: arrived, megabytesPerSecond: bytes / 1e3 / ms });
}

await (options.direction === 'down' ? download() : upload());
