/** What the candidates that are alive amount to: one limit, none, or not yet one. */
import type { Candidate } from '../fit/families.ts';
import type { Pool } from '../fit/pool.ts';
import { STEP_MS_MIN, STEP_TOKENS_MIN } from '../fit/token-boxes.ts';
import type { View } from '../fit/view.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { Identified, Range } from '../stream.ts';

/** A token rate is known when it lies within this share. */
const RATE_SHARE = 0.006;
/** And within this one where no experiment is left. */
const RATE_SHARE_LAST = 0.018;
/** A capacity that may be a fraction is known when it lies within this; what fits at a burst is known then. */
const FRACTION_MAX = 1 + 1e-4;
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
  const classes = new Set(alive.map(classOf));
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
  return (
    complete &&
    first?.shape.kind === 'token-bucket' &&
    capacityOf(alive) !== null &&
    alive.every((one) => classOf({ ...one, counts: first.counts }) === classOf(first))
  );
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
  const isSame = pool.alive.every((one) => {
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
  const simplest = alive.find((one) => one.counts === 'admitted') ?? alive[0];
  if (simplest?.shape.kind !== 'token-bucket') return null;
  const { shape, counts } = simplest;
  const hypothesis: Hypothesis = {
    shape: { ...shape, refillPerSecond: rateIn(rate, shape.stepMs) },
    counts,
    capacity: likeliestIn(range),
  };
  return {
    kind: 'found',
    hypothesis,
    alternatives: [],
    countsKnown: alive.every((one) => one.counts === counts),
    capacity: range,
    windowMs: null,
    refillPerSecond: rate,
    stepMs: {
      low: shape.stepMs,
      high: shape.stepMs > 0 ? shape.stepMs : Math.max(STEP_MS_MIN, (STEP_TOKENS_MIN * 1000) / rate.low),
    },
  };
}

/** What a candidate is, but for its rate. */
export function classOf({ shape, counts, low: from, high }: Candidate): string {
  const low = Number.isInteger(from) && (high === from || shape.kind !== 'token-bucket') ? from : '';
  switch (shape.kind) {
    case 'fixed-window':
      return `fixed-window ${shape.anchor} ${shape.windowMs} ${low}`;
    case 'token-bucket':
      return `token-bucket ${shape.stepMs} ${counts} ${low}`;
    case 'concurrency':
      return `concurrency ${low}`;
    default:
      return `${shape.kind} ${shape.windowMs} ${counts} ${low}`;
  }
}

/** Whole tokens a step where that is possible, else the middle. */
function rateIn({ low, high }: Range, stepMs: number): number {
  const tokens = Math.ceil((low * stepMs) / 1000 - 1e-9);
  if (stepMs > 0 && tokens > 0 && (tokens * 1000) / stepMs <= high) return (tokens * 1000) / stepMs;
  return (low + high) / 2;
}
