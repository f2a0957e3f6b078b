/**
 * The lower bound: no client, however clever, can finish these calls sooner under this policy.
 */
import type { Algorithm, Limit, Policy } from '../../mock-server/policy.ts';
import { type CountingAlgorithm, earliestAdmission } from './admission.ts';
import { chainsOf } from './chains.ts';
import { algorithmFor, bucketKey, type ChargedCall, costOf, matches } from './charges.ts';
import { explain } from './explain.ts';

/** One request that has to be admitted and answered once. */
export interface Call extends ChargedCall {
  /** From the trial's start: it cannot be sent sooner. */
  readonly releaseMs: number;
  /** From its admission to its response. */
  readonly serviceMs: number;
  /** Index of the call that must be answered before this one is sent, or -1. */
  readonly after: number;
}

/** A lower bound and what dictates it. */
export interface LowerBound {
  /** From the first release to the last response, ms. */
  readonly ms: number;
  /** Name of the limit that binds; `service time` when one call or chain takes that long; `arrivals` when the last work comes that late. */
  readonly limit: string;
  /** The limit's algorithm in words (`token bucket`, `fixed window`, ...); else `longest call`, `chain` or `last arrival`. */
  readonly kind: string;
  /** For people, for example `2,000 calls at 10/s after a burst of 50`. */
  readonly explain: string;
}

/**
 * Lower bound on the makespan, (last response) - (first release), over all clients: the largest of what each bucket of each limit dictates
 * for all the work released from some moment on (field knowledge: (W - burst) / rate for token buckets, network calculus' busy period
 * argument for releases), of the longest chain of calls that wait for each other, and of the last arrival.
 *
 * Valid, not always attained. Left out, each of which can only make a client slower: refusals and what they charge (a perfect client has
 * none), penalties, background load, load-dependent service, the packing of unequal costs, and that several limits bind at once.
 * With an enforcement lag, charges of the last `enforcementLagMs` are not yet seen: any number of calls passes within one lag, so that no
 * limit bounds anything, and only service times, chains and arrivals are left.
 *
 * @param input.startsAtMs epoch ms of the trial's start, which fixes the phase of windows
 * @returns 0 ms for no calls
 * @throws RangeError when `after` is out of range or chains form a circle
 */
export function lowerBound(input: { policy: Policy; startsAtMs: number; calls: readonly Call[] }): LowerBound {
  const { policy, startsAtMs, calls } = input;
  if (calls.length === 0) return { ms: 0, limit: 'service time', kind: 'longest call', explain: 'no calls' };
  const chains = chainsOf(calls);
  const firstReleaseMs = onGrid(
    calls.reduce((least, call) => Math.min(least, call.releaseMs), Infinity),
    Math.ceil,
  );
  const deliveryMs = chains.tailMs.map((tailMs, index) => tailMs + calls[index]!.serviceMs);
  const shared = policy.background.length > 0;
  const { earliestMs } = chains;
  const work: Work = {
    calls,
    earliestMs,
    deliveryMs,
    startsAtMs,
    firstReleaseMs,
    shared,
    byEarliest: sortedBy(earliestMs, 1),
    byDelivery: sortedBy(deliveryMs, -1),
  };
  let best = longestChain(work);
  // Charges of the last lag are not seen yet: with one, no limit bounds anything (see above).
  const limits = policy.enforcementLagMs > 0 ? [] : policy.limits;
  for (const limit of limits) {
    const bound = boundOfLimit(limit, work);
    if (bound !== null && bound.ms > best.ms) best = bound;
  }
  return { ...best, ms: onGrid(best.ms, Math.floor) };
}

/** All calls, with what every limit needs of them. Arrays are by index of the call; times are from the trial's start. */
interface Work {
  readonly calls: readonly Call[];
  readonly earliestMs: Float64Array;
  /** From a call's admission to the last answer that waits for it: its own service and what follows in its chain. */
  readonly deliveryMs: Float64Array;
  readonly startsAtMs: number;
  readonly firstReleaseMs: number;
  /** Background traffic may have touched any bucket before. */
  readonly shared: boolean;
  /** Indices by earliest sending time, and by delivery, longest first. */
  readonly byEarliest: Uint32Array;
  readonly byDelivery: Uint32Array;
}

/** The calls that charge one bucket. */
interface Bucket {
  readonly algorithm: Algorithm;
  readonly byEarliest: number[];
  readonly byDelivery: number[];
  units: number;
}

/** Epoch milliseconds of our days resolve 1/4096: what lies between is lost in any clock, so a bound must not claim it. */
function onGrid(ms: number, round: (value: number) => number): number {
  const forgiven = round === Math.floor ? 1e-3 : -1e-3;
  return round(ms * 4096 + forgiven) / 4096;
}

function sortedBy(values: Float64Array, direction: 1 | -1): Uint32Array {
  return Uint32Array.from(values.keys()).sort((a, b) => direction * (values[a]! - values[b]!) || a - b);
}

/** The call whose answer, alone and undisturbed, comes last. */
function longestChain({ calls, earliestMs, firstReleaseMs }: Work): LowerBound {
  const doneMs = (index: number) => earliestMs[index]! + calls[index]!.serviceMs;
  let last = 0;
  for (let index = 1; index < calls.length; index++) if (doneMs(index) > doneMs(last)) last = index;
  const ms = doneMs(last) - firstReleaseMs;
  let length = 1;
  let first = last;
  // Walk back only while the wait was for the call before: a release in between starts afresh.
  for (let before = calls[first]!.after; before >= 0; before = calls[first]!.after) {
    if (doneMs(before) < calls[first]!.releaseMs) break;
    first = before;
    length++;
  }
  const arrivedMs = calls[first]!.releaseMs - firstReleaseMs;
  if (arrivedMs > ms - arrivedMs) {
    return { ms, limit: 'arrivals', kind: 'last arrival', explain: 'the last work to arrive' };
  }
  if (length === 1) return { ms, limit: 'service time', kind: 'longest call', explain: 'the longest call' };
  const explained = `a chain of ${length.toLocaleString('en-US')} calls, each waiting for the one before`;
  return { ms, limit: 'service time', kind: 'chain', explain: explained };
}

/** The bucket of a limit that dictates most; null when the limit looks at none of the calls. */
function boundOfLimit(limit: Limit, work: Work): LowerBound | null {
  const costs = new Float64Array(work.calls.length);
  let best: Bucket | null = null;
  let bestDoneMs = -Infinity;
  for (const bucket of bucketsOf(limit, work, costs)) {
    const { algorithm } = bucket;
    const doneMs =
      algorithm.kind === 'concurrency'
        ? concurrencyDone(algorithm.limit, bucket, costs, work)
        : countingDone(algorithm, bucket, costs, work);
    if (doneMs <= bestDoneMs) continue;
    best = bucket;
    bestDoneMs = doneMs;
  }
  if (best === null) return null;
  return {
    ms: bestDoneMs - work.firstReleaseMs,
    limit: limit.name,
    kind: best.algorithm.kind.replaceAll('-', ' '),
    explain: explain(best.algorithm, best.byEarliest.length, best.units),
  };
}

/** Groups the calls by the bucket they charge, in both orders, and notes what each costs. Calls that charge nothing are left out. */
function bucketsOf(limit: Limit, work: Work, costs: Float64Array): Bucket[] {
  const buckets = new Map<string, Bucket>();
  // Without the route, a sender's bucket is looked up once.
  const bySender = limit.scope.includes('route') ? null : new Map<Call['sender'], Bucket>();
  const own: (Bucket | undefined)[] = Array.from({ length: work.calls.length });
  for (const index of work.byEarliest) {
    const call = work.calls[index]!;
    if (!matches(limit.match, call)) continue;
    const cost = costOf(limit, call);
    if (cost <= 0) continue;
    costs[index] = cost;
    let bucket = bySender?.get(call.sender);
    if (bucket === undefined) {
      const key = bucketKey(limit, call);
      bucket = buckets.get(key);
      if (bucket === undefined) {
        bucket = { algorithm: algorithmFor(limit, call.sender.tier), byEarliest: [], byDelivery: [], units: 0 };
        buckets.set(key, bucket);
      }
      bySender?.set(call.sender, bucket);
    }
    bucket.byEarliest.push(index);
    bucket.units += cost;
    own[index] = bucket;
  }
  for (const index of work.byDelivery) own[index]?.byDelivery.push(index);
  return [...buckets.values()];
}

/** Earliest last response, from the trial's start, that a counting bucket allows. */
function countingDone(algorithm: CountingAlgorithm, bucket: Bucket, costs: Float64Array, work: Work): number {
  const { earliestMs, deliveryMs, startsAtMs, shared } = work;
  const firstMs = earliestMs[bucket.byEarliest[0]!]!;
  let doneMs = 0;
  // All the work that can be sent from some moment on; whichever of it is admitted last has at least the shortest delivery.
  let units = 0;
  let shortestMs = Infinity;
  for (let at = bucket.byEarliest.length - 1; at >= 0; at--) {
    const index = bucket.byEarliest[at]!;
    units += costs[index]!;
    shortestMs = Math.min(shortestMs, deliveryMs[index]!);
    const fromMs = earliestMs[index]!;
    // Work of one moment counts together.
    if (at > 0 && earliestMs[bucket.byEarliest[at - 1]!]! === fromMs) continue;
    const moments = { startsAtMs, fromMs, untouched: !shared && fromMs === firstMs };
    doneMs = Math.max(doneMs, earliestAdmission(algorithm, units, moments) + shortestMs);
  }
  // The k longest deliveries: the last of them to be admitted still has at least the k-th.
  units = 0;
  const moments = { startsAtMs, fromMs: firstMs, untouched: !shared };
  for (const index of bucket.byDelivery) {
    units += costs[index]!;
    doneMs = Math.max(doneMs, earliestAdmission(algorithm, units, moments) + deliveryMs[index]!);
  }
  return doneMs;
}

/**
 * Earliest last response that `limit` units in service at once allow. Cost x service of all work from some moment on is done at most
 * `limit`-fold. And of the k x slots + 1 longest calls, some k + 1 share a slot, which takes at least the k + 1 shortest of these.
 */
function concurrencyDone(limit: number, bucket: Bucket, costs: Float64Array, work: Work): number {
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
