/** Fits every family to a whole record and ranks them: the best numbers of each, and from where to where they may lie. */
import type { Batch } from './batches.ts';
import { type Start, startsOf } from './candidates.ts';
import { logLikelihood, type Supposition, type Surroundings } from './score.ts';
import type { Belief } from './use-model.ts';

/** The best that one class of hypotheses makes of a record. */
export interface Fit {
  /** Family, anchor, steps, counting: hypotheses of one class differ in numbers only. */
  readonly name: string;
  readonly supposition: Supposition;
  /** Log-likelihood less what its numbers cost. */
  readonly score: number;
  readonly spread: number;
  readonly phaseSpreadMs: number;
  /** Windows from the epoch that do about as well, this one among them; empty for families whose windows are continuous. */
  readonly windowsMs: readonly number[];
}

/** What a fit is made from. */
export interface FitOptions {
  readonly jitterMs: number;
  /** Which are possible. */
  readonly errorsCharge: readonly boolean[];
  readonly lagMs: number;
  /** What one burst filled, at most. */
  readonly size: number;
}

/** How many starts of a class are followed up. */
const FOLLOWED = 4;

/** Fits all classes; best first. */
export function fitAll(batches: readonly Batch[], options: FitOptions): Fit[] {
  const starts = startsOf(batches, options.size, options.jitterMs);
  const found = new Map<string, Fit[]>();
  for (const errorsCharge of options.errorsCharge) {
    const surroundings = { jitterMs: options.jitterMs, errorsCharge, backgroundShare: 0, lagMs: options.lagMs };
    for (const counts of ['admitted', 'all'] as const) {
      for (const start of starts) {
        const fit = settle(batches, start, counts, surroundings, options.size);
        const list = found.get(fit.name);
        if (list === undefined) found.set(fit.name, [fit]);
        else list.push(fit);
      }
    }
  }
  const classes = [...found.values()].map((list) => list.sort((a, b) => b.score - a.score));
  classes.sort((a, b) => (b[0] as Fit).score - (a[0] as Fit).score);
  const best = classes.map((list, rank) => {
    const followed = distinct(list).slice(0, rank < 3 ? FOLLOWED : 2);
    if (boundToEpoch((list[0] as Fit).supposition.belief)) return whole(list);
    const refined = followed.map((fit) => refine(batches, fit, options.size, rank < 4 ? 8 : 5));
    const found = refined.reduce((a, b) => (b.score > a.score ? b : a));
    return 'phaseMs' in found.supposition.belief ? aligned(batches, found) : found;
  });
  return best.sort((a, b) => b.score - a.score);
}

/** The largest of `most` halved again and again that holds, or what is left of it. */
function reached(most: number, holds: (by: number) => boolean): number {
  let by = most;
  for (let halved = 0; halved < 16 && !holds(by); halved++) by /= 2;
  return Math.min(most, by * 2);
}

function boundToEpoch(belief: Belief): boolean {
  return 'phaseMs' in belief && belief.phaseMs === 0;
}

const ALIGNED_MAX = 1200;

/** Binds windows of a free phase to the epoch: the whole numbers of milliseconds whose borders are near those found. */
function aligned(batches: readonly Batch[], fit: Fit): Fit {
  const { belief, capacity } = fit.supposition;
  if (!('phaseMs' in belief)) return fit;
  const middleMs = (batches[batches.length >> 1] as Batch).sentMs;
  const border = belief.phaseMs + Math.round((middleMs - belief.phaseMs) / belief.windowMs) * belief.windowMs;
  const best0 = logLikelihood(batches, fit.supposition);
  const holds = (scale: number, phaseMs: number) =>
    logLikelihood(batches, { ...fit.supposition, belief: moved(belief, scale, phaseMs, 1) }) > best0 - 6;
  const slackMs = 2.5 * reached(belief.windowMs / 8, (by) => holds(1, by) || holds(1, -by)) + 2;
  const scaleMost = Math.min(0.08, 0.02 + 1 / capacity);
  const reachMs = 2.5 * belief.windowMs * reached(scaleMost, (by) => holds(1 + by, 0) || holds(1 - by, 0)) + 2;
  let windowsMs: number[] = [];
  for (let windowMs = Math.ceil(belief.windowMs - reachMs); windowMs <= belief.windowMs + reachMs; windowMs++) {
    const past = border % windowMs;
    if (Math.min(past, windowMs - past) <= slackMs) windowsMs.push(windowMs);
  }
  const every = Math.ceil(windowsMs.length / ALIGNED_MAX);
  windowsMs = windowsMs.filter((_, at) => at % every === 0);
  const fits = windowsMs.map((windowMs): Fit => {
    const supposition = { ...fit.supposition, belief: { ...belief, windowMs, phaseMs: 0 } };
    const score = logLikelihood(batches, supposition) - costOf(supposition, batches.length);
    return { ...fit, supposition, score };
  });
  if (fits.length === 0) return { ...fit, score: fit.score - 20 };
  const best = whole(fits.sort((a, b) => b.score - a.score));
  // Those left out may do better: what the free phase reaches is what the class is worth.
  return every > 1 || best.score > fit.score - 3 ? { ...best, score: Math.max(best.score, fit.score) } : best;
}

/** The best of windows from the epoch, and those that are not much worse (1.92: Wilks, 95 %). */
function whole(fits: readonly Fit[]): Fit {
  const best = fits[0] as Fit;
  const windowsMs = fits
    .filter(({ score }) => score > best.score - 1.92)
    .flatMap(({ supposition: { belief } }) => ('windowMs' in belief ? [belief.windowMs] : []));
  return { ...best, windowsMs };
}

/** How many classes are fitted again with others' use. */
const SHARED_CLASSES = 8;

/** Fits again, from where the fits without others' use stand, with each of these shares of it; the best of each class, best first. */
export function fitShared(batches: readonly Batch[], alone: readonly Fit[], shares: readonly number[]): Fit[] {
  const fits = alone.map((fit, rank) => {
    if (rank >= SHARED_CLASSES) return fit;
    let best = fit;
    for (const backgroundShare of shares) {
      const { belief, counts, capacity, surroundings } = fit.supposition;
      const start = { belief, spread: Math.max(fit.spread, backgroundShare), phaseSpreadMs: fit.phaseSpreadMs };
      const shared = settle(batches, start, counts, { ...surroundings, backgroundShare }, capacity);
      const refined = refine(batches, shared, capacity, 6);
      if (refined.score > best.score) best = refined;
    }
    return best;
  });
  return fits.sort((a, b) => b.score - a.score);
}

/** The first few that are not nearly the same. */
function distinct(fits: readonly Fit[]): Fit[] {
  const kept: Fit[] = [];
  for (const fit of fits) {
    if (kept.length === FOLLOWED) break;
    const key = sizeOf(fit.supposition.belief);
    if (kept.some((other) => Math.abs(sizeOf(other.supposition.belief) / key - 1) < fit.spread * 0.3)) continue;
    kept.push(fit);
  }
  return kept;
}

function sizeOf(belief: Belief): number {
  if (belief.kind === 'concurrency') return 1;
  if (belief.kind === 'token-bucket') return belief.stepMs === 0 ? belief.perMs : belief.stepMs;
  return belief.windowMs;
}

/** Adds the best capacity to a belief, and scores it. */
export function settle(
  batches: readonly Batch[],
  { belief, spread, phaseSpreadMs }: Start,
  counts: 'admitted' | 'all',
  surroundings: Surroundings,
  size: number,
): Fit {
  const quiet = { ...surroundings, backgroundShare: 0 };
  const least = capacityOf(batches, { belief, counts, capacity: size, surroundings: quiet });
  const { backgroundShare } = surroundings;
  const capacities =
    backgroundShare === 0
      ? [least]
      : [...new Set([0, 0.25, 0.5, 0.75, 1, 1.25].map((part) => Math.round(size * (1 + part * backgroundShare))))];
  let best: Fit | null = null;
  for (const capacity of capacities) {
    const supposition = { belief: plainest(belief, capacity), counts, capacity, surroundings };
    const score = logLikelihood(batches, supposition) - costOf(supposition, batches.length) - tooShort(supposition);
    if (best === null || score > best.score) {
      best = { name: nameOf(supposition), supposition, score, spread, phaseSpreadMs, windowsMs: [] };
    }
  }
  return best as Fit;
}

/** One step that brings everything is a window from the first request. */
function plainest(belief: Belief, capacity: number): Belief {
  if (belief.kind !== 'token-bucket' || belief.perMs * belief.stepMs < capacity * 0.99) return belief;
  return { kind: 'fixed-window', anchor: 'first-request', windowMs: belief.stepMs };
}

/** A limit that remembers no longer than requests last is a concurrency limit: shorter memories are not believed in. */
const MEMORY_MIN_MS = 700;

function tooShort({ belief, capacity }: Supposition): number {
  if (belief.kind === 'concurrency') return 0;
  const memoryMs = belief.kind === 'token-bucket' ? capacity / belief.perMs : belief.windowMs;
  return memoryMs < MEMORY_MIN_MS ? 100 : 0;
}

/** The name of a class. */
export function nameOf({ belief, counts }: Supposition): string {
  if (belief.kind === 'fixed-window') return `${belief.kind} ${belief.anchor} ${counts}`;
  if (belief.kind === 'token-bucket') {
    const grain = belief.stepMs === 0 ? 'continuous' : belief.perMs * belief.stepMs <= 1.02 ? 'fine' : 'stepwise';
    return `${belief.kind} ${grain} ${counts}`;
  }
  return `${belief.kind} ${counts}`;
}

/** Half of ln n for each number (Schwarz's criterion). */
function costOf({ belief, surroundings }: Supposition, n: number): number {
  let numbers = 1;
  if (belief.kind === 'sliding-window-log') numbers = 2;
  else if (belief.kind === 'fixed-window') numbers = belief.anchor === 'epoch' ? 3 : 2;
  else if (belief.kind === 'sliding-window-counter') numbers = 3;
  else if (belief.kind === 'token-bucket') numbers = belief.stepMs === 0 ? 2 : 3;
  if (surroundings.backgroundShare > 0) numbers += 1;
  return (numbers / 2) * Math.log(Math.max(2, n));
}

/** The whole capacity that leaves the fewest batches unexplained when nothing is unseen. */
export function capacityOf(batches: readonly Batch[], supposition: Supposition): number {
  const atLeast: number[] = [];
  const below: number[] = [];
  logLikelihood(batches, supposition, (use, admitted, rejected) => {
    if (admitted > 0) atLeast.push(Math.ceil(use + admitted - 1e-6));
    // Fewer than would have fitted with one more.
    if (rejected > 0) below.push(Math.ceil(use + admitted + 1 - 1e-6));
  });
  atLeast.sort((a, b) => a - b);
  below.sort((a, b) => a - b);
  let best = supposition.capacity;
  let bestWrong = Number.POSITIVE_INFINITY;
  let passed = 0;
  for (const capacity of new Set([...atLeast, ...below.map((one) => one - 1)].sort((a, b) => a - b))) {
    if (capacity < 1) continue;
    let low = 0;
    let high = below.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((below[middle] as number) <= capacity) low = middle + 1;
      else high = middle;
    }
    while (passed < atLeast.length && (atLeast[passed] as number) <= capacity) passed += 1;
    const wrong = low + (atLeast.length - passed);
    if (wrong < bestWrong) {
      bestWrong = wrong;
      best = capacity;
    }
  }
  return best;
}

/** Moves a belief by so much: `scale` on window or rate, `phaseMs` on the phase, `step` on the step. */
export function moved(belief: Belief, scale: number, phaseMs: number, step: number): Belief {
  if (belief.kind === 'concurrency') return belief;
  if (belief.kind === 'token-bucket') return { ...belief, perMs: belief.perMs * scale, stepMs: belief.stepMs * step };
  const windowMs = belief.windowMs * scale;
  return 'phaseMs' in belief ? { ...belief, windowMs, phaseMs: belief.phaseMs + phaseMs } : { ...belief, windowMs };
}

/** Searches around a fit, closer and closer. */
export function refine(batches: readonly Batch[], from: Fit, size: number, rounds: number): Fit {
  let best = from;
  const { belief } = from.supposition;
  if (belief.kind === 'concurrency' || boundToEpoch(belief)) return best;
  const phased = 'phaseMs' in belief;
  const stepped = belief.kind === 'token-bucket' && belief.stepMs > 0;
  let width = Math.max(from.spread, 1e-7);
  let phaseWidth = from.phaseSpreadMs;
  let stepWidth = stepped ? 0.1 : 0;
  for (let round = 0, shrunk = 0; shrunk < rounds && round < 2.5 * rounds; round++) {
    const { supposition } = best;
    const moves: [number, number, number][] = [];
    for (const by of [-0.8, -0.4, 0.4, 0.8]) {
      moves.push([by, 0, 0]);
      if (phased) moves.push([0, by, 0], [by, by, 0], [by, -by, 0]);
      if (stepped) moves.push([0, 0, by], [by, 0, -by]);
    }
    let next = best;
    for (const [scale, phase, step] of moves) {
      const tried = moved(supposition.belief, Math.exp(scale * width), phase * phaseWidth, Math.exp(step * stepWidth));
      const start = { belief: tried, spread: width, phaseSpreadMs: phaseWidth };
      const fit = settle(batches, start, supposition.counts, supposition.surroundings, size);
      if (fit.score > next.score) next = fit;
    }
    if (next.score > best.score + 1e-9) {
      best = next;
    } else {
      shrunk += 1;
      width /= 2.5;
      phaseWidth /= 2.5;
      stepWidth /= 2.5;
    }
  }
  return { ...best, spread: from.spread, phaseSpreadMs: from.phaseSpreadMs, windowsMs: from.windowsMs };
}
