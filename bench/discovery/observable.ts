/**
 * Which of a gateway's limits can be seen at all. A limit counts as true only if a driver that knows the policy can, with the identities and
 * routes of the universe and within {@link DRIVE}, bring about a request that this limit alone rejects. The driver fills one bucket of the limit as
 * fast as the other limits allow and then waits until none of them would reject; where rejected requests charge the limit it also sends those.
 * Played in the quiet, with the gateway's own buckets.
 */
import { createBucket } from '../../mock-server/limits/algorithms.ts';
import { Concurrency, type Hold } from '../../mock-server/limits/concurrency.ts';
import type { Bucket } from '../../mock-server/limits/limit.ts';
import { atomsOf, type Atom } from './canonical.ts';
import type { DrawnLimit } from './draw-limit.ts';
import type { BenchGateway } from './generate.ts';
import { CALLERS } from './universe.ts';

/** How much one drive may send, and how long it may last in the gateway's time. */
export const DRIVE = { requests: 15_000, ms: 4 * 3_600_000 } as const;

/** One atom of a true limit. */
export interface TrueAtom extends Atom {
  /** Index of its limit. */
  readonly limit: number;
  /** What the first drive that showed it needed; null: none did. */
  readonly shownBy: { readonly requests: number; readonly ms: number } | null;
}

/** An identity and a route. */
interface DrivenPoint {
  readonly identity: number;
  readonly route: number;
}

/** All atoms of a gateway's limits. */
export function trueAtoms({ limits, policy, startsAtMs }: BenchGateway): readonly TrueAtom[] {
  const serviceMs = policy.latency[0]?.medianMs ?? 0;
  return limits.flatMap((limit, index) =>
    atomsOf(limit, isAlone(limits, [...limit.costs.keys()])).map((atom) => {
      if (limits.length === 1) return { ...atom, limit: index, shownBy: { requests: 0, ms: 0 } };
      for (const points of drivesOf(atom)) {
        for (const hammers of limit.counts === 'all' ? [false, true] : [false]) {
          const shownBy = new Drive(limits, index, serviceMs, startsAtMs).run(points, hammers);
          if (shownBy !== null) return { ...atom, limit: index, shownBy };
        }
      }
      return { ...atom, limit: index, shownBy: null };
    }),
  );
}

/** Whether at most one limit concerns these routes. */
export function isAlone(limits: readonly DrawnLimit[], routes: readonly number[]): boolean {
  return limits.filter(({ costs }) => routes.some((route) => costs.has(route))).length <= 1;
}

/** Per bucket: all of its points, forwards and backwards, and each route by itself. */
function drivesOf({ sharing, routes }: Atom): readonly (readonly DrivenPoint[])[] {
  return sharing.split('/').flatMap((group) => {
    const identities = group.split(',').map(Number);
    const all = identities.flatMap((identity) => routes.map((route) => ({ identity, route })));
    const single = routes.length === 1 ? [] : routes.map((route) => all.filter((point) => point.route === route));
    return [all, all.toReversed(), ...single];
  });
}

/** One drive from an idle gateway. */
class Drive {
  readonly #limits: readonly DrawnLimit[];
  readonly #target: number;
  readonly #serviceMs: number;
  readonly #fromMs: number;
  readonly #buckets: readonly Map<string, Bucket>[];
  readonly #holds: { readonly slots: Concurrency; readonly hold: Hold }[] = [];
  #held = 0;
  #nowMs: number;
  #sent = 0;

  constructor(limits: readonly DrawnLimit[], target: number, serviceMs: number, fromMs: number) {
    this.#limits = limits;
    this.#target = target;
    this.#serviceMs = serviceMs;
    this.#fromMs = fromMs;
    this.#nowMs = fromMs;
    this.#buckets = limits.map(() => new Map());
  }

  /** Until the target alone rejects; null: not within the means. */
  run(points: readonly DrivenPoint[], hammers: boolean): TrueAtom['shownBy'] {
    while (this.#sent <= DRIVE.requests && this.#nowMs - this.#fromMs <= DRIVE.ms) {
      let nextMs = Number.POSITIVE_INFINITY;
      for (const point of points) {
        for (;;) {
          const rejecting = this.#rejecting(point);
          if (rejecting.length > 0) {
            if (rejecting.every((limit) => limit === this.#target))
              return { requests: this.#sent, ms: this.#nowMs - this.#fromMs };
            if (hammers && !rejecting.includes(this.#target)) this.#hammer(point);
            nextMs = Math.min(nextMs, this.#othersFitMs(point, rejecting));
            break;
          }
          this.#charge(point, true);
          if (this.#sent > DRIVE.requests) return null;
        }
      }
      if (nextMs === Number.POSITIVE_INFINITY) return null;
      this.#moveTo(nextMs);
    }
    return null;
  }

  /** Sends what is rejected anyway, until the target would reject too. */
  #hammer(point: DrivenPoint): void {
    while (this.#sent <= DRIVE.requests && !this.#rejecting(point).includes(this.#target)) this.#charge(point, false);
  }

  #rejecting({ identity, route }: DrivenPoint): number[] {
    const rejecting: number[] = [];
    for (const [index, limit] of this.#limits.entries()) {
      const cost = limit.costs.get(route);
      if (cost !== undefined && !this.#bucket(index, identity, route).fits(cost, this.#nowMs)) rejecting.push(index);
    }
    return rejecting;
  }

  #charge({ identity, route }: DrivenPoint, admitted: boolean): void {
    this.#sent += 1;
    for (const [index, limit] of this.#limits.entries()) {
      const cost = limit.costs.get(route);
      if (cost === undefined) continue;
      const bucket = this.#bucket(index, identity, route);
      if (bucket instanceof Concurrency) {
        if (!admitted) continue;
        const hold = bucket.hold(cost, this.#nowMs + this.#serviceMs);
        this.#holds.push({ slots: bucket, hold });
      } else if (admitted || limit.counts === 'all') {
        bucket.charge(cost, this.#nowMs, admitted);
      }
    }
  }

  /** When all that reject now, save the target, would no more. */
  #othersFitMs({ identity, route }: DrivenPoint, rejecting: readonly number[]): number {
    const waits = rejecting
      .filter((index) => index !== this.#target)
      .map((index) => {
        const cost = this.#limits[index]?.costs.get(route) ?? 0;
        return this.#bucket(index, identity, route).waitMs(cost, this.#nowMs);
      });
    return this.#nowMs + Math.max(1, ...waits);
  }

  #moveTo(atMs: number): void {
    this.#nowMs = atMs;
    // All are held equally long, so they end in the order in which they began.
    for (let first = this.#holds[this.#held]; first !== undefined && first.hold.dueMs <= atMs;) {
      first.slots.release(first.hold);
      first = this.#holds[++this.#held];
    }
  }

  #bucket(index: number, identity: number, route: number): Bucket {
    const { scope, algorithm } = this.#limits[index] as DrawnLimit;
    const caller = CALLERS[identity];
    const key = scope.map((label) => (label === 'route' ? route : caller?.[label])).join('|');
    const buckets = this.#buckets[index] as Map<string, Bucket>;
    let bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, (bucket = createBucket(algorithm)));
    return bucket;
  }
}
