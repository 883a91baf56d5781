/**
 * The value that this part of all values doesn't exceed (nearest rank).
 *
 * @param sorted - in ascending order.
 * @param part - between 0 and 1.
 */
export function quantile(sorted: Float64Array, part: number): number {
  const rank = Math.max(1, Math.ceil(part * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) {
    throw new Error('There are no values.');
  }
  return value;
}
