/**
 * Token buckets over a record whose releases are bracketed: a step given, by branch and bound over capacities, each with the exact spans of rates that
 * are left. What a trusted Retry-After told is a rejection that nobody asked for, a second before the told time.
 */
import { compressed } from '../fit/candidate.ts';
import { halvesOf, ratesIn, type TokenBox } from '../fit/token-boxes.ts';
import type { Batch, View } from '../fit/view.ts';
import type { Range } from '../stream.ts';
import { Candidate } from './candidate.ts';
import type { Observation } from './observation.ts';

/** A batch of a box takes so many times as long as an observation of a candidate. */
const REPLAYS = 2;

/** One step under one way of counting. */
interface Family {
  readonly record: readonly Observation[];
  /** See {@link viewOf}. */
  readonly view: View;
  /** Observations that may still be replayed; below 0 everything agrees, and nothing may be concluded any more. */
  readonly work: { left: number };
  readonly stepMs: number;
  readonly counts: 'admitted' | 'all';
}

/** Branch and bound over capacities, with the exact spans of rates of each. Empty: dead. */
export function fitTokens(family: Family, filled: number): Candidate[] {
  const { stepMs, view, work, counts } = family;
  const open: TokenBox[] = [{ stepLow: stepMs, stepHigh: stepMs, capacityLow: 1, capacityHigh: filled }];
  const candidates: Candidate[] = [];
  for (let box = open.pop(); box !== undefined && work.left >= 0; box = open.pop()) {
    const replayed = { batches: 0 };
    const spans = ratesIn(box, view, counts === 'all', replayed);
    work.left += REPLAYS * replayed.batches;
    if (spans.length === 0) continue;
    const halves = halvesOf(box);
    if (halves !== null) open.push(...halves);
    else for (const span of spans) candidates.push(...inSpan(family, box.capacityLow, span));
  }
  return candidates;
}

/** About the ends of a span of rates, and its middle. */
function inSpan(family: Family, capacity: number, { low, high }: Range): Candidate[] {
  const most = high === Number.POSITIVE_INFINITY ? Math.max(2 * low, 1e-6) : high;
  const shares = most - low <= 1e-9 * low ? [0.5] : [1e-3, 0.5, 1 - 1e-3];
  return shares
    .map((share) => run(family, 1000 * (low + (most - low) * share), capacity))
    .filter((one) => {
      one.hold(capacity);
      return one.alive;
    });
}

/** A record with what was told as rejections that nobody asked for. */
export function viewOf(record: readonly Observation[], counts: 'admitted' | 'all'): View {
  const batches = record.flatMap(({ atMs, admitted, rejected, release }) => {
    if (admitted > 0) return [batchOf(atMs, admitted, 1)];
    const told =
      release !== null && release.afterMs > atMs
        ? [{ ...batchOf(release.afterMs, rejected, 0), told: true as const }]
        : [];
    return [batchOf(atMs, rejected, 0), ...told];
  });
  return counts === 'all' ? batches : compressed(batches);
}

function batchOf(atMs: number, cost: number, admitted: 0 | 1): Batch {
  return { atMs, cost, admitted, rejected: 1 - admitted, excused: 0, endsMs: [], event: 0 };
}

/** A candidate that has seen the record, dead or alive. `capacity`: what a rejected charge can take at most. */
function run({ record, stepMs, counts, work }: Family, refillPerSecond: number, capacity: number): Candidate {
  const candidate = new Candidate({ kind: 'token-bucket', refillPerSecond, stepMs }, counts);
  work.left -= 3 * record.length;
  candidate.assumedCapacity = capacity;
  for (const one of record) candidate.observe(one, true);
  return candidate;
}

/** Steps (whole ms) that have one of their ends in each bracket: counted from `sinceMs`, the charge that found the bucket full. */
export function possibleSteps(record: readonly Observation[], sinceMs: number, leastMs: number): number[] {
  const brackets = record.flatMap(({ release }) => (release === null ? [] : [release]));
  const first = brackets[0];
  if (first === undefined) return [];
  const longestMs = Math.floor(first.byMs - sinceMs);
  const steps: number[] = [];
  for (let stepMs = leastMs; stepMs <= longestMs; stepMs++) if (endsInEach(record, sinceMs, stepMs)) steps.push(stepMs);
  return steps;
}

/** Whether each bracket holds an end of a step. */
export function endsInEach(record: readonly Observation[], sinceMs: number, stepMs: number): boolean {
  return record.every(
    ({ release }) =>
      release === null || Math.floor((release.byMs - sinceMs) / stepMs) * stepMs > release.afterMs - sinceMs,
  );
}
