/**
 * Admission over several limits, atomic: a request is admitted when it fits every bucket, and only then charges them. A rejected
 * one charges only the buckets of limits that count `all`.
 */
import type { HeldBucket } from './buckets.ts';
import { FirstInFirstOut } from './first-in-first-out.ts';
import type { KeyedRandom } from './gateway.ts';
import { type RetryAfter, retryAfterMs } from './hints.ts';
import type { Plan } from './identities.ts';
import type { Hold } from './limits/concurrency.ts';
import type { Bucket } from './limits/limit.ts';
import type { Charge } from './matching.ts';

/** A charge that decisions cannot see yet. */
interface PendingCharge {
  readonly held: HeldBucket;
  readonly cost: number;
  readonly atMs: number;
  readonly admitted: boolean;
}

/** Which limit rejected, and what it tells. */
export interface LimitRejection extends RetryAfter {
  /** Index of the limit in the policy. */
  readonly limit: number;
  readonly silent: boolean;
}

/** Charges buckets, at once or `enforcementLagMs` late. */
export class Admission {
  readonly #lagMs: number;
  readonly #random: KeyedRandom;
  readonly #pending = new FirstInFirstOut<PendingCharge>();

  constructor(enforcementLagMs: number, random: KeyedRandom) {
    this.#lagMs = enforcementLagMs;
    this.#random = random;
  }

  /** Makes the charges visible that are old enough. Called before each decision. */
  catchUp(nowMs: number): void {
    if (this.#lagMs === 0) return;
    for (let due = this.#pending.first(); due !== undefined; due = this.#pending.first()) {
      if (due.atMs + this.#lagMs > nowMs) return;
      due.held.bucket.charge(due.cost, due.atMs, due.admitted);
      due.held.mirror?.charge(due.cost, due.atMs, due.admitted, due.atMs + this.#lagMs);
      due.held.pending -= 1;
      this.#pending.shift();
    }
  }

  /** Charges every bucket of an admitted request; gives what it holds in concurrency limits until it ends, null: nothing. */
  charge(plan: Plan, items: number, nowMs: number, dueMs: number): HeldSlot[] | null {
    const { charges, held } = plan;
    let slots: HeldSlot[] | null = null;
    for (let at = 0; at < held.length; at++) {
      const bucket = held[at] as HeldBucket;
      const cost = costOf(charges[at] as Charge, items);
      if (bucket.slots !== null) {
        if (cost > 0) (slots ??= []).push({ held: bucket, hold: bucket.slots.hold(cost, dueMs) });
      } else if (cost > 0) {
        this.#chargeOne(bucket, cost, nowMs, true);
      }
    }
    return slots;
  }

  /** Charges the limits that count rejected requests too. */
  chargeRejected(plan: Plan, items: number, nowMs: number): void {
    if (!plan.countsRejected) return;
    const { charges, held } = plan;
    for (let at = 0; at < held.length; at++) {
      const bucket = held[at] as HeldBucket;
      if (bucket.limit.counts !== 'all') continue;
      const cost = costOf(charges[at] as Charge, items);
      if (cost > 0) this.#chargeOne(bucket, cost, nowMs, false);
    }
  }

  /**
   * Rejects a request that does not fit. The cause is the limit with the longest wait among those that it does not fit, the first of
   * the policy's when they tie. The wait told (where the cause tells the truth) is that after which the same request would be
   * admitted by every limit, if nobody else asks meanwhile; a cost that can never fit is told when its bucket is whole again.
   */
  reject(plan: Plan, items: number, nowMs: number): LimitRejection {
    const { charges, held } = plan;
    let rejecting: boolean[] | null = null;
    if (plan.countsRejected) {
      rejecting = held.map((one, at) => !fitsOne(one, charges[at] as Charge, items, nowMs));
      this.chargeRejected(plan, items, nowMs);
    }
    let cause = -1;
    let causeWaitMs = -1;
    let toldMs = 0;
    for (let at = 0; at < held.length; at++) {
      const { bucket } = held[at] as HeldBucket;
      const cost = costOf(charges[at] as Charge, items);
      const waitMs = cost === 0 ? 0 : bucket.waitMs(cost, nowMs);
      const rejects = rejecting === null ? waitMs > 0 : rejecting[at] === true;
      if (rejects && waitMs > causeWaitMs) {
        cause = at;
        causeWaitMs = waitMs;
      }
      toldMs = Math.max(toldMs, waitMs === Number.POSITIVE_INFINITY ? bucket.resetMs(nowMs) : waitMs);
    }
    const by = held[cause];
    const charge = charges[cause];
    if (by === undefined || charge === undefined) throw new Error('Cannot reject a request that fits every limit');
    const { retryAfter, silent } = by.limit;
    const afterMs = retryAfterMs(retryAfter, toldMs, nowMs, by, this.#random);
    return { limit: charge.limit, silent, afterMs, asHttpDate: retryAfter.kind === 'http-date' };
  }

  #chargeOne(held: HeldBucket, cost: number, nowMs: number, admitted: boolean): void {
    if (this.#lagMs > 0) {
      held.pending += 1;
      this.#pending.push({ held, cost, atMs: nowMs, admitted });
      return;
    }
    held.bucket.charge(cost, nowMs, admitted);
    if (held.mirror !== null) held.mirror.charge(cost, nowMs, admitted, nowMs);
  }
}

/** A place held in a concurrency limit. */
export interface HeldSlot {
  readonly held: HeldBucket;
  readonly hold: Hold;
}

/** Whether a request fits every bucket; if so, a plain plan's are charged at once. */
export function enter(plan: Plan, items: number, nowMs: number): boolean {
  return plan.plain ? takeAll(plan, items, nowMs) : fitsAll(plan, items, nowMs);
}

/** Charges every bucket, or none. */
function takeAll(plan: Plan, items: number, nowMs: number): boolean {
  const { buckets, route } = plan;
  const { charges, costs } = route;
  for (let at = 0; at < buckets.length; at++) {
    const cost = items === 1 ? (costs[at] as number) : costOf(charges[at] as Charge, items);
    if (!(buckets[at] as Bucket).take(cost, nowMs)) {
      giveBack(plan, at, items);
      return false;
    }
  }
  return true;
}

/** Gives the first `count` buckets back what the request took. */
function giveBack(plan: Plan, count: number, items: number): void {
  for (let at = 0; at < count; at++) {
    (plan.buckets[at] as Bucket).giveBack(costOf(plan.charges[at] as Charge, items));
  }
}

/** Whether a request fits every bucket. */
export function fitsAll(plan: Plan, items: number, nowMs: number): boolean {
  const { charges, held } = plan;
  for (let at = 0; at < held.length; at++) {
    if (!fitsOne(held[at] as HeldBucket, charges[at] as Charge, items, nowMs)) return false;
  }
  return true;
}

function fitsOne(held: HeldBucket, charge: Charge, items: number, nowMs: number): boolean {
  const cost = costOf(charge, items);
  return cost === 0 || held.bucket.fits(cost, nowMs);
}

/** Nothing is charged for a cost of 0: the limit then lets the request pass unseen. */
function costOf(charge: Charge, items: number): number {
  return items > 1 ? charge.base + charge.perItem * (items - 1) : charge.base;
}
