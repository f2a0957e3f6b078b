/**
 * Clopper-Pearson's exact interval of a rate: all rates under which so few, and so many, hits out of n are not surprising.
 *
 * Source: Clopper and Pearson 1934. The bounds solve P(X >= hits | low) = P(X <= hits | high) = (1 - confidence) / 2, by bisection.
 *
 * @param hits whole, 0 to n
 * @param n whole, at least 1
 * @param confidence 0.95 unless said
 * @throws RangeError when hits and n do not fit
 */
export function clopperPearson(
  hits: number,
  n: number,
  confidence = 0.95,
): { readonly low: number; readonly high: number } {
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`Cannot bound a rate: n must be a whole number from 1, current value is ${n}`);
  if (!Number.isInteger(hits) || hits < 0 || hits > n) {
    throw new RangeError(`Cannot bound a rate: hits must be a whole number from 0 to ${n}, current value is ${hits}`);
  }
  const error = (1 - confidence) / 2;
  return {
    low: hits === 0 ? 0 : crossing((rate) => atMost(n - hits, n, 1 - rate) > error),
    high: hits === n ? 1 : crossing((rate) => atMost(hits, n, rate) < error),
  };
}

/** The rate at which a condition that is false at 0 and true at 1 turns. */
function crossing(holds: (rate: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** P(X <= hits) for a binomial X, summed in logarithms. */
function atMost(hits: number, n: number, rate: number): number {
  if (rate <= 0) return 1;
  if (rate >= 1) return hits >= n ? 1 : 0;
  const logRate = Math.log(rate);
  const logRest = Math.log1p(-rate);
  let logWays = 0;
  let sum = 0;
  for (let k = 0; k <= hits; k++) {
    if (k > 0) logWays += Math.log(n - k + 1) - Math.log(k);
    sum += Math.exp(logWays + k * logRate + (n - k) * logRest);
  }
  return sum;
}
