/** From ranked families to what is said, with what others may have used in the intervals. Pure. */
import type { Hypothesis, Shape } from '../hypothesis.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { Identified, Range } from '../stream.ts';
import { type Bracket, epochWindows, RELEASES_MIN } from './epoch-windows.ts';
import { releasesOf, type RoundFit, spreadOf } from './fit-rounds.ts';
import type { Round } from './hands.ts';
import type { Lattice } from './lattice.ts';
import type { Ends } from './sharp-windows.ts';
import { longestPeriod } from './periods.ts';

/** What was seen. */
export interface Evidence {
  /** Best first. */
  readonly fits: readonly RoundFit[];
  readonly rounds: readonly Round[];
  /** Most that was given at once. */
  readonly size: number;
  /** Whether that is all that fits. */
  readonly isSure: boolean;
  readonly lattice: Lattice | null;
  /** Of fixed windows, followed to the millisecond. */
  readonly ends?: Ends;
  /** What single requests come by, looked at closely. */
  readonly close?: Lattice;
}

/** Releases that were seen within so much of a window tell when it ended. */
const NARROW = 0.12;
/** What comes a request at a time comes evenly, as far as can be told beside others. */
const STEP_REQUESTS = 1.6;
/** With fewer of them anything comes evenly. */
const COMINGS_MIN = 8;
/** Fewer steps than this tell no period. */
const STEPS_MIN = 4;
/** Of what comes while one asks all the time others may take so much. */
const TAKEN = 0.05;
/** And where one looks no more often than something comes, all that they ask for. */
const TAKEN_BETWEEN = 0.2;
/** The rate is known to about a fifth. */
const RATE_OFF = 0.2;
/** A step so many times as long as what a coming is known to is no accident. */
const SURE_WIDTHS = 2.5;

type Found = Extract<Identified, { kind: 'found' }>;

/** The second best must be this much further off. */
const FURTHER = 1.2;
const FURTHER_BY = 0.008;
/** Of what fits few requests, so many more or less are no difference. */
const ODD_REQUESTS = 0.5;
/** And the best no further than this: what others take is made up for, so what is left is something else, as a second limit. */
const OFF_MAX = 0.1;
/** Beside others a log or a counter is never seen empty: so much more than was ever seen in use may fit. */
const UNSEEN_SHARE = 0.35;
/** The same of windows and buckets, which others leave alone while they are kept full. */
const MISSED_SHARE = 0.05;
const MISSED = 3;

/** See the head of this file. */
export function answerOf(evidence: Evidence): Identified {
  const { fits, size } = evidence;
  const best = fits[0];
  if (best === undefined) return { kind: 'ambiguous', candidates: [], reason: 'nothing was fitted' };
  const kind = kindOf(best);
  const rivals = fits.filter(
    (fit) => kindOf(fit) !== kind && fit.off < best.off * FURTHER + FURTHER_BY + ODD_REQUESTS / size,
  );
  if (rivals.length > 0) {
    const names = [...new Set(rivals.map(({ hypothesis }) => hypothesis.shape.kind))].join(', ');
    return {
      kind: 'ambiguous',
      candidates: [best, ...rivals].map(({ hypothesis }) => hypothesis),
      reason: `beside others ${best.hypothesis.shape.kind} is not clearly nearer than ${names}`,
    };
  }
  if (best.off > OFF_MAX) {
    return {
      kind: 'ambiguous',
      candidates: fits.map(({ hypothesis }) => hypothesis),
      reason:
        'beside others no single limit comes near what was given: they use too much of it, or another limit acts as well',
    };
  }
  if (kind === 'window') return windowOf(evidence, best);
  if (kind === 'bucket') return bucketOf(evidence, best);
  return slidingOf(evidence, best);
}

/** A concurrency limit of which at most so many were seen in service. */
export function heldOf(most: number): Found {
  const hypothesis: Hypothesis = { shape: { kind: 'concurrency' }, counts: 'admitted', capacity: most };
  return found(hypothesis, true, { low: most, high: Math.ceil(most * (1 + UNSEEN_SHARE)) + 2 }, null, null, null);
}

/** Families that are told apart otherwise stand for each other here. */
function kindOf({ family }: RoundFit): 'window' | 'bucket' | 'log' | 'counter' {
  if (family === 'epoch' || family === 'first') return 'window';
  return family === 'bucket' || family === 'steps' ? 'bucket' : family;
}

function windowOf({ rounds, size, isSure, ends }: Evidence, { hypothesis }: RoundFit): Identified {
  const { shape, counts } = hypothesis;
  const aboutMs = shape.kind === 'fixed-window' ? shape.windowMs : 0;
  const large = rounds.map((round) => releasesOf(round).filter((release) => release.size >= 0.3 * size));
  const windows = large.flatMap((releases) => spansBetween(releases, aboutMs));
  const about = intersected(windows, { low: aboutMs * 0.97, high: aboutMs * 1.03 });
  const whole = ends?.fromEpochMs ?? { low: Math.floor(about.low * 0.995), high: Math.ceil(about.high * 1.005) };
  const windowMs = ends?.fromRequestMs ?? about;
  const narrow = large.flat().filter(({ fromMs, toMs }) => toMs - fromMs < aboutMs * NARROW);
  const epochs = epochWindows(narrow, whole.low, whole.high);
  const capacity = capacityOf(size, isSure);
  if (epochs.length > 0) {
    const middle = epochs[epochs.length >> 1] as number;
    const range = { low: epochs[0] as number, high: epochs.at(-1) as number };
    return found(
      { shape: { kind: 'fixed-window', anchor: 'epoch', windowMs: middle }, counts, capacity: size },
      false,
      capacity,
      range,
      null,
      null,
    );
  }
  const middle = Math.round((windowMs.low + windowMs.high) / 2);
  const range = { low: Math.floor(windowMs.low), high: Math.ceil(windowMs.high) };
  if (narrow.length < RELEASES_MIN) {
    const anchored = (anchor: 'epoch' | 'first-request'): Hypothesis => ({
      shape: { kind: 'fixed-window', anchor, windowMs: middle },
      counts,
      capacity: size,
    });
    const reason = 'beside others too few ends of windows were seen to tell what they begin with';
    return { kind: 'ambiguous', candidates: [anchored('epoch'), anchored('first-request')], reason };
  }
  return found(
    { shape: { kind: 'fixed-window', anchor: 'first-request', windowMs: middle }, counts, capacity: size },
    false,
    capacity,
    range,
    null,
    null,
  );
}

function capacityOf(size: number, isSure: boolean): Range {
  return { low: size, high: isSure ? size : Math.ceil(size * (1 + MISSED_SHARE)) + MISSED };
}

/** Between one release and the next of a round: about one window. */
function spansBetween(releases: readonly Bracket[], aboutMs: number): Range[] {
  return releases.slice(1).flatMap(({ fromMs, toMs }, at) => {
    const before = releases[at] as Bracket;
    const span = { low: fromMs - before.toMs, high: toMs - before.fromMs };
    const isNarrow = span.high - span.low < aboutMs * NARROW;
    return isNarrow && span.low < aboutMs * 1.1 && span.high > aboutMs * 0.9 ? [span] : [];
  });
}

/** What most ranges agree in, the narrow ones first; none: `otherwise`. Others are late now and then, and so is what was seen after them. */
function intersected(ranges: readonly Range[], otherwise: Range): Range {
  let best: Range = otherwise;
  let most = 0;
  for (const start of ranges) {
    let kept = start;
    let agree = 0;
    for (const { low, high } of ranges.toSorted((a, b) => a.high - a.low - (b.high - b.low))) {
      if (Math.max(low, kept.low) > Math.min(high, kept.high)) continue;
      kept = { low: Math.max(low, kept.low), high: Math.min(high, kept.high) };
      agree += 1;
    }
    if (agree <= most) continue;
    best = kept;
    most = agree;
  }
  return best;
}

function slidingOf({ rounds, size, isSure }: Evidence, best: RoundFit): Found {
  const { shape, counts } = best.hypothesis;
  const windowMs = spreadOf(rounds, best);
  const kept = { ...shape, windowMs: Math.round(windowMs.best) } as Shape;
  const low = Math.max(size, mostInUse(kept, counts, rounds));
  const isAll = isSure && low === size;
  const capacity = { low: size, high: isAll ? size : Math.ceil(low * (1 + UNSEEN_SHARE)) + MISSED };
  // What a counter gives in the long run is what fits over its window: with what others keep in use of the one, the other is longer too.
  const longer = shape.kind === 'sliding-window-counter' ? 1 + UNSEEN_SHARE / 2 : 1;
  const range = { low: Math.floor(windowMs.low), high: Math.ceil(windowMs.high * longer) };
  return found({ shape: kept, counts, capacity: low }, true, capacity, range, null, null);
}

/** Most that was in use by oneself at once. */
function mostInUse(shape: Shape, counts: Hypothesis['counts'], rounds: readonly Round[]): number {
  let most = 0;
  if (counts === 'all') return most;
  for (const round of rounds) {
    const meter = createMeter(shape);
    for (const { atMs, admitted } of round) {
      if (admitted === 0) continue;
      meter.charge(admitted, atMs, Number.POSITIVE_INFINITY, true, Number.POSITIVE_INFINITY);
      if (shape.kind === 'sliding-window-log') most = Math.max(most, meter.reach(0, atMs));
    }
  }
  return most;
}

function bucketOf({ rounds, fits, size, isSure, lattice, close }: Evidence, best: RoundFit): Identified {
  const capacity = capacityOf(size, isSure);
  const steps = fits.find(({ family }) => family === 'steps');
  const bucket = fits.find(({ family }) => family === 'bucket') ?? best;
  const coarse = steps !== undefined && requestsPerStep(steps) >= STEP_REQUESTS && steps.off < bucket.off * 0.7;
  const isStepped = lattice === null ? coarse : lattice.most > Math.max(1.01, 2 * lattice.due + 1);
  // Tokens that come although one asks all the time are not taken by asking.
  const { counts } = lattice !== null && !isStepped ? ({ counts: 'admitted' } as const) : best.hypothesis;
  const about = spreadOf(rounds, isStepped && coarse ? steps : bucket);
  const isClose = lattice !== null && !isStepped && lattice.sure < 0.1;
  const sure = Math.max(0.02, (lattice?.sure ?? 0) * 2);
  const perSecond = isClose ? lattice.perMs * 1000 : about.best;
  // What others take of it is missing in the round.
  const rates = isClose
    ? { low: perSecond * (1 - sure), high: perSecond * (1 + sure + TAKEN) }
    : { low: about.low, high: about.high * (1 + TAKEN_BETWEEN) };
  const given = (stepMs: number): Hypothesis => ({
    shape: { kind: 'token-bucket', refillPerSecond: perSecond, stepMs },
    counts,
    capacity: size,
  });
  const stepped = (range: Range) =>
    found(given(Math.max(1, Math.round((range.low + range.high) / 2))), false, capacity, null, rates, {
      low: Math.floor(range.low),
      high: Math.ceil(range.high),
    });
  if (!isStepped) {
    const manner = close === undefined ? null : mannerOf(close, 1000 / perSecond);
    if (manner === null || manner.kind === 'even')
      return found(given(0), true, capacity, null, rates, { low: 0, high: manner?.stepMs ?? 0 });
    if (manner.kind === 'steps') return stepped(manner.range);
    const reason = 'beside others it was not seen whether tokens come evenly or in small steps';
    return { kind: 'ambiguous', candidates: [given(0), given(Math.max(1, Math.round(500 / perSecond)))], reason };
  }
  const shape = steps?.hypothesis.shape;
  const fromRounds = shape?.kind === 'token-bucket' ? shape.stepMs : 0;
  if (coarse || lattice === null) {
    const lookMs = medianLookMs(rounds);
    return stepped({ low: fromRounds - lookMs, high: fromRounds + lookMs });
  }
  return stepped(lattice.comings.length < STEPS_MIN ? stepBetween(rounds) : stepOf(lattice));
}

/** What single requests that came one by one came by: evenly, or at the steps of a bucket that gives about one in a step, or less. */
function mannerOf(
  { comings }: Lattice,
  tokenMs: number,
):
  | { readonly kind: 'even'; readonly stepMs: number }
  | { readonly kind: 'steps'; readonly range: Range }
  | { readonly kind: 'open' } {
  const widthMs = median(comings.map(({ fromMs, toMs }) => toMs - fromMs));
  if (comings.length < COMINGS_MIN) return { kind: 'open' };
  if (longestPeriod(comings, tokenMs * (1 - RATE_OFF), tokenMs * (1 + RATE_OFF)) !== null)
    return { kind: 'even', stepMs: Math.ceil(2 * widthMs) };
  const range = longestPeriod(comings, SURE_WIDTHS * (widthMs + 1), tokenMs * STEP_REQUESTS * (1 + RATE_OFF));
  return range === null ? { kind: 'open' } : { kind: 'steps', range };
}

function requestsPerStep({ hypothesis: { shape } }: RoundFit): number {
  return shape.kind === 'token-bucket' ? (shape.refillPerSecond * shape.stepMs) / 1000 : 0;
}

/** Between the beginnings of what came together. */
function stepOf({ comings, everyMs }: Lattice): Range {
  const aboutMs = median(comings.slice(1).map(({ toMs }, at) => toMs - (comings[at]?.toMs ?? 0)));
  const range = longestPeriod(comings, aboutMs * (1 - RATE_OFF), aboutMs * (1 + RATE_OFF));
  return range ?? { low: aboutMs - everyMs, high: aboutMs + everyMs };
}

/** The same where a step is longer than it was looked for closely. */
function stepBetween(rounds: readonly Round[]): Range {
  const gaps = rounds.flatMap((round) => {
    const large = releasesOf(round).filter(({ size }) => size > 1);
    return large.slice(1).map(({ toMs }, at) => toMs - (large[at]?.toMs ?? 0));
  });
  const [aboutMs, lookMs] = [median(gaps), medianLookMs(rounds)];
  return { low: aboutMs - lookMs, high: aboutMs + lookMs };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function medianLookMs(rounds: readonly Round[]): number {
  return median(rounds.flatMap((round) => round.slice(3).map(({ atMs }, at) => atMs - (round[at + 2]?.atMs ?? 0))));
}

function found(
  hypothesis: Hypothesis,
  countsKnown: boolean,
  capacity: Range,
  windowMs: Range | null,
  refillPerSecond: Range | null,
  stepMs: Range | null,
): Found {
  return { kind: 'found', hypothesis, alternatives: [], countsKnown, capacity, windowMs, refillPerSecond, stepMs };
}
