/** What the candidates that are left amount to. */
import type { Hypothesis } from '../hypothesis.ts';
import type { Identified, Range } from '../stream.ts';
import { type Candidate, replayed } from './candidate.ts';
import { tokensConfirmed } from './confirm-tokens.ts';
import type { Observation } from './observation.ts';

/** Rates closer together than this share are one. */
const RATE_SHARE = 0.005;
const LISTED_MAX = 20;

/** Family, anchor, and what counts: inequivalent ways of counting. */
export function familyOf({ shape, counts }: Candidate): string {
  if (shape.kind === 'fixed-window') return `fixed-window ${shape.anchor}`;
  if (shape.kind === 'token-bucket') return `token-bucket ${shape.stepMs > 0 ? 'in steps' : 'continuous'} ${counts}`;
  return `${shape.kind} ${counts}`;
}

/** Whether one hypothesis is left, or only what needs no telling apart. */
export function isDecided(candidates: readonly Candidate[]): boolean {
  const first = candidates[0];
  if (first === undefined) return false;
  const family = familyOf(first);
  if (candidates.some((one) => familyOf(one) !== family)) return false;
  const { windowMs, stepMs, refillPerSecond, capacity } = rangesOf(candidates);
  const isRateClose =
    refillPerSecond === null || refillPerSecond.high - refillPerSecond.low <= RATE_SHARE * refillPerSecond.high;
  return isPoint(windowMs) && isPoint(stepMs) && isPoint(capacity) && isRateClose;
}

/** Whether what happened, apart from what was told, excludes the neighbours of the one hypothesis left. */
export function isConfirmed(candidates: readonly Candidate[], record: readonly Observation[]): boolean {
  const candidate = candidates[candidates.length >> 1];
  if (candidate === undefined) return false;
  const { shape, counts } = candidate;
  if ('windowMs' in shape) {
    return [-1, 1].every((by) => replayed({ ...shape, windowMs: shape.windowMs + by }, counts, record, false) === null);
  }
  return tokensConfirmed(candidate, record);
}

/** The answer. `reason`: why it went no further. */
export function answerOf(
  candidates: readonly Candidate[],
  record: readonly Observation[],
  reason: string,
  from: number,
): Identified {
  if (candidates.length === 0) {
    if (record.every(({ rejected }) => rejected === 0)) {
      const [first, last] = [record[0], record.at(-1)];
      const requests = record.reduce((sum, one) => sum + one.admitted, 0);
      return { kind: 'none', looked: { requests, overMs: (last?.atMs ?? 0) - (first?.atMs ?? 0) } };
    }
    return { kind: 'conflict', from, reason };
  }
  if (isDecided(candidates) && isConfirmed(candidates, record)) {
    const middle = candidates[candidates.length >> 1] as Candidate;
    return {
      kind: 'found',
      hypothesis: hypothesisOf(middle),
      alternatives: [],
      countsKnown: middle.shape.kind !== 'fixed-window',
      ...rangesOf(candidates),
    };
  }
  const listed =
    candidates.length <= LISTED_MAX ? candidates : [candidates[0], candidates.at(-1)].flatMap((c) => c ?? []);
  const why = `${candidates.length} hypotheses are left: ${[...new Set(candidates.map(familyOf))].join(', ')}; ${reason}`;
  return { kind: 'ambiguous', candidates: listed.map(hypothesisOf), reason: why };
}

function hypothesisOf({ shape, counts, capacityLow }: Candidate): Hypothesis {
  return { shape, counts, capacity: capacityLow };
}

function rangesOf(candidates: readonly Candidate[]) {
  const windows = candidates.flatMap(({ shape }) => ('windowMs' in shape ? [shape.windowMs] : []));
  const rates = candidates.flatMap(({ shape }) => (shape.kind === 'token-bucket' ? [shape.refillPerSecond] : []));
  const steps = candidates.flatMap(({ shape }) => (shape.kind === 'token-bucket' ? [shape.stepMs] : []));
  return {
    capacity: {
      low: Math.min(...candidates.map(({ capacityLow }) => capacityLow)),
      high: Math.max(...candidates.map(({ capacityHigh }) => capacityHigh)),
    },
    windowMs: rangeOf(windows),
    refillPerSecond: rangeOf(rates),
    stepMs: rangeOf(steps),
  };
}

function rangeOf(numbers: readonly number[]): Range | null {
  return numbers.length === 0 ? null : { low: Math.min(...numbers), high: Math.max(...numbers) };
}

function isPoint(range: Range | null): boolean {
  return range === null || range.low === range.high;
}
