import { parseArgs } from 'node:util';

/**
 * Read the command line: `--name value` for each of these names.
 *
 * @throws Error if one is missing or there is another.
 */
export function readOptions<Name extends string>(
  ...names: Name[]
): Record<Name, string> {
  const { values } = parseArgs({
    options: Object.fromEntries(
      names.map(name => [name, { type: 'string' as const }])
    )
  });
  const entries = names.map(name => {
    const value = values[name];
    if (typeof value !== 'string') {
      throw new Error(`--${name} is missing.`);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** Tell the program that started this one what was measured, as a line of JSON. */
export function report(values: Record<string, number | string>): void {
  process.stdout.write(`${JSON.stringify(values)}\n`);
}

/** Aborted by SIGTERM, or when the time is over. */
export function stopSignal(seconds: number): AbortSignal {
  const terminated = new AbortController();
  process.once('SIGTERM', () => {
    terminated.abort();
  });
  return AbortSignal.any([
    terminated.signal,
    AbortSignal.timeout(seconds * 1000)
  ]);
}
