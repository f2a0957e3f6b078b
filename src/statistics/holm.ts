/**
 * Holm's step-down adjustment: p-values that can be compared with one level over a whole family of tests.
 *
 * The smallest of m is multiplied by m, the next by m - 1, and so on; none may fall below one before it; none exceeds 1.
 * Source: Holm 1979, *A simple sequentially rejective multiple test procedure*.
 *
 * @returns adjusted values in the order given
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).toSorted((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = Array.from({ length: pValues.length }, () => 1);
  let least = 0;
  for (const [position, index] of order.entries()) {
    least = Math.max(least, Math.min(1, pValues[index]! * (pValues.length - position)));
    adjusted[index] = least;
  }
  return adjusted;
}
