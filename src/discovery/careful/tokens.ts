/**
 * Token buckets over a record whose releases are bracketed. With the step given, what the record leaves to the capacity narrows to both sides of the
 * right rate: the greatest capacity falls with the rate and so does the least, both as straight pieces (the one concave, the other convex), so the room
 * between them has one summit. The summit is searched, then the two rates at which the room closes.
 */
import { Candidate } from './candidate.ts';
import type { Observation } from './observation.ts';

/** The rates (per second) that one step leaves, and candidates spread over them. */
export interface TokenFit {
  readonly low: number;
  readonly high: number;
  readonly candidates: readonly Candidate[];
}

const ROUNDS = 40;
const EDGE_ROUNDS = 40;
/** Whole capacities that are followed one by one; more are too many to matter yet, and are sampled. */
const CAPACITIES_MAX = 12;

/** Null: no rate fits. `around`: rates to search between. */
export function fitTokens(
  record: readonly Observation[],
  stepMs: number,
  counts: 'admitted' | 'all',
  around: { readonly low: number; readonly high: number },
): TokenFit | null {
  const summit = summitOf(record, stepMs, counts, around);
  if (summit === null) return null;
  const roomAt = (logRate: number) => roomOf(record, stepMs, counts, Math.exp(logRate));
  const slowest = edge((logRate) => roomAt(logRate) > 0, summit, Math.log(around.low));
  const fastest = edge((logRate) => roomAt(logRate) > 0, summit, Math.log(around.high));
  const least = Math.max(1, Math.floor(run(record, stepMs, counts, Math.exp(fastest)).low));
  const greatest = Math.ceil(run(record, stepMs, counts, Math.exp(slowest)).below);
  const stride = Math.max(1, Math.ceil((greatest - least) / CAPACITIES_MAX));
  const candidates: Candidate[] = [];
  for (let capacity = least; capacity <= greatest; capacity += stride) {
    candidates.push(...ofCapacity(record, stepMs, counts, capacity, slowest, fastest));
  }
  if (candidates.length === 0) return null;
  const rates = candidates.map(({ shape }) => (shape.kind === 'token-bucket' ? shape.refillPerSecond : 0));
  return { low: Math.min(...rates), high: Math.max(...rates), candidates };
}

/** A rate (its logarithm) that leaves room, the widest as far as that needs to be known. */
function summitOf(
  record: readonly Observation[],
  stepMs: number,
  counts: 'admitted' | 'all',
  around: { readonly low: number; readonly high: number },
): number | null {
  let low = Math.log(around.low);
  let high = Math.log(around.high);
  for (let round = 0; round < ROUNDS; round++) {
    const left = low + (high - low) * 0.382;
    const right = low + (high - low) * 0.618;
    const leftRoom = roomOf(record, stepMs, counts, Math.exp(left));
    const rightRoom = roomOf(record, stepMs, counts, Math.exp(right));
    if (Math.max(leftRoom, rightRoom) > 0) return leftRoom >= rightRoom ? left : right;
    if (leftRoom >= rightRoom) high = right;
    else low = left;
  }
  return null;
}

/** The least rate that admits what was admitted, the greatest that rejects what was rejected, and one between; none where they cross. */
function ofCapacity(
  record: readonly Observation[],
  stepMs: number,
  counts: 'admitted' | 'all',
  capacity: number,
  slowest: number,
  fastest: number,
): Candidate[] {
  const margin = 1e-3;
  const ofRate = (logRate: number) => run(record, stepMs, counts, Math.exp(logRate), capacity);
  const admits = (logRate: number) => ofRate(logRate).capacityLow <= capacity;
  const rejects = (logRate: number) => ofRate(logRate).capacityHigh >= capacity;
  const [from, to] = [slowest - margin, fastest + margin];
  if (!admits(to) || !rejects(from)) return [];
  const low = edge(admits, to, from);
  const high = edge(rejects, from, to);
  if (low > high) return [];
  return [low, (low + high) / 2, high].map(ofRate).filter((one) => {
    one.hold(capacity);
    return one.alive;
  });
}

/** Where rates may lie at all: what was admitted between the first and the last rejection, give or take a bucket. */
export function ratesAround(record: readonly Observation[]): { low: number; high: number } {
  const first = record[0];
  const last = record.at(-1);
  if (first === undefined || last === undefined) return { low: 1e-5, high: 1e4 };
  const spanMs = Math.max(1, last.atMs - first.atMs);
  const admitted = record.reduce((sum, one) => sum + one.admitted, 0);
  return { low: 1 / (20 * 3_600_000), high: (admitted / spanMs) * 4000 + 10 };
}

/** The point between `inside` and `outside` up to which a predicate holds. */
function edge(holds: (logRate: number) => boolean, inside: number, outside: number): number {
  if (holds(outside)) return outside;
  let [good, bad] = [inside, outside];
  for (let round = 0; round < EDGE_ROUNDS && Math.abs(good - bad) > 1e-10; round++) {
    const middle = (good + bad) / 2;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

function roomOf(record: readonly Observation[], stepMs: number, counts: 'admitted' | 'all', rate: number): number {
  const candidate = run(record, stepMs, counts, rate);
  return candidate.below - candidate.low;
}

/** A candidate that has seen the record, dead or alive. `capacity`: what a rejected charge can take at most; default: what is left of it. */
function run(
  record: readonly Observation[],
  stepMs: number,
  counts: 'admitted' | 'all',
  refillPerSecond: number,
  capacity: number | null = null,
): Candidate {
  const candidate = new Candidate({ kind: 'token-bucket', refillPerSecond, stepMs }, counts);
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
