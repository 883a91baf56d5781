import { createCipheriv } from 'node:crypto';
import type { Writable } from 'node:stream';

const BLOCK = 1024 * 1024;

/**
 * Write so many bytes: the same noise again and again, each time with another number at
 * its start, so that no piece can be lost, doubled or swapped unnoticed.
 *
 * @param see - gets each block before it is written.
 */
export async function writeBlocks(
  stream: Writable,
  bytes: number,
  see: (block: Uint8Array) => void = () => undefined
): Promise<void> {
  const block = noise();
  for (let sent = 0; sent < bytes; sent += BLOCK) {
    block.writeDoubleBE(sent, 0);
    const part = block.subarray(0, Math.min(BLOCK, bytes - sent));
    see(part);
    // Until it has left: the next round changes it.
    await new Promise<void>((resolve, reject) => {
      stream.write(part, error => {
        if (error) {
          reject(error);
        } else {
          resolve();
        }
      });
    });
  }
}

/** The same bytes in each process. */
function noise(): Buffer {
  const cipher = createCipheriv(
    'aes-128-ctr',
    Buffer.alloc(16),
    Buffer.alloc(16)
  );
  return cipher.update(Buffer.alloc(BLOCK));
}
