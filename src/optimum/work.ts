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
  /** Indices by earliest sending time. */
  readonly byEarliest: Uint32Array;
}

/** The calls that charge one bucket. */
export interface Bucket {
  readonly algorithm: Algorithm;
  /** Indices by earliest sending time. */
  readonly byEarliest: Uint32Array;
  /** What all of them charge together. */
  readonly units: number;
  /** What each of them charges, when all charge alike; else 0. */
  readonly unitsEach: number;
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
    byEarliest: sortedBy(earliestMs),
  };
}

/** Groups the calls by the bucket they charge and notes what each costs. Calls that charge nothing are left out. */
export function bucketsOf(limit: Limit, work: Work, costs: Float64Array): Bucket[] {
  const numbers = new BucketNumbers(limit);
  const numberOf = new Int32Array(work.calls.length).fill(-1);
  const looksAt = matcher(limit.match);
  for (const index of work.byEarliest) {
    const call = work.calls[index]!;
    if (!looksAt(call)) continue;
    const cost = costOf(limit, call);
    if (cost <= 0) continue;
    costs[index] = cost;
    numberOf[index] = numbers.add(call, cost);
  }
  const calls = numbers.tallies.map(({ count }) => new Uint32Array(count));
  const placed = new Uint32Array(calls.length);
  for (const index of work.byEarliest) {
    const number = numberOf[index]!;
    if (number >= 0) calls[number]![placed[number]!++] = index;
  }
  return numbers.tallies.map(({ algorithm, units, least, most }, number) => ({
    algorithm,
    byEarliest: calls[number]!,
    units,
    unitsEach: least === most ? least : 0,
  }));
}

/** What is known of a bucket before its calls are listed. */
interface Tally {
  readonly algorithm: Algorithm;
  count: number;
  units: number;
  least: number;
  most: number;
}

/** Numbers the buckets of a limit as their calls come up. */
class BucketNumbers {
  readonly tallies: Tally[] = [];
  readonly #limit: Limit;
  readonly #byKey = new Map<string, number>();
  /** Without the route, a sender's bucket is looked up once. */
  readonly #bySender: Map<Call['sender'], number> | null;

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#bySender = limit.scope.includes('route') ? null : new Map();
  }

  /** Counts a call and returns its bucket's number. */
  add(call: Call, cost: number): number {
    const { sender } = call;
    let number = this.#bySender?.get(sender);
    if (number === undefined) {
      number = this.#numberOf(bucketKey(this.#limit, call), sender.tier);
      this.#bySender?.set(sender, number);
    }
    const tally = this.tallies[number]!;
    tally.count += 1;
    tally.units += cost;
    tally.least = Math.min(tally.least, cost);
    tally.most = Math.max(tally.most, cost);
    return number;
  }

  #numberOf(key: string, tier: string): number {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const number = this.tallies.length;
    this.#byKey.set(key, number);
    this.tallies.push({ algorithm: algorithmFor(this.#limit, tier), count: 0, units: 0, least: Infinity, most: 0 });
    return number;
  }
}

/** Whether a limit looks at a call; calls of one route mostly come together, and share one answer. */
function matcher(match: Limit['match']): (call: Call) => boolean {
  if (match.methods.length === 0 && match.paths.length === 0) return () => true;
  let method = '';
  let path = '';
  let answer = false;
  return (call) => {
    if (call.method === method && call.path === path) return answer;
    ({ method, path } = call);
    return (answer = matches(match, call));
  };
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

/** Indices by value, ties by index. Releases mostly come in order already. */
function sortedBy(values: Float64Array): Uint32Array {
  const order = new Uint32Array(values.length);
  let isAscending = true;
  for (let index = 0; index < order.length; index++) {
    order[index] = index;
    if (index > 0 && values[index]! < values[index - 1]!) isAscending = false;
  }
  return isAscending ? order : order.sort((a, b) => values[a]! - values[b]! || a - b);
}
