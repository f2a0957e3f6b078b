/** From the record of a trial to its metrics: pure, and computed once. */
import type { Policy } from '../../mock-server/policy.ts';
import { fairnessOf, type MakespanByOrg } from './fairness.ts';
import { type JobOutcomes, settleJobs, successesByRow } from './jobs.ts';
import type { TrialMetrics } from './metrics.ts';
import { penaltyEpisodes } from './penalties.ts';
import { percentilesOf, quantilesOf } from './percentiles.ts';
import { attemptOutcome, type TrialRecord } from './record.ts';
import { type Spans, spansOf, waitParts } from './spans.ts';

/** What a record does not hold. */
export interface MeasureOptions {
  readonly policy: Policy;
  /** The lower bound of what the trial needed. */
  readonly bound: TrialMetrics['bound'];
  /** Each organization's makespan when it runs alone; null when no isolated runs were made. */
  readonly isolatedMakespanMs: MakespanByOrg | null;
}

/** A record with what several measures need of it. */
export interface Digested {
  readonly record: TrialRecord;
  readonly outcomes: JobOutcomes;
  readonly spans: Spans;
}

/** Does the two passes that everything else builds on. */
export function digestRecord(record: TrialRecord): Digested {
  return { record, outcomes: settleJobs(record, successesByRow(record)), spans: spansOf(record) };
}

/** All metrics of a trial. Means are 0 when nothing was done. */
export function measure({ record, outcomes, spans }: Digested, options: MeasureOptions): TrialMetrics {
  const firstMs = leastOf(outcomes.availableMs);
  const makespanMs = makespanOf(outcomes, firstMs);
  const waits = waitsOf(outcomes);
  const attempts = countAttempts(record);
  const episodes = penaltyEpisodes(record, options.policy);
  const countEffect = (effect: string) => episodes.filter((episode) => episode.effect === effect).length;
  const { ms, limit, kind } = options.bound;
  return {
    makespanMs,
    jobs: {
      total: record.jobs.length,
      done: outcomes.done,
      failed: outcomes.failed,
      lost: outcomes.lost,
      doubled: outcomes.doubled,
    },
    attempts: attempts.byOutcome,
    rejectionsByCause: attempts.rejectionsByCause,
    rejectionsByStatus: attempts.rejectionsByStatus,
    wastedShare: attempts.byOutcome.total === 0 ? 0 : attempts.byOutcome.rejected / attempts.byOutcome.total,
    waitMs: percentilesOf(waits),
    waitQuantilesMs: quantilesOf(waits),
    timeMs: meanParts({ record, outcomes, spans }),
    fairness: fairnessOf(record, outcomes, spans, options.isolatedMakespanMs),
    penalties: {
      blocks: countEffect('tenant-block'),
      unavailable: countEffect('unavailable'),
      bans: countEffect('ip-ban'),
    },
    idleShare: idleShare(record, firstMs, firstMs + makespanMs),
    bound: { ms, limit, kind },
    boundRatio: ms > 0 ? makespanMs / ms : 1,
  };
}

/** From the first job available to the last job done; 0 when none was done. */
function makespanOf({ doneMs }: JobOutcomes, firstMs: number): number {
  let last = -Infinity;
  for (const atMs of doneMs) if (atMs > last) last = atMs;
  return last === -Infinity ? 0 : last - firstMs;
}

function leastOf(values: Float64Array): number {
  let least = Infinity;
  for (const value of values) if (value < least) least = value;
  return least;
}

/** Ascending, of done jobs, from the intended start. */
function waitsOf({ availableMs, doneMs, done }: JobOutcomes): Float64Array {
  const waits = new Float64Array(done);
  let used = 0;
  for (let index = 0; index < doneMs.length; index++) {
    if (!Number.isNaN(doneMs[index]!)) waits[used++] = doneMs[index]! - availableMs[index]!;
  }
  return waits.sort();
}

function meanParts({ record, outcomes, spans }: Digested): TrialMetrics['timeMs'] {
  const sum = { queued: 0, held: 0, backingOff: 0, inService: 0 };
  const { row, availableMs } = outcomes;
  for (let index = 0; index < row.length; index++) {
    if (row[index]! < 0) continue;
    const parts = waitParts(record, spans, row[index]!, availableMs[index]!);
    sum.queued += parts.queued;
    sum.held += parts.held;
    sum.backingOff += parts.backingOff;
    sum.inService += parts.inService;
  }
  const count = Math.max(1, outcomes.done);
  return {
    queued: sum.queued / count,
    held: sum.held / count,
    backingOff: sum.backingOff / count,
    inService: sum.inService / count,
  };
}

function countAttempts({ attempts, causes }: TrialRecord) {
  const byOutcome = new Int32Array(4);
  const byCause = new Map<string, number>();
  const byStatus = new Map<string, number>();
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    const outcome = attempts.outcome[attempt]!;
    byOutcome[outcome]! += 1;
    if (outcome !== attemptOutcome.rejected) continue;
    increment(byCause, causes[attempts.cause[attempt]!] ?? 'unknown');
    increment(byStatus, String(attempts.status[attempt]!));
  }
  return {
    byOutcome: {
      total: attempts.count,
      admitted: byOutcome[attemptOutcome.admitted]!,
      rejected: byOutcome[attemptOutcome.rejected]!,
      cancelled: byOutcome[attemptOutcome.cancelled]!,
    },
    rejectionsByCause: sorted(byCause),
    rejectionsByStatus: sorted(byStatus),
  };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Share of the samples between two moments in which capacity was idle; 0 when there was none, null when the gateway was out of sight. */
function idleShare({ samples }: TrialRecord, fromMs: number, toMs: number): number | null {
  if (samples === null) return null;
  const within = samples.filter((sample) => sample.atMs >= fromMs && sample.atMs <= toMs);
  return within.length === 0 ? 0 : within.filter((sample) => sample.idle).length / within.length;
}
