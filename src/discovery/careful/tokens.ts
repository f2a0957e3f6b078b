/**
 * Token buckets over a record whose releases are bracketed. With step and capacity given, whatever was admitted bounds the rate from below and whatever was
 * rejected bounds it from above, so the rates that are left are one interval, found by bisection on replays. Which capacities are worth it follows from
 * counting: what the first fill admitted, and what flowed in between one rejection and the next.
 */
import { TokenMeter } from '../meters/token-meter.ts';
import { Candidate } from './candidate.ts';
import type { Observation } from './observation.ts';

const EDGE_ROUNDS = 30;
const CROSSED_MAX = 0.03;
const CROSSED_TRIED = 33;
/** Share of the first fill during which the bucket may have been full now and then. */
const FULL_SHARE = 0.3;

/** One step under one way of counting. */
interface Family {
  readonly record: readonly Observation[];
  readonly brief: Brief;
  /** Observations that may still be replayed; below 0 everything agrees, and nothing may be concluded any more. */
  readonly work: { left: number };
  readonly stepMs: number;
  readonly counts: 'admitted' | 'all';
}

/** A record with its first fill in few pieces: as good as the record for rates (per ms) at which the bucket was not full again during that fill. */
export interface Brief {
  readonly record: readonly Observation[];
  readonly below: number;
}

const PIECES = 30;
const LAST_ALONE = 15;

/** Shortens a record. */
export function briefOf(record: readonly Observation[]): Brief {
  const many = record.findIndex(({ rejected }) => rejected > 0);
  const first = record[0];
  if (first === undefined || many < 2 * (PIECES + LAST_ALONE)) return { record, below: 0 };
  const size = Math.ceil((many - 1 - LAST_ALONE) / PIECES);
  const pieces: Observation[] = [first];
  let below = Number.POSITIVE_INFINITY;
  let sum = first.admitted;
  let open = 0;
  for (let at = 1; at < many; at++) {
    const one = record[at] as Observation;
    below = Math.min(below, sum / (one.atMs - first.atMs));
    sum += one.admitted;
    open += one.admitted;
    if (at < many - LAST_ALONE && at % size !== 0) continue;
    pieces.push({ ...one, admitted: open });
    open = 0;
  }
  return { record: [...pieces, ...record.slice(many)], below };
}

/** Sums over a record that bound capacity and rate. */
export interface Flow {
  /** Admitted before the first rejection, and how long that took. */
  readonly filled: number;
  readonly fillMs: number;
  /** Admitted between rejections in a row, and over how long. */
  readonly pairs: readonly { readonly admitted: number; readonly overMs: number }[];
}

/** Reads the sums off a record that holds a rejection. */
export function flowOf(record: readonly Observation[]): Flow {
  const pairs: { admitted: number; overMs: number }[] = [];
  let filled = 0;
  let fillMs = 0;
  let admitted = 0;
  let sinceMs: number | null = null;
  for (const one of record) {
    admitted += one.admitted;
    if (one.rejected === 0) continue;
    if (sinceMs === null) [filled, fillMs] = [admitted, one.atMs - (record[0] as Observation).atMs];
    else pairs.push({ admitted, overMs: one.atMs - sinceMs });
    sinceMs = one.atMs;
    admitted = 0;
  }
  return { filled, fillMs, pairs };
}

/** Candidates: the least and the greatest rate of each capacity that is left, and the one between. Empty: dead. */
export function fitTokens(family: Family, flow: Flow): Candidate[] {
  const candidates: Candidate[] = [];
  for (let capacity = flow.filled; capacity >= 1 && family.work.left >= 0; capacity--) {
    const bounds = ratesOf(capacity, family.stepMs, flow);
    if (bounds.low <= bounds.high) candidates.push(...ofCapacity(family, capacity, bounds.low, bounds.high));
  }
  return candidates;
}

/** Bounds of the rate per ms from counting alone. */
function ratesOf(capacity: number, stepMs: number, { filled, fillMs, pairs }: Flow): { low: number; high: number } {
  const mostMs = stepMs === 0 ? fillMs : Math.floor(fillMs / stepMs) * stepMs;
  let low = capacity === filled ? 1e-9 : (filled - capacity) / mostMs;
  let high = 100;
  const surelyMs = (1 - FULL_SHARE) * fillMs - stepMs;
  if (surelyMs > 0) high = Math.min(high, (filled + 1 - capacity) / surelyMs);
  let admitted = 0;
  let overMs = 0;
  for (const pair of pairs) {
    admitted += pair.admitted;
    overMs += pair.overMs;
    // The bucket was about empty at a rejection: only what flowed in was admitted.
    low = Math.max(low, (pair.admitted - 1) / (pair.overMs + stepMs), (admitted - 1) / (overMs + stepMs));
    // And nothing was lost to a full bucket where less than a bucket was admitted.
    if (pair.admitted < capacity && pair.overMs > stepMs)
      high = Math.min(high, (pair.admitted + 2) / (pair.overMs - stepMs));
  }
  return { low, high };
}

/** Both ends of the interval of rates; none where they cross. */
function ofCapacity(family: Family, capacity: number, lowPerMs: number, highPerMs: number): Candidate[] {
  const admits = (logRate: number) => agrees(family, Math.exp(logRate), capacity, true);
  const rejects = (logRate: number) => agrees(family, Math.exp(logRate), capacity, false);
  const from = Math.log(lowPerMs * 1000) - 1e-6;
  const to = Math.log(highPerMs * 1000) + 1e-6;
  if (!admits(to) || !rejects(from)) return [];
  const low = edge(admits, to, from);
  const high = edge(rejects, from, to);
  const rates = (low <= high ? [low, (low + high) / 2, high] : between(family, capacity, high, low)).map((logRate) =>
    run(family, Math.exp(logRate), capacity),
  );
  return rates.filter((one) => {
    one.hold(capacity);
    return one.alive;
  });
}

/**
 * Where the bucket was full again now and then its steps start anew, and a slightly greater rate may then admit less: the two bounds may cross by a little
 * although some rates between them agree with everything.
 */
function between(family: Family, capacity: number, low: number, high: number): number[] {
  if (Math.exp(low) < family.brief.below * 1000 || high - low > CROSSED_MAX) return [];
  return Array.from({ length: CROSSED_TRIED }, (_, at) => low + ((high - low) * (at - 4)) / (CROSSED_TRIED - 9)).filter(
    (logRate) => [true, false].every((admits) => agrees(family, Math.exp(logRate), capacity, admits)),
  );
}

/** The point between `inside` and `outside` up to which a predicate holds. */
function edge(holds: (logRate: number) => boolean, inside: number, outside: number): number {
  if (holds(outside)) return outside;
  let [good, bad] = [inside, outside];
  for (let round = 0; round < EDGE_ROUNDS && Math.abs(good - bad) > 1e-9; round++) {
    const middle = (good + bad) / 2;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** Whether a bucket admits all that was admitted, or else rejects all that was rejected, the told releases included. */
function agrees(family: Family, refillPerSecond: number, capacity: number, admits: boolean): boolean {
  const { brief, stepMs, counts } = family;
  const record = refillPerSecond < brief.below * 1000 ? brief.record : family.record;
  family.work.left -= record.length;
  if (family.work.left < 0) return true;
  const meter = new TokenMeter(refillPerSecond, stepMs);
  const most = capacity + 1e-7;
  for (const { atMs, admitted, rejected, release } of record) {
    if (admitted > 0) {
      if (admits && meter.reach(admitted, atMs) > most) return false;
      meter.charge(admitted, atMs, atMs, true, capacity);
      continue;
    }
    if (!admits && meter.reach(rejected, atMs) <= most) return false;
    if (counts === 'all') meter.charge(rejected, atMs, atMs, false, capacity);
    if (release === null) continue;
    if (admits && meter.reach(rejected, release.byMs) > most) return false;
    if (!admits && release.afterMs > atMs && meter.reach(rejected, release.afterMs) <= most) return false;
  }
  return true;
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
