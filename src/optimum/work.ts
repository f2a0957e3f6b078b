/** The calls of a trial as the bound sees them: ordered once, then split by the buckets that they charge. */
import type { Algorithm, Limit } from '../../mock-server/policy.ts';
import { chainsOf } from './chains.ts';
import { algorithmFor, bucketKey, type ChargedCall, costOf, matches } from './charges.ts';

/** One request that has to be admitted and answered once. */
export interface Call extends ChargedCall {
  /** From the trial's start: it cannot be sent sooner. */
  readonly releaseMs: number;
  /** From its admission to its response. */
  readonly serviceMs: number;
  /** Index of the call that must be answered before this one is sent, or -1. */
  readonly after: number;
}

/** All calls, with what every limit needs of them. Arrays are by index of the call; times are from the trial's start. */
export interface Work {
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
export interface Bucket {
  readonly algorithm: Algorithm;
  readonly byEarliest: number[];
  readonly byDelivery: number[];
  units: number;
}

/** Prepares calls (at least one). `shared`: there is background traffic. Throws as {@link chainsOf} does. */
export function workOf(calls: readonly Call[], startsAtMs: number, shared: boolean): Work {
  const { earliestMs, tailMs } = chainsOf(calls);
  const deliveryMs = tailMs.map((tail, index) => tail + calls[index]!.serviceMs);
  return {
    calls,
    earliestMs,
    deliveryMs,
    startsAtMs,
    firstReleaseMs: gridAbove(calls.reduce((least, call) => Math.min(least, call.releaseMs), Infinity)),
    shared,
    byEarliest: sortedBy(earliestMs, 1),
    byDelivery: sortedBy(deliveryMs, -1),
  };
}

/** Groups the calls by the bucket they charge, in both orders, and notes what each costs. Calls that charge nothing are left out. */
export function bucketsOf(limit: Limit, work: Work, costs: Float64Array): Bucket[] {
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

/**
 * Epoch milliseconds of our days resolve 1/4096: what lies between is lost in any clock, so that a bound must not claim it. These two
 * forgive the last bits of a sum, so that whole milliseconds stay whole.
 */
export function gridBelow(ms: number): number {
  return Math.floor(ms * 4096 + 1e-3) / 4096;
}

function gridAbove(ms: number): number {
  return Math.ceil(ms * 4096 - 1e-3) / 4096;
}

/**
 * Indices by value, ties by index. The values alone are sorted (without a comparator: that is five times as fast), then each index finds the
 * place of its value, behind those of equal value that came before it.
 */
function sortedBy(values: Float64Array, direction: 1 | -1): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let index = 0; index < order.length; index++) order[index] = index;
  if (direction === 1 && isAscending(values)) return order;
  const signed = values.map((value) => direction * value);
  const sorted = signed.toSorted();
  const taken = new Uint32Array(values.length);
  for (let index = 0; index < order.length; index++) {
    const place = placeOf(signed[index]!, sorted);
    order[place + taken[place]!] = index;
    taken[place]! += 1;
  }
  return order;
}

function isAscending(values: Float64Array): boolean {
  for (let index = 1; index < values.length; index++) if (values[index]! < values[index - 1]!) return false;
  return true;
}

/** The first place of a value in ascending values that hold it. */
function placeOf(value: number, sorted: Float64Array): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
