/** Every bucket a gateway holds, by limit, tier and key. Idle ones are swept away a few at a time; nobody can tell. */
import type { Caller } from './gateway.ts';
import { createBucket, withTier } from './limits/algorithms.ts';
import { Concurrency } from './limits/concurrency.ts';
import type { Bucket } from './limits/limit.ts';
import type { Algorithm, Limit, ScopeKey } from './policy.ts';
import { StaleMirror } from './stale-mirror.ts';

/** A bucket in its place. */
export class HeldBucket {
  readonly limit: Limit;
  readonly key: string;
  readonly bucket: Bucket;
  /** The same bucket when it holds requests in service, else null. */
  readonly slots: Concurrency | null;
  /** What the rate headers show when they are stale, else null. */
  readonly mirror: StaleMirror | null;
  /** Charges made but not yet visible. */
  pending = 0;
  /** Whole ms of the last random hint, and how many were given in it. */
  hintMs = -1;
  hints = 0;
  /** Plans of known callers that point here: while there are any, it stays. */
  users = 0;

  constructor(limit: Limit, key: string, bucket: Bucket, mirror: StaleMirror | null) {
    this.limit = limit;
    this.key = key;
    this.bucket = bucket;
    this.slots = bucket instanceof Concurrency ? bucket : null;
    this.mirror = mirror;
  }

  /** Whether a fresh one in its place would make no difference from now on. */
  isIdle(nowMs: number): boolean {
    return (
      this.users === 0 &&
      this.pending === 0 &&
      this.hintMs < Math.floor(nowMs) &&
      this.bucket.isIdle(nowMs) &&
      (this.mirror === null || this.mirror.isIdle(nowMs))
    );
  }
}

/** Callers of one limit with the same numbers: those of a tier override, or all others. */
class Shelf {
  readonly held = new Map<string, HeldBucket>();
  readonly limit: Limit;
  readonly #algorithm: Algorithm;
  readonly #staleMs: number;

  constructor(limit: Limit, algorithm: Algorithm, staleMs: number) {
    this.limit = limit;
    this.#algorithm = algorithm;
    this.#staleMs = staleMs;
  }

  make(key: string): HeldBucket {
    const mirror = this.#staleMs > 0 ? new StaleMirror(createBucket(this.#algorithm), this.#staleMs) : null;
    const made = new HeldBucket(this.limit, key, createBucket(this.#algorithm), mirror);
    this.held.set(key, made);
    return made;
  }
}

/** Buckets looked at for each one made. */
const SWEPT_PER_NEW = 2;

/** All buckets of a gateway. */
export class Buckets {
  /** By limit: its shelves by tier; '' for callers whose tier has no numbers of its own. */
  readonly #byLimit: readonly (readonly [Limit, ReadonlyMap<string, Shelf>])[];
  readonly #shelves: readonly Shelf[];
  /** Whether charges become visible late. */
  readonly lagging: boolean;
  readonly #sweeps: boolean;
  #shelf = 0;
  #cursor: Iterator<HeldBucket>;
  count = 0;

  /** `staleMs` is the age of the numbers that headers show of the limit `speaksOf`; 0: none are kept. `sweeps`: whether making a bucket sweeps. */
  constructor(limits: readonly Limit[], speaksOf: string, staleMs: number, lagging: boolean, sweeps: boolean) {
    this.#byLimit = limits.map((limit) => {
      const stale = limit.name === speaksOf ? staleMs : 0;
      const shelves = new Map([['', new Shelf(limit, limit.algorithm, stale)]]);
      for (const tier of limit.tiers) shelves.set(tier.tier, new Shelf(limit, withTier(limit.algorithm, tier), stale));
      return [limit, shelves];
    });
    this.#shelves = this.#byLimit.flatMap(([, shelves]) => [...shelves.values()]);
    this.#cursor = this.#rewind();
    this.lagging = lagging;
    this.#sweeps = sweeps;
  }

  /** The bucket of a limit that a caller's request falls into; made when there is none. */
  of(limitIndex: number, caller: Caller, routeKey: string, nowMs: number): HeldBucket {
    const entry = this.#byLimit[limitIndex];
    if (entry === undefined) throw new Error(`Cannot find limit ${limitIndex}: there are ${this.#byLimit.length}`);
    const [limit, shelves] = entry;
    const shelf = shelves.get(caller.tier) ?? shelves.get('');
    if (shelf === undefined) throw new Error(`Cannot find the buckets of limit '${limit.name}'`);
    const key = bucketKey(limit.scope, caller, routeKey);
    const held = shelf.held.get(key);
    if (held !== undefined) return held;
    if (this.#sweeps) this.sweep(SWEPT_PER_NEW, nowMs);
    this.count += 1;
    return shelf.make(key);
  }

  /** Steps of {@link sweep} that see every bucket. */
  get steps(): number {
    return this.count + this.#shelves.length + 1;
  }

  /** The buckets of a limit in order of their keys; of more than `most` those made first, tier by tier. */
  list(limit: string, most: number): HeldBucket[] {
    const found: HeldBucket[] = [];
    for (const [{ name }, shelves] of this.#byLimit) {
      if (name !== limit) continue;
      for (const { held } of shelves.values())
        for (const bucket of held.values()) if (found.push(bucket) >= most) break;
    }
    return found.slice(0, most).toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  /** Looks at `steps` buckets, round and round, and drops the idle ones. */
  sweep(steps: number, nowMs: number): void {
    for (let step = 0; step < steps && this.count > 0; step++) {
      const next = this.#cursor.next();
      if (next.done === true) {
        this.#shelf = (this.#shelf + 1) % this.#shelves.length;
        this.#cursor = this.#rewind();
      } else if (next.value.isIdle(nowMs)) {
        this.#shelves[this.#shelf]?.held.delete(next.value.key);
        this.count -= 1;
      }
    }
  }

  #rewind(): Iterator<HeldBucket> {
    return this.#shelves[this.#shelf]?.held.values() ?? [].values();
  }
}

/** The values of a scope, joined so that no two differ only by where one ends. */
export function bucketKey(scope: readonly ScopeKey[], caller: Caller, routeKey: string): string {
  const only = scope[0];
  if (only === undefined) return '';
  if (scope.length === 1) return only === 'route' ? routeKey : caller[only];
  return scope.map((key) => (key === 'route' ? routeKey : caller[key]).replaceAll(/[\\|]/g, String.raw`\$&`)).join('|');
}
