/** How often a condition is looked at that can't tell by itself. */
const POLL_MS = 50;

/**
 * Wait for a condition that no event tells of.
 *
 * @returns its first true value.
 * @throws after `timeoutMs`, or what the condition throws.
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs: number
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, POLL_MS);
    });
  }
}
