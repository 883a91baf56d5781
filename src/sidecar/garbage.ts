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

/** How often it is looked whether this process has nothing to do, in milliseconds. */
const LOOK_INTERVAL_MS = 5000;

/** Up to which share of a core it counts as having nothing to do. */
const IDLE_SHARE = 0.02;

/**
 * Give memory back to the system when there is nothing to do after there was: V8 keeps
 * what a busy hour has needed (24 MB after 5,000 WebSockets, say) for the next one.
 */
export function tidyWhenIdle(): void {
  let before = process.cpuUsage();
  let isTidy = true;
  setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    const isIdle = (user + system) / 1000 < LOOK_INTERVAL_MS * IDLE_SHARE;
    if (isIdle && !isTidy) {
      globalThis.gc?.({
        type: 'major',
        execution: 'sync',
        flavor: 'last-resort'
      });
    }
    isTidy = isIdle;
    before = process.cpuUsage();
  }, LOOK_INTERVAL_MS).unref();
}
