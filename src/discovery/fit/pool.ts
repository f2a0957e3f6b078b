/** All hypotheses that a growing record still allows, family by family. */
import type { Hypothesis } from '../hypothesis.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { Meter } from '../meters/meter.ts';
import { type Candidate, type Left, stillAlive } from './candidate.ts';
import { FAMILIES, type Family, listFamily } from './families.ts';
import { goesOnFrom, refusedOf, takenOf, type View } from './view.ts';
import { WorkBudget } from './work-budget.ts';

/** How finely fractions of a capacity are told apart, in requests. */
const GRAIN = 1 / 16;
/** The families in which a fraction of a request shows; windows and logs hold the whole ones that fit. */
const WITH_FRACTIONS: ReadonlySet<Family> = new Set(
  FAMILIES.filter((family) => /^(sliding-window-counter|token-bucket|stepwise)/.test(family)),
);

/** See the head of this file. */
export class Pool {
  readonly #candidates = new Map<Family, readonly Candidate[]>();
  readonly #complete = new Set<Family>();
  readonly #left = new Map<Family, Left>();
  #seen: View = [];
  /** Undefined: capacities are whole. */
  #grain: number | undefined = undefined;
  readonly #work: WorkBudget;
  /** How many batches of the view were replayed when some hypothesis was last alive. */
  aliveUntil = 0;

  /** `work`: what its refits may cost, all together. */
  constructor(work = new WorkBudget()) {
    this.#work = work;
  }

  /**
   * Takes a view that has grown into account; `effort`: how many times as much as usual may be listed.
   *
   * @throws BudgetSpentError when no work is left for it.
   */
  refit(view: View, effort = 1): void {
    this.#work.demand();
    // What was known may be read otherwise by now.
    if (!goesOnFrom(view, this.#seen)) this.#left.clear();
    this.#seen = view;
    for (const family of FAMILIES) {
      if (this.#complete.has(family)) {
        this.#candidates.set(family, stillAlive(this.#candidates.get(family) ?? [], view, this.#work));
        continue;
      }
      const listed = listFamily(family, view, this.#work, effort, this.#left.get(family), this.#grain);
      this.#candidates.set(family, listed.candidates);
      this.#left.set(family, listed);
      if (listed.complete) this.#complete.add(family);
    }
    if (this.alive.length > 0) this.aliveUntil = view.length;
  }

  /** The same with capacities that may be any numbers: in requests they are where each costs more than 1. To be refitted first. */
  withFractions(): Pool {
    const pool = new Pool(this.#work);
    pool.#grain = GRAIN;
    for (const [family, candidates] of this.#candidates) {
      if (WITH_FRACTIONS.has(family)) continue;
      pool.#candidates.set(family, candidates);
      if (this.#complete.has(family)) pool.#complete.add(family);
    }
    return pool;
  }

  get hasFractions(): boolean {
    return this.#grain !== undefined;
  }

  get alive(): Candidate[] {
    return [...this.#candidates.values()].flat();
  }

  /** Whether `alive` is all there is. */
  get complete(): boolean {
    return this.#complete.size === FAMILIES.length;
  }

  /** Some of each family, with weights that sum to 1 over all and are equal by family. */
  sample(mostOfEach: number): Weighed[] {
    const families = [...this.#candidates.values()].filter((candidates) => candidates.length > 0);
    return families.flatMap((candidates) => {
      const stride = Math.max(1, candidates.length / mostOfEach);
      const picked = candidates.filter((_, at) => Math.floor(at / stride) !== Math.floor((at - 1) / stride));
      const some = picked.flatMap((candidate) => spread(candidate, Math.floor(mostOfEach / picked.length)));
      return some.map((candidate) => ({ candidate, weight: 1 / (some.length * families.length) }));
    });
  }
}

/** A candidate and how much it counts. */
export interface Weighed {
  readonly candidate: Candidate;
  readonly weight: number;
}

/** A candidate's middle, as one hypothesis. */
export function hypothesisOf({ shape, counts, low, high }: Candidate): Hypothesis {
  if (high === Number.POSITIVE_INFINITY) return { shape, counts, capacity: low };
  const middle = (low + high) / 2;
  return { shape, counts, capacity: Number.isInteger(low) && Number.isInteger(high) ? Math.floor(middle) : middle };
}

/** The meter of a candidate's middle after a view; not to be charged. */
export function meterOf(view: View, candidate: Candidate): Meter {
  return candidate.follows?.meterAt(view) ?? meterAfter(view, hypothesisOf(candidate));
}

/** The meter of a hypothesis after a view. */
export function meterAfter(view: View, { shape, counts, capacity }: Hypothesis): Meter {
  const meter = createMeter(shape);
  for (const batch of view) {
    const { atMs, cost, endsMs } = batch;
    const taken = takenOf(batch);
    if (shape.kind === 'concurrency') for (const endMs of endsMs) meter.charge(cost, atMs, endMs, true, capacity);
    else if (taken > 0) meter.charge(taken, atMs, atMs, true, capacity);
    const refused = counts === 'all' ? refusedOf(batch) : 0;
    if (refused > 0) meter.charge(cost * refused, atMs, atMs, false, capacity);
  }
  return meter;
}

/** Where charges are seen late, more whole capacities than one are left of a shape for a while. */
function spreadCapacities(candidate: Candidate, most: number): Candidate[] {
  const { low, high } = candidate;
  const isWhole = Number.isInteger(low) && Number.isInteger(high);
  const count = isWhole ? Math.min(high - low + 1, Math.max(3, most)) : 1;
  if (count <= 1) return [candidate];
  return Array.from({ length: count }, (_, at) => {
    const capacity = Math.round(low + ((high - low) * at) / (count - 1));
    return { ...candidate, low: capacity, high: capacity };
  });
}

/** A token bucket with several of the rates that it may have; another limit with several of its capacities. */
function spread(candidate: Candidate, most: number): Candidate[] {
  const { shape, refillPerSecond } = candidate;
  if (refillPerSecond === null || shape.kind !== 'token-bucket') return spreadCapacities(candidate, most);
  const { low, high } = refillPerSecond;
  const count = Math.max(3, most);
  const top = high === Number.POSITIVE_INFINITY ? Math.max(low * 10, 1) : high;
  return Array.from({ length: count }, (_, at) => {
    const rate = low + ((top - low) * (at + 0.5)) / count;
    return { ...candidate, shape: { ...shape, refillPerSecond: rate } };
  });
}
