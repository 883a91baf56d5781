/** After how many bytes what they were read into is cleared away. */
const BYTES_PER_COLLECTION = 8 * 1024 * 1024;

let bytes = 0;

/**
 * Count bytes that were read into buffers of their own, and clear those away in time.
 *
 * V8 counts objects, of which a buffer is a small one, and lets more than 60 MB of
 * buffers lie about before it looks. Looking at the young ones takes some 0.2 ms.
 *
 * Without `--expose-gc` this does nothing.
 */
export function passed(length: number): void {
  bytes += length;
  if (bytes >= BYTES_PER_COLLECTION) {
    bytes = 0;
    globalThis.gc?.({ type: 'minor' });
  }
}
