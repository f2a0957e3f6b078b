/** Node's rule for a timer's delay: outside 1 to 2^31 - 1 ms (or no number at all) it becomes 1; the fraction is cut. */
export function nodeDelay(delayMs: number): number {
  return delayMs >= 1 && delayMs <= 2147483647 ? Math.trunc(delayMs) : 1;
}
