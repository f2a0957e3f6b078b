/** What the candidates that are alive amount to: one limit, none, or not yet one. */
import type { Candidate } from '../fit/families.ts';
import type { Pool } from '../fit/pool.ts';
import { STEP_MS_MIN, STEP_TOKENS_MIN } from '../fit/token-boxes.ts';
import type { View } from '../fit/view.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { Identified, Range } from '../stream.ts';

/** A token rate is known when it lies within this share. */
const RATE_SHARE = 0.006;
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
  const low = Math.min(...alive.map((candidate) => candidate.low));
  const high = Math.max(...alive.map((candidate) => candidate.high));
  if (low !== high) return null;
  const { shape, counts } = first;
  if (shape.kind === 'token-bucket') return tokens(alive, low);
  return {
    kind: 'found',
    hypothesis: { shape, counts, capacity: low },
    alternatives: [],
    countsKnown: shape.kind !== 'fixed-window',
    capacity: { low, high },
    windowMs: shape.kind === 'concurrency' ? null : { low: shape.windowMs, high: shape.windowMs },
    refillPerSecond: null,
    stepMs: null,
  };
}

function tokens(alive: readonly Candidate[], capacity: number): Identified | null {
  const rates = alive.map(({ refillPerSecond }) => refillPerSecond as Range);
  const rate = { low: Math.min(...rates.map(({ low }) => low)), high: Math.max(...rates.map(({ high }) => high)) };
  if (!(rate.high <= rate.low * (1 + RATE_SHARE))) return null;
  const { shape, counts } = alive[0] as Candidate;
  if (shape.kind !== 'token-bucket') return null;
  const hypothesis: Hypothesis = {
    shape: { ...shape, refillPerSecond: rateIn(rate, shape.stepMs) },
    counts,
    capacity,
  };
  return {
    kind: 'found',
    hypothesis,
    alternatives: [],
    countsKnown: true,
    capacity: { low: capacity, high: capacity },
    windowMs: null,
    refillPerSecond: rate,
    stepMs: {
      low: shape.stepMs,
      high: shape.stepMs > 0 ? shape.stepMs : Math.max(STEP_MS_MIN, (STEP_TOKENS_MIN * 1000) / rate.low),
    },
  };
}

function classOf({ shape, counts, low }: Candidate): string {
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
