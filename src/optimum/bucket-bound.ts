/** What one bucket dictates: the earliest last response of the calls that charge it. */
import { type CountingAlgorithm, earliestAdmission, type Moments } from './admission.ts';
import type { Bucket, Work } from './work.ts';

/**
 * Earliest last response, from the trial's start, that a counting bucket allows. Where that is not later than `knownMs`, any number not later
 * than `knownMs`.
 */
export function countingDone(
  algorithm: CountingAlgorithm,
  bucket: Bucket,
  costs: Float64Array,
  work: Work,
  knownMs: number,
): number {
  const { earliestMs, deliveryMs, startsAtMs, shared } = work;
  const firstMs = earliestMs[bucket.byEarliest[0]!]!;
  const sinceMs = shared ? -Infinity : firstMs;
  let doneMs = 0;
  // All the work that can be sent from some moment on; whichever of it is admitted last has at least the shortest delivery.
  let units = 0;
  let shortestMs = Infinity;
  let longestMs = 0;
  for (let at = bucket.byEarliest.length - 1; at >= 0; at--) {
    const index = bucket.byEarliest[at]!;
    units += costs[index]!;
    longestMs = Math.max(longestMs, deliveryMs[index]!);
    shortestMs = Math.min(shortestMs, deliveryMs[index]!);
    const fromMs = earliestMs[index]!;
    // Work of one moment counts together.
    const before = at === 0 ? -Infinity : earliestMs[bucket.byEarliest[at - 1]!]!;
    if (before === fromMs) continue;
    const moments = { startsAtMs, fromMs, sinceMs };
    doneMs = Math.max(doneMs, earliestAdmission(algorithm, units, moments) + shortestMs);
  }
  const moments = { startsAtMs, fromMs: firstMs, sinceMs };
  if (earliestAdmission(algorithm, units, moments) + longestMs <= Math.max(doneMs, knownMs)) return doneMs;
  return Math.max(doneMs, longestDeliveriesDone(algorithm, bucket, costs, work, moments));
}

/** The k longest deliveries: the last of them to be admitted still has at least the k-th. */
function longestDeliveriesDone(
  algorithm: CountingAlgorithm,
  { byEarliest, unitsEach }: Bucket,
  costs: Float64Array,
  { deliveryMs }: Work,
  moments: Moments,
): number {
  let doneMs = 0;
  let units = 0;
  if (unitsEach > 0) {
    // Where all cost alike the times alone are sorted, without a comparator: several times as fast.
    const ascending = new Float64Array(byEarliest.length);
    for (let at = 0; at < ascending.length; at++) ascending[at] = deliveryMs[byEarliest[at]!]!;
    ascending.sort();
    for (let at = ascending.length - 1; at >= 0; at--) {
      units += unitsEach;
      doneMs = Math.max(doneMs, earliestAdmission(algorithm, units, moments) + ascending[at]!);
    }
    return doneMs;
  }
  for (const index of byEarliest.toSorted((a, b) => deliveryMs[b]! - deliveryMs[a]! || a - b)) {
    units += costs[index]!;
    doneMs = Math.max(doneMs, earliestAdmission(algorithm, units, moments) + deliveryMs[index]!);
  }
  return doneMs;
}

/**
 * Earliest last response that `limit` units in service at once allow. Cost x service of all work from some moment on is done at most
 * `limit`-fold. And of the k x slots + 1 longest calls, some k + 1 share a slot, which takes at least the k + 1 shortest of these.
 */
export function concurrencyDone(limit: number, bucket: Bucket, costs: Float64Array, work: Work): number {
  const { calls, earliestMs, deliveryMs } = work;
  let doneMs = 0;
  let service = 0;
  let shortestTailMs = Infinity;
  let leastCost = Infinity;
  for (let at = bucket.byEarliest.length - 1; at >= 0; at--) {
    const index = bucket.byEarliest[at]!;
    const { serviceMs } = calls[index]!;
    service += costs[index]! * serviceMs;
    leastCost = Math.min(leastCost, costs[index]!);
    shortestTailMs = Math.min(shortestTailMs, deliveryMs[index]! - serviceMs);
    doneMs = Math.max(doneMs, earliestMs[index]! + service / limit + shortestTailMs);
  }
  const slots = Math.floor(limit / leastCost);
  if (slots < 1) return doneMs;
  const firstMs = earliestMs[bucket.byEarliest[0]!]!;
  const longest = Float64Array.from(bucket.byEarliest, (index) => -calls[index]!.serviceMs).sort();
  const sums = new Float64Array(longest.length + 1);
  for (let index = 0; index < longest.length; index++) sums[index + 1] = sums[index]! - longest[index]!;
  for (let k = 1; k * slots < longest.length; k++) {
    doneMs = Math.max(doneMs, firstMs + sums[k * slots + 1]! - sums[k * slots - k]!);
  }
  return doneMs;
}
