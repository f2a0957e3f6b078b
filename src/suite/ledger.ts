/** What a running suite knows: which trials are done, which task comes next, how long is left. Reads no clock. */
import type { TrialResult } from '../results/results.ts';
import type { PlannedCell, SuitePlan } from './plan.ts';

/** A few seeds of one cell, to be handed to an executor. */
export interface LedgerTask {
  /** Index into {@link SuitePlan.cells}. */
  readonly cell: number;
  readonly seeds: readonly number[];
}

/** Seeds per task once the cost of a cell is known, unless the executor wants fewer: few enough that the last tasks end together. */
const SEEDS_PER_TASK = 5;

/** The books of one suite. */
export class Ledger {
  readonly plan: SuitePlan;
  readonly trialsTotal: number;
  trialsDone = 0;
  cellsDone = 0;
  readonly #trials: readonly Map<number, TrialResult>[];
  /** What trials of each cell took, and of all cells together. */
  readonly #costs: readonly Cost[];
  readonly #overall = new Cost();
  readonly #samples: LedgerTask[];
  readonly #rest: LedgerTask[];

  /** @param seedsPerTaskMax most seeds of a task; default 5. */
  constructor(plan: SuitePlan, seedsPerTaskMax: number = SEEDS_PER_TASK) {
    this.plan = plan;
    this.trialsTotal = plan.cells.reduce((sum, cell) => sum + cell.seeds.length, 0);
    this.#trials = plan.cells.map(() => new Map());
    this.#costs = plan.cells.map(() => new Cost());
    this.#samples = plan.cells.map((cell, index) => ({ cell: index, seeds: cell.seeds.slice(0, 1) }));
    this.#rest = plan.cells.flatMap((cell, index) => chunks(cell, index, seedsPerTaskMax));
  }

  /** The next task: first one seed of every cell, which tells what each costs; then the longest remaining. Null: nothing is left. */
  next(): LedgerTask | null {
    const sample = this.#samples.shift();
    if (sample !== undefined) return sample;
    let longest = 0;
    for (let i = 1; i < this.#rest.length; i++) if (this.#taskMs(i) > this.#taskMs(longest)) longest = i;
    return this.#rest.splice(longest, 1)[0] ?? null;
  }

  /** Puts seeds back that a lost thread left undone. */
  putBack(task: LedgerTask): void {
    if (task.seeds.length > 0) this.#rest.push(task);
  }

  /** Takes every task of a cell that has not been handed out; returns the seeds. */
  withdraw(cell: number): number[] {
    const seeds = [this.#samples, this.#rest].flatMap((tasks) =>
      tasks.filter((task) => task.cell === cell).flatMap((task) => task.seeds),
    );
    for (const tasks of [this.#samples, this.#rest])
      for (let i = tasks.length - 1; i >= 0; i--) if (tasks[i]?.cell === cell) tasks.splice(i, 1);
    return seeds;
  }

  /** Books one trial. Returns whether it completes its cell. */
  book(cell: number, trial: TrialResult, ms: number): boolean {
    const trials = this.#trials[cell];
    const cost = this.#costs[cell];
    if (trials === undefined || cost === undefined || trials.has(trial.seed))
      throw new Error(`invariant: cell ${cell} has no open trial of seed ${trial.seed}`);
    trials.set(trial.seed, trial);
    const isolated = this.#isIsolated(cell, trial.seed);
    cost.add(isolated, ms);
    this.#overall.add(isolated, ms);
    this.trialsDone += 1;
    const complete = trials.size === this.plan.cells[cell]?.seeds.length;
    if (complete) this.cellsDone += 1;
    return complete;
  }

  /** The trials of a cell that are done, in the order of its seeds, whatever the order in which they finished. */
  trials(cell: number): TrialResult[] {
    const seeds = this.plan.cells[cell]?.seeds ?? [];
    return seeds.flatMap((seed) => this.#trials[cell]?.get(seed) ?? []);
  }

  /** Estimated real ms until all is done with `slots` running at once; null before anything was measured. */
  leftMs(slots: number): number | null {
    if (this.trialsDone === 0) return null;
    let ms = 0;
    for (const [index, cell] of this.plan.cells.entries())
      for (const seed of cell.seeds) if (!this.#trials[index]?.has(seed)) ms += this.#trialMs(index, seed);
    return ms / slots;
  }

  #taskMs(index: number): number {
    const { cell, seeds } = this.#rest[index] ?? { cell: 0, seeds: [] };
    return seeds.reduce((sum, seed) => sum + this.#trialMs(cell, seed), 0);
  }

  /** Expected real ms of one trial: from its own cell, else from all. */
  #trialMs(cell: number, seed: number): number {
    const isolated = this.#isIsolated(cell, seed);
    return (
      this.#costs[cell]?.expectedMs(isolated, this.#overall) ?? this.#overall.expectedMs(isolated, this.#overall) ?? 0
    );
  }

  #isIsolated(cell: number, seed: number): boolean {
    return this.plan.cells[cell]?.isolatedSeeds.includes(seed) ?? false;
  }
}

/** Real time that trials took, with isolated runs of the organizations and without, which may differ tenfold. */
class Cost {
  readonly #isolated = { trials: 0, ms: 0 };
  readonly #plain = { trials: 0, ms: 0 };

  add(isolated: boolean, ms: number): void {
    const sum = isolated ? this.#isolated : this.#plain;
    sum.trials += 1;
    sum.ms += ms;
  }

  /** Mean ms of this kind; where there is none yet, that of the other kind, scaled as the two differ in `overall`; null: nothing is known. */
  expectedMs(isolated: boolean, overall: Cost): number | null {
    const [own, other] = this.#means(isolated);
    if (own !== null || other === null) return own;
    const [overallOwn, overallOther] = overall.#means(isolated);
    return overallOwn !== null && overallOther !== null && overallOther > 0
      ? (other * overallOwn) / overallOther
      : other;
  }

  #means(isolated: boolean): readonly [number | null, number | null] {
    const means = [this.#isolated, this.#plain].map(({ trials, ms }) => (trials === 0 ? null : ms / trials));
    const [ofIsolated = null, ofPlain = null] = means;
    return isolated ? [ofIsolated, ofPlain] : [ofPlain, ofIsolated];
  }
}

function chunks(cell: PlannedCell, index: number, seedsMax: number): LedgerTask[] {
  // What may keep state gets a thread to itself for every trial, so its tasks hold one seed.
  const size = cell.strategy.foreign?.keepsState === true ? 1 : seedsMax;
  const tasks: LedgerTask[] = [];
  for (let from = 1; from < cell.seeds.length; from += size)
    tasks.push({ cell: index, seeds: cell.seeds.slice(from, from + size) });
  return tasks;
}
