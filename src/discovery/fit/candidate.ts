/** What of a family a view allows, as far as it was listed, and how that goes on when the view grows. */
import type { Shape } from '../hypothesis.ts';
import type { Range } from '../stream.ts';
import { Replay } from './replay.ts';
import type { BoxReplay, Work } from './token-boxes.ts';
import { isImplied, tokenViewOf } from './token-view.ts';
import type { View } from './view.ts';
import type { WorkBudget } from './work-budget.ts';

/** A shape that is alive, with what it leaves open. */
export interface Candidate {
  readonly shape: Shape;
  readonly counts: 'admitted' | 'all';
  /** Whole capacities that fit, both inclusive; `high` may be Infinity. With a grain: any from `low` on and below `high`. */
  readonly low: number;
  readonly high: number;
  /** Token buckets: all rates that fit; the shape holds one of them. */
  readonly refillPerSecond: Range | null;
  /** Token buckets: the replay that goes on with the view. */
  readonly replay?: BoxReplay;
  /** All others: likewise. */
  readonly follows?: Replay;
}

/** Candidates of a family; not `complete`: a sample of more than could be listed. */
export interface Listed {
  readonly candidates: readonly Candidate[];
  readonly complete: boolean;
  /** Token buckets: what was not ruled out; where to go on once the view has grown. */
  readonly boxes?: readonly BoxReplay[];
  /** Windows of the first sample that were not ruled out: no other of it needs to be looked at again. */
  readonly windows?: readonly number[];
  /** Of the windows that are not ruled out at a glance: how many have been tried, and what is alive of those. */
  readonly scanned?: {
    readonly windows: readonly number[];
    readonly tried: number;
    readonly alive: readonly Candidate[];
  };
}

/** What a shorter view left of a family: where to go on. */
export type Left = Pick<Listed, 'boxes' | 'windows' | 'scanned'>;

/** How far windows and steps are looked for, ms. */
export const WINDOW_MS_MAX = 4_000_000;
/** Most candidates of a family that are a whole list. */
export const LISTED_MAX = 1500;
/** Candidates where they are a sample. */
export const SAMPLE = 250;

/** Those of a complete list that a view which has grown still allows. */
export function stillAlive(candidates: readonly Candidate[], view: View, budget: WorkBudget): Candidate[] {
  const work = workOf(budget, Number.POSITIVE_INFINITY);
  let last: BoxReplay | null = null;
  return candidates.flatMap((candidate) => {
    const { counts, replay, follows } = candidate;
    if (follows !== undefined) {
      work.batches -= follows.leftOf(view);
      return followed(follows, view) ?? [];
    }
    if (replay === undefined) return [];
    // One that is left with several spans of rates stands in the list several times, in a row.
    if (replay === last) return [];
    last = replay;
    return replay.rates(tokenViewOf(view, counts === 'all'), work).map((rate) => tokenCandidate(replay, counts, rate));
  });
}

/** A shape's candidate, null: the view rules it out. */
export function fitted(view: View, shape: Shape, counts: 'admitted' | 'all', whole = true): Candidate | null {
  return followed(new Replay(shape, counts, 1, Number.POSITIVE_INFINITY, whole), view);
}

function followed(replay: Replay, view: View): Candidate | null {
  if (!replay.follow(view)) return null;
  const { shape, counts, low, high } = replay;
  return { shape, counts, low, high, refillPerSecond: null, follows: replay };
}

/** Without rejections that a later one of the same row implies; for limits that count admitted requests only. */
export function compressed(view: View): View {
  return view.filter((_, at) => !isImplied(view, at));
}

/** The candidate of one bucket, with one span of the rates that it may have. */
export function tokenCandidate(replay: BoxReplay, counts: 'admitted' | 'all', { low, high }: Range): Candidate {
  const { box } = replay;
  const middle = high === Number.POSITIVE_INFINITY ? Math.max(low * 2, 1e-6) : (low + high) / 2;
  return {
    shape: { kind: 'token-bucket', refillPerSecond: middle * 1000, stepMs: box.stepLow },
    counts,
    low: box.capacityLow,
    high: box.capacityHigh,
    refillPerSecond: { low: low * 1000, high: high * 1000 },
    replay,
  };
}

/** So many batches at most, counted down on the budget too. */
export function workOf(budget: WorkBudget, most: number): Work {
  let left = Math.min(most, budget.left);
  return {
    get batches() {
      return left;
    },
    set batches(now: number) {
      budget.spend(left - now);
      left = now;
    },
  };
}
