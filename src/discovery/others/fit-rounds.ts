/** Fits every family to what was taken in rounds, each from rest on, and ranks them by how far they are off. Pure. */
import type { Hypothesis, Shape } from '../hypothesis.ts';
import type { Round } from './hands.ts';
import { distance, type Latent, replay } from './replay.ts';

/** The best of a family. Where windows from the epoch begin is left open here. */
export interface RoundFit {
  readonly family: 'epoch' | 'first' | 'log' | 'counter' | 'bucket' | 'steps';
  readonly hypothesis: Hypothesis;
  /** Root mean square, as a share of the capacity. */
  readonly off: number;
}

/** Something given after nothing. */
interface Release {
  readonly fromMs: number;
  readonly toMs: number;
  readonly size: number;
}

const AT_REST: Latent = { openedMs: 0, shiftMs: 0 };
const PHASES = 24;
const CANDIDATES_MAX = 36;

/** Best first. `spanMs`: about how long it takes from full to empty. */
export function fitRounds(
  rounds: readonly Round[],
  capacity: number,
  spanMs: number,
  counts: 'admitted' | 'all',
): RoundFit[] {
  const fits: RoundFit[] = [];
  const given = (shape: Shape): Hypothesis => ({ shape, counts, capacity });
  const best = (
    family: RoundFit['family'],
    shapes: readonly Shape[],
    latents: (shape: Shape, round: Round) => readonly Latent[],
  ) => {
    let found: RoundFit | null = null;
    for (const shape of shapes) {
      const hypothesis = given(shape);
      const off = offBy(rounds, hypothesis, latents);
      if (found === null || off < found.off) found = { family, hypothesis, off };
    }
    if (found !== null) fits.push(found);
  };
  const windows = windowsOf(rounds, capacity, spanMs);
  best(
    'first',
    windows.map((windowMs) => ({ kind: 'fixed-window', anchor: 'first-request', windowMs })),
    openings,
  );
  best(
    'epoch',
    windows.map((windowMs) => ({ kind: 'fixed-window', anchor: 'epoch', windowMs })),
    borders,
  );
  best(
    'log',
    windows.map((windowMs) => ({ kind: 'sliding-window-log', windowMs })),
    () => [AT_REST],
  );
  const perMs = [...ratesOf(rounds), ...[0.8, 1, 1.25, 1.6].map((by) => (capacity / spanMs) * by)];
  best(
    'bucket',
    perMs.map((rate) => ({ kind: 'token-bucket', refillPerSecond: rate * 1000, stepMs: 0 })),
    () => [AT_REST],
  );
  best('counter', countersOf(perMs[0], capacity, spanMs), shifts);
  best('steps', stepsOf(rounds, capacity), openings);
  return fits.sort((a, b) => a.off - b.off);
}

/** Root mean square distance, each round read as fits it best. */
function offBy(
  rounds: readonly Round[],
  hypothesis: Hypothesis,
  latents: (shape: Shape, round: Round) => readonly Latent[],
): number {
  let sum = 0;
  for (const round of rounds) {
    const fitting = latents(hypothesis.shape, round).map((latent) =>
      distance(round, replay(hypothesis, latent, round), hypothesis.capacity),
    );
    sum += Math.min(1, ...fitting);
  }
  return Math.sqrt(sum / rounds.length);
}

/** What is tried beside the best number of a family: this share of it to either side, in so many steps. */
const SPREAD = 0.3;
const SPREAD_STEPS = 60;
/** What is hardly further off than the best may be it. */
const HARDLY = 1.3;
const HARDLY_BY = 0.004;

/** Over which numbers (a window, ms, or what comes per second) a family is hardly further off than at its best, and where it is nearest. */
export function spreadOf(
  rounds: readonly Round[],
  { hypothesis }: RoundFit,
): { readonly low: number; readonly high: number; readonly best: number } {
  const { shape } = hypothesis;
  const latents = shape.kind === 'sliding-window-counter' ? shifts : () => [AT_REST];
  const at = (by: number): number => offBy(rounds, { ...hypothesis, shape: scaledBy(shape, by) }, latents);
  const tried = Array.from({ length: 2 * SPREAD_STEPS + 1 }, (_, step) => {
    const by = Math.exp(((step - SPREAD_STEPS) / SPREAD_STEPS) * SPREAD);
    return { by, off: at(by) };
  });
  const least = Math.min(...tried.map(({ off }) => off));
  const near = tried.filter(({ off }) => off <= least * HARDLY + HARDLY_BY).map(({ by }) => by);
  const finer = SPREAD / SPREAD_STEPS;
  const number = numberOf(shape);
  return {
    low: number * Math.min(...near) * (1 - finer),
    high: number * Math.max(...near) * (1 + finer),
    best: number * (tried.find(({ off }) => off === least)?.by ?? 1),
  };
}

/** The number of a shape that is fitted. */
function numberOf(shape: Shape): number {
  if (shape.kind === 'token-bucket') return shape.refillPerSecond;
  return 'windowMs' in shape ? shape.windowMs : 0;
}

function scaledBy(shape: Shape, by: number): Shape {
  if (shape.kind === 'token-bucket') return { ...shape, refillPerSecond: shape.refillPerSecond * by };
  return 'windowMs' in shape ? { ...shape, windowMs: shape.windowMs * by } : shape;
}

/** Counters: from what was given in the long run, or else from how long it took. */
function countersOf(perMs: number | undefined, capacity: number, spanMs: number): Shape[] {
  const fromRate =
    perMs === undefined ? [] : [0.75, 0.83, 0.9, 0.95, 1, 1.06, 1.12, 1.25].map((by) => (capacity / perMs) * by);
  const fromSpan = Array.from({ length: 14 }, (_, at) => spanMs * 0.35 * Math.exp((at / 13) * Math.log(4)));
  return [...fromRate, ...fromSpan].map((windowMs): Shape => ({ kind: 'sliding-window-counter', windowMs }));
}

/** Releases of a round: from the last look at which nothing was left to the first at which something was, and all that was there until nothing was left. */
export function releasesOf(round: Round): Release[] {
  const releases: Release[] = [];
  let fromMs: number | null = null;
  let toMs = Number.POSITIVE_INFINITY;
  let size = 0;
  for (const { atMs, untilMs, admitted, full } of round) {
    if (admitted > 0) toMs = Math.min(toMs, untilMs);
    size += admitted;
    if (!full) continue;
    if (size > 0 && fromMs !== null) releases.push({ fromMs, toMs, size });
    fromMs = atMs;
    toMs = Number.POSITIVE_INFINITY;
    size = 0;
  }
  return releases;
}

/** Windows that lead from a taking to a large release. */
function windowsOf(rounds: readonly Round[], capacity: number, spanMs: number): number[] {
  const found: number[] = [];
  for (const round of rounds) {
    const large = releasesOf(round).filter(({ size }) => size >= 0.15 * capacity);
    const filled = round.filter(({ admitted }) => admitted >= 0.15 * capacity);
    for (const { fromMs, toMs } of large.slice(0, 6)) {
      for (const { atMs } of filled) if (atMs < fromMs) found.push((fromMs + toMs) / 2 - atMs);
    }
  }
  for (let part = 0; part <= 12; part++) found.push(spanMs * 0.4 * Math.exp((part / 12) * Math.log(6)));
  found.sort((a, b) => a - b);
  const kept: number[] = [];
  for (const windowMs of found) if (windowMs > (kept.at(-1) ?? 0) * 1.006 && windowMs > 300) kept.push(windowMs);
  const every = Math.ceil(kept.length / CANDIDATES_MAX);
  return kept.filter((_, at) => at % every === 0);
}

/** What was given after the filling, over how long that took. */
function ratesOf(rounds: readonly Round[]): number[] {
  let admitted = 0;
  let overMs = 0;
  for (const round of rounds) {
    const filledAt = round.findIndex(({ full }) => full);
    if (filledAt === -1) continue;
    for (const take of round.slice(filledAt + 1)) admitted += take.admitted;
    overMs += (round.at(-1)?.atMs ?? 0) - (round[filledAt]?.atMs ?? 0);
  }
  if (admitted === 0 || overMs <= 0) return [];
  return [1, 1.08, 0.93, 1.18, 1.3, 0.85, 1.5, 2].map((by) => (admitted / overMs) * by);
}

/** Steps that lie between releases, with what they bring in the long run. */
function stepsOf(rounds: readonly Round[], capacity: number): Shape[] {
  const perMs = ratesOf(rounds)[0];
  if (perMs === undefined) return [];
  const gaps: number[] = [];
  for (const round of rounds) {
    const releases = releasesOf(round).filter(({ size }) => size >= Math.max(1, capacity * 0.03));
    for (const [at, { toMs }] of releases.entries()) {
      for (const back of [1, 2]) {
        const before = releases[at - back];
        if (before !== undefined) gaps.push((toMs - before.toMs) / back);
      }
      const first = round.find(({ full }) => full);
      if (at === 0 && first !== undefined) gaps.push(toMs - first.atMs);
    }
  }
  gaps.sort((a, b) => a - b);
  const kept: number[] = [];
  for (const gap of gaps) if (gap > (kept.at(-1) ?? 0) * 1.004) kept.push(gap);
  const every = Math.ceil(kept.length / CANDIDATES_MAX);
  return kept
    .filter((_, at) => at % every === 0)
    .flatMap((stepMs) =>
      [1, 1.1].map((by): Shape => ({ kind: 'token-bucket', refillPerSecond: perMs * by * 1000, stepMs })),
    )
    .filter(
      (shape) => shape.kind === 'token-bucket' && (shape.refillPerSecond * shape.stepMs) / 1000 < 0.97 * capacity,
    );
}

/** Others may have opened the window, or begun the steps: so that one of them ends where something was released. */
function openings(shape: Shape, round: Round): Latent[] {
  const spanMs = shape.kind === 'fixed-window' ? shape.windowMs : shape.kind === 'token-bucket' ? shape.stepMs : 0;
  const first = round[0]?.atMs ?? 0;
  const releases = releasesOf(round)
    .toSorted((a, b) => b.size - a.size)
    .slice(0, 6);
  const phases = releases.map(({ fromMs, toMs }) => {
    const past = ((fromMs + toMs) / 2 - first) % spanMs;
    return { openedMs: spanMs - past, shiftMs: 0 };
  });
  return [AT_REST, ...phases.filter(({ openedMs }) => openedMs > 0 && openedMs < spanMs)];
}

/** A border of the windows stands where something was released. */
function borders(shape: Shape, round: Round): Latent[] {
  const windowMs = shape.kind === 'fixed-window' ? shape.windowMs : 0;
  const releases = releasesOf(round).toSorted((a, b) => b.size - a.size);
  return releases
    .slice(0, 4)
    .map(({ fromMs, toMs }) => ({ openedMs: 0, shiftMs: windowMs - (((fromMs + 3 * toMs) / 4) % windowMs) }));
}

function shifts(shape: Shape): Latent[] {
  const windowMs = shape.kind === 'sliding-window-counter' ? shape.windowMs : 0;
  return Array.from({ length: PHASES }, (_, at) => ({ openedMs: 0, shiftMs: (at / PHASES) * windowMs }));
}
