/** What the candidates that are alive amount to: one limit, none, or not yet one. */
import type { Candidate } from '../fit/candidate.ts';
import type { Pool } from '../fit/pool.ts';
import { STEP_MS_MIN, STEP_TOKENS_MIN } from '../fit/token-boxes.ts';
import type { View } from '../fit/view.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { Identified, Range } from '../stream.ts';
import { classesOf } from './classes.ts';

/** A token rate is known when it lies within this share. */
const RATE_SHARE = 0.006;
/** And within this one where no experiment is left. */
const RATE_SHARE_LAST = 0.018;
/** A capacity that may be a fraction is known when it lies within one request, but for the grain in which such are listed, at both ends. */
const FRACTION_MAX = 1 + 2 / 16;
/** The answer; null: go on. */
export function verdictOf(pool: Pool, view: View): Identified | null {
  const { alive } = pool;
  if (alive.length === 0) {
    return pool.complete
      ? {
          kind: 'conflict',
          from: (view[pool.aliveUntil] ?? view.at(-1))?.event ?? 0,
          reason: 'no single limit explains the record',
        }
      : null;
  }
  if (!pool.complete) return null;
  const classes = new Set(alive.map(classesOf(alive)));
  if (classes.size > 1) return null;
  const first = alive[0] as Candidate;
  const range = capacityOf(alive);
  if (range === null) return null;
  const { shape, counts } = first;
  if (shape.kind === 'token-bucket') return tokens(alive, range);
  return {
    kind: 'found',
    hypothesis: { shape, counts, capacity: likeliestIn(range) },
    alternatives: [],
    countsKnown: shape.kind !== 'fixed-window',
    capacity: range,
    windowMs: shape.kind === 'concurrency' ? null : { low: shape.windowMs, high: shape.windowMs },
    refillPerSecond: null,
    stepMs: null,
  };
}

/**
 * Whether only the rate of one token bucket is not known well enough, or whether it counts rejected requests: where each step brings whole
 * tokens, a rejection leaves nothing that it could take, and nobody can tell.
 */
export function isRateLeft({ alive, complete }: Pool): boolean {
  const first = alive[0];
  if (!complete || first?.shape.kind !== 'token-bucket' || capacityOf(alive) === null) return false;
  const nameOf = classesOf(alive);
  if (new Set(alive.map(nameOf)).size === 1) return true;
  const { stepMs } = first.shape;
  return alive.every(({ shape }) => shape.kind === 'token-bucket' && shape.stepMs === stepMs);
}

/**
 * Whether a continuous refill is known, and only how much more than its share of a token a step of the same class may bring is not: that shows in how
 * many tokens come in all, and in nothing else.
 */
export function isCountLeft({ alive, complete }: Pool): boolean {
  if (!complete || !isSmooth(alive) || capacityOf(alive) === null) return false;
  return new Set(alive.map(classesOf(alive))).size === 1 && isRateKnown(alive);
}

/**
 * Whether the step and the capacity are known, and each step may bring one whole number of tokens: then how many it brings shows in how many tokens come
 * in all, and whether rejected requests count shows in nothing.
 */
export function isWholeStepLeft({ alive, complete }: Pool): boolean {
  const [first] = alive;
  if (!complete || first?.shape.kind !== 'token-bucket' || first.shape.stepMs === 0) return false;
  const { stepMs } = first.shape;
  const range = capacityOf(alive);
  if (range === null || range.low !== range.high) return false;
  if (alive.some(({ shape }) => shape.kind !== 'token-bucket' || shape.stepMs !== stepMs)) return false;
  const tokens = alive.map(({ refillPerSecond }) => {
    const { low, high } = refillPerSecond as Range;
    return { low: (low * stepMs) / 1000, high: (high * stepMs) / 1000 };
  });
  const least = Math.ceil(Math.min(...tokens.map(({ low }) => low)) - 1e-9);
  return least > 1 && least <= Math.max(...tokens.map(({ high }) => high));
}

/** Whether the rate of some continuous refill that is alive, as the only one, is known well enough. */
export function isRateKnown(alive: readonly Candidate[]): boolean {
  const [one, ...more] = alive.filter((one) => isContinuous(one) && one.counts === 'admitted');
  const rate = more.length > 0 ? null : (one?.refillPerSecond ?? null);
  return rate !== null && rate.high <= rate.low * (1 + RATE_SHARE);
}

/** The one token bucket whose rate is left, where it lies within what is asked for; `last`: nothing more can be done for it. */
export function rateLeft({ alive }: Pool, last: boolean): Identified | null {
  return tokens(alive, capacityOf(alive) as Range, last ? RATE_SHARE_LAST : RATE_SHARE);
}

/**
 * Where one request fits at a time, most families are the same rule: one request each so many ms. All that are alive are named then, and
 * which of them it is stays open. Null: more fits.
 */
export function spacingOf({ alive, complete }: Pool): Identified | null {
  if (!complete || alive.length === 0 || alive.some(({ low, high }) => low !== 1 || high !== 1)) return null;
  const spans = alive.map(({ shape }) => {
    if (shape.kind === 'token-bucket') return Math.max(shape.stepMs, 1000 / shape.refillPerSecond);
    return shape.kind === 'concurrency' ? Number.NaN : shape.windowMs;
  });
  const windowMs = { low: Math.min(...spans), high: Math.max(...spans) };
  if (!(windowMs.high <= windowMs.low * (1 + RATE_SHARE) + 1)) return null;
  const hypotheses = alive.map(({ shape, counts }) => ({ shape, counts, capacity: 1 }));
  const at = Math.max(
    0,
    hypotheses.findIndex(({ shape }) => shape.kind === 'sliding-window-log'),
  );
  const hypothesis = hypotheses[at] as Hypothesis;
  const { shape } = hypothesis;
  return {
    kind: 'found',
    hypothesis,
    alternatives: hypotheses.filter((_, index) => index !== at),
    countsKnown: hypotheses.every(({ counts }) => counts === hypothesis.counts),
    capacity: { low: 1, high: 1 },
    windowMs: 'windowMs' in shape ? windowMs : null,
    refillPerSecond: (alive[at] as Candidate).refillPerSecond,
    stepMs: 'stepMs' in shape ? { low: shape.stepMs, high: shape.stepMs } : null,
  };
}

/** Where the capacity of all lies, null: not within one request. */
function capacityOf(alive: readonly Candidate[]): Range | null {
  const low = Math.min(...alive.map((candidate) => candidate.low));
  const high = Math.max(...alive.map((candidate) => candidate.high));
  const isWhole = alive.every((one) => Number.isInteger(one.low) && Number.isInteger(one.high));
  return high - low <= (isWhole ? 0 : FRACTION_MAX) ? { low, high } : null;
}

/** A whole number where there is one, else the middle. */
function likeliestIn({ low, high }: Range): number {
  const whole = Math.ceil(low - 1e-5);
  return whole === low || whole < high ? whole : (low + high) / 2;
}

/**
 * What is found of whole capacities, where it is the same if they may be any numbers: the family, what it counts and its times, a capacity within
 * one request, and a rate near enough. Null: it is not.
 */
export function withFractionsToo(found: Identified, pool: Pool): Identified | null {
  if (found.kind !== 'found' || !pool.complete) return null;
  const { shape, counts } = found.hypothesis;
  const capacity = capacityOf(pool.alive);
  if (capacity === null) return null;
  const nameOf = classesOf(pool.alive);
  const isContinuous = shape.kind === 'token-bucket' && shape.stepMs === 0 && counts === 'admitted';
  const isSame = pool.alive.every((one) => {
    // A step that may be a continuous refill is named as one.
    if (isContinuous && nameOf(one).startsWith('token-bucket 0 admitted')) return true;
    if (one.shape.kind !== shape.kind || (found.countsKnown && one.counts !== counts)) return false;
    if (shape.kind === 'token-bucket') return one.shape.kind === 'token-bucket' && one.shape.stepMs === shape.stepMs;
    if (shape.kind === 'fixed-window' && one.shape.kind === 'fixed-window' && one.shape.anchor !== shape.anchor)
      return false;
    return !('windowMs' in shape) || ('windowMs' in one.shape && one.shape.windowMs === shape.windowMs);
  });
  if (!isSame) return null;
  if (shape.kind !== 'token-bucket') return { ...found, capacity };
  const rates = pool.alive.map(({ refillPerSecond }) => refillPerSecond as Range);
  const rate = { low: Math.min(...rates.map(({ low }) => low)), high: Math.max(...rates.map(({ high }) => high)) };
  return rate.high <= rate.low * (1 + RATE_SHARE_LAST) ? { ...found, capacity, refillPerSecond: rate } : null;
}

function tokens(alive: readonly Candidate[], range: Range, share = RATE_SHARE): Identified | null {
  const rates = alive.map(({ refillPerSecond }) => refillPerSecond as Range);
  const rate = { low: Math.min(...rates.map(({ low }) => low)), high: Math.max(...rates.map(({ high }) => high)) };
  if (!(rate.high <= rate.low * (1 + share))) return null;
  const admitted = alive.filter((one) => one.counts === 'admitted');
  const simplest = admitted.find(isContinuous) ?? admitted[0] ?? alive[0];
  if (simplest?.shape.kind !== 'token-bucket') return null;
  const { shape, counts } = simplest;
  // Steps that may be that continuous refill: they count the same, whatever they say of rejected requests.
  const isOneOfSeveral = isSmooth(alive);
  const own = isOneOfSeveral ? (simplest.refillPerSecond as Range) : rate;
  return {
    kind: 'found',
    hypothesis: {
      shape: { ...shape, refillPerSecond: rateIn(own, shape.stepMs) },
      counts,
      capacity: likeliestIn(range),
    },
    alternatives: [],
    countsKnown: isOneOfSeveral || alive.every((one) => one.counts === counts),
    capacity: range,
    windowMs: null,
    refillPerSecond: rate,
    stepMs: {
      low: shape.stepMs,
      high:
        shape.stepMs > 0 ? shape.stepMs : Math.max(STEP_MS_MIN, (STEP_TOKENS_MIN * 1000) / rate.low, ...stepsOf(alive)),
    },
  };
}

/** Steps of several lengths, which are one class only where they may be one continuous refill. */
function isSmooth(alive: readonly Candidate[]): boolean {
  return new Set(stepsOf(alive)).size > 1;
}

function stepsOf(alive: readonly Candidate[]): number[] {
  return alive.flatMap(({ shape }) => (shape.kind === 'token-bucket' ? shape.stepMs : []));
}

function isContinuous({ shape }: Candidate): boolean {
  return shape.kind === 'token-bucket' && shape.stepMs === 0;
}

/** Whole tokens a step where that is possible, else the middle. */
function rateIn({ low, high }: Range, stepMs: number): number {
  const tokens = Math.ceil((low * stepMs) / 1000 - 1e-9);
  if (stepMs > 0 && tokens > 0 && (tokens * 1000) / stepMs <= high) return (tokens * 1000) / stepMs;
  return (low + high) / 2;
}
