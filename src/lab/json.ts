/** Whether a value that someone else wrote is an object with fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or the empty one for anything else. */
export function readText(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
