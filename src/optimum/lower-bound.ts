/**
 * The lower bound: no client, however clever, can finish these calls sooner under this policy.
 */
import type { Algorithm, Limit, Policy } from '../../mock-server/policy.ts';
import { type CountingAlgorithm, earliestAdmission } from './admission.ts';
import { type Chains, chainsOf } from './chains.ts';
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
  const firstReleaseMs = calls.reduce((least, call) => Math.min(least, call.releaseMs), Infinity);
  const work: Work = {
    calls,
    chains,
    startsAtMs,
    firstReleaseMs,
    shared: policy.background.length > 0,
    ...orders(calls, chains),
  };
  let best = longestChain(work);
  if (policy.enforcementLagMs > 0) return best;
  for (const limit of policy.limits) {
    const bound = boundOfLimit(limit, work);
    if (bound !== null && bound.ms > best.ms) best = bound;
  }
  return best;
}

/** All calls, with what every limit needs of them. */
interface Work {
  readonly calls: readonly Call[];
  readonly chains: Chains;
  readonly startsAtMs: number;
  readonly firstReleaseMs: number;
  /** Background traffic may have touched any bucket before. */
  readonly shared: boolean;
  /** Indices by earliest sending time. */
  readonly byEarliest: readonly number[];
  /** Indices by what follows admission (service and tail), longest first. */
  readonly byDelivery: readonly number[];
}

/** The calls that charge one bucket. */
interface Bucket {
  readonly byEarliest: number[];
  readonly byDelivery: number[];
  readonly tiers: Set<string>;
}

function orders(calls: readonly Call[], chains: Chains): Pick<Work, 'byEarliest' | 'byDelivery'> {
  const indices = calls.map((_, index) => index);
  const delivery = (index: number) => calls[index]!.serviceMs + chains.tailMs[index]!;
  return {
    byEarliest: indices.toSorted((a, b) => chains.earliestMs[a]! - chains.earliestMs[b]! || a - b),
    byDelivery: indices.toSorted((a, b) => delivery(b) - delivery(a) || a - b),
  };
}

/** The call whose answer, alone and undisturbed, comes last. */
function longestChain({ calls, chains, firstReleaseMs }: Work): LowerBound {
  let last = 0;
  const doneMs = (index: number) => chains.earliestMs[index]! + calls[index]!.serviceMs;
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
  if (arrivedMs > ms - arrivedMs)
    return { ms, limit: 'arrivals', kind: 'last arrival', explain: 'the last work to arrive' };
  if (length === 1) return { ms, limit: 'service time', kind: 'longest call', explain: 'the longest call' };
  const explained = `a chain of ${length.toLocaleString('en-US')} calls, each waiting for the one before`;
  return { ms, limit: 'service time', kind: 'chain', explain: explained };
}

/** The bucket of a limit that dictates most; null when the limit looks at none of the calls. */
function boundOfLimit(limit: Limit, work: Work): LowerBound | null {
  const costs = new Float64Array(work.calls.length);
  let best: { ms: number; algorithm: Algorithm; bucket: Bucket } | null = null;
  for (const bucket of bucketsOf(limit, work, costs)) {
    const algorithm = algorithmFor(limit, bucket.tiers);
    // A route bucket may be counted coarser by the gateway, hence be older than its own first call here.
    const shared = work.shared || limit.scope.includes('route');
    const doneMs =
      algorithm.kind === 'concurrency'
        ? concurrencyDone(algorithm.limit, bucket, work)
        : countingDone(algorithm, bucket, costs, { ...work, shared });
    const ms = doneMs - work.firstReleaseMs;
    if (best === null || ms > best.ms) best = { ms, algorithm, bucket };
  }
  if (best === null) return null;
  const charged = best.bucket.byEarliest.reduce((sum, index) => sum + costs[index]!, 0);
  const explained = explain(best.algorithm, best.bucket.byEarliest.length, charged);
  return { ms: best.ms, limit: limit.name, kind: best.algorithm.kind.replaceAll('-', ' '), explain: explained };
}

/** Groups the calls by the bucket they charge, in both orders, and notes what each costs. Calls that charge nothing are left out. */
function bucketsOf(limit: Limit, work: Work, costs: Float64Array): Bucket[] {
  const buckets = new Map<string, Bucket>();
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
      bucket = bucketAt(buckets, bucketKey(limit, call), work.shared);
      bucket.tiers.add(call.sender.tier);
      bySender?.set(call.sender, bucket);
    }
    bucket.byEarliest.push(index);
    own[index] = bucket;
  }
  for (const index of work.byDelivery) own[index]?.byDelivery.push(index);
  return [...buckets.values()];
}

function bucketAt(buckets: Map<string, Bucket>, key: string, shared: boolean): Bucket {
  let bucket = buckets.get(key);
  if (bucket === undefined) {
    // Background callers have the standard tier, and may refill a shared bucket with its numbers.
    bucket = { byEarliest: [], byDelivery: [], tiers: new Set(shared ? ['standard'] : []) };
    buckets.set(key, bucket);
  }
  return bucket;
}

/** Earliest last response, from the trial's start, that a counting bucket allows. */
function countingDone(algorithm: CountingAlgorithm, bucket: Bucket, costs: Float64Array, work: Work): number {
  const { calls, chains, startsAtMs } = work;
  const admittedMs = (units: number, sentMs: number, untouched: boolean) =>
    earliestAdmission(algorithm, units, { startsAtMs, fromMs: startsAtMs + sentMs, untouched }) - startsAtMs;
  const delivery = (index: number) => calls[index]!.serviceMs + chains.tailMs[index]!;
  const first = chains.earliestMs[bucket.byEarliest[0]!]!;
  let done = 0;
  // All the work that can be sent from some moment on; whichever of it is admitted last has at least the shortest delivery.
  let units = 0;
  let shortest = Infinity;
  for (const index of bucket.byEarliest.toReversed()) {
    units += costs[index]!;
    shortest = Math.min(shortest, delivery(index));
    const sent = chains.earliestMs[index]!;
    done = Math.max(done, admittedMs(units, sent, sent === first && !work.shared) + shortest);
  }
  // The k longest deliveries: the last of them to be admitted still has at least the k-th.
  units = 0;
  for (const index of bucket.byDelivery) {
    units += costs[index]!;
    done = Math.max(done, admittedMs(units, first, !work.shared) + delivery(index));
  }
  return done;
}

/**
 * Earliest last response that `limit` calls at once allow: work in service is done at most `limit`-fold (suffixes by release), and of the
 * k x limit + 1 longest calls some k + 1 share a slot, which takes at least the k + 1 shortest of these.
 */
function concurrencyDone(limit: number, bucket: Bucket, { calls, chains }: Work): number {
  let done = 0;
  let service = 0;
  let shortestTail = Infinity;
  for (const index of bucket.byEarliest.toReversed()) {
    service += calls[index]!.serviceMs;
    shortestTail = Math.min(shortestTail, chains.tailMs[index]!);
    done = Math.max(done, chains.earliestMs[index]! + service / limit + shortestTail);
  }
  const first = chains.earliestMs[bucket.byEarliest[0]!]!;
  const longest = Float64Array.from(bucket.byEarliest, (index) => calls[index]!.serviceMs)
    .sort()
    .toReversed();
  const sums = new Float64Array(longest.length + 1);
  for (let index = 0; index < longest.length; index++) sums[index + 1] = sums[index]! + longest[index]!;
  for (let k = 1; k * limit < longest.length; k++) {
    done = Math.max(done, first + sums[k * limit + 1]! - sums[k * limit - k]!);
  }
  return done;
}
