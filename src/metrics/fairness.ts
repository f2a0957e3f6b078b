/** How evenly the organizations were served. */
import type { TrialMetrics } from './metrics.ts';
import type { TrialRecord } from './record.ts';
import { longestStarvation } from './starvation.ts';
import type { JobOutcomes } from './jobs.ts';
import { type Spans, waitParts } from './spans.ts';

/** The organizations of a trial and whose each sender is. */
export interface Organizations {
  readonly names: readonly string[];
  /** By sender. */
  readonly bySender: Int32Array;
}

/** Organizations in the order of their first sender. */
function organizationsOf(record: TrialRecord): Organizations {
  const indexByName = new Map<string, number>();
  const bySender = Int32Array.from(record.senders, ({ org }) => {
    const index = indexByName.get(org) ?? indexByName.size;
    indexByName.set(org, index);
    return index;
  });
  return { names: [...indexByName.keys()], bySender };
}

/** Makespans by organization, ms: shared run and, where made, isolated runs. */
export type MakespanByOrg = ReadonlyMap<string, number>;

/**
 * Jain's index over the organizations' mean slowdowns (Jain, Chiu, Hawe 1984), the worst organization, the longest starvation.
 *
 * A job's slowdown is its wait, without the wait for another job, over the time it was in service for its answer; 1 when it needed no
 * request. A job that was never done counts with the time that it waited in vain, over the trial's mean service time.
 */
export function fairnessOf(
  record: TrialRecord,
  outcomes: JobOutcomes,
  spans: Spans,
  isolated: MakespanByOrg | null,
): TrialMetrics['fairness'] {
  const organizations = organizationsOf(record);
  const slowdowns = meanSlowdowns(record, outcomes, spans, organizations);
  const present = [...slowdowns.entries()].filter(([, slowdown]) => !Number.isNaN(slowdown));
  const ratios = isolated === null ? null : isolatedRatios(makespansByOrg(record, outcomes), isolated);
  const worstAlone = ratios === null ? null : worst([...ratios]);
  const worstShared = worst(present.map(([index, slowdown]) => [organizations.names[index]!, slowdown]));
  return {
    jain: jain(present.map(([, slowdown]) => slowdown)),
    worstOrg: (worstAlone ?? worstShared)?.[0] ?? '',
    worstOrgSlowdown: worstAlone?.[1] ?? null,
    longestStarvationMs: longestStarvation(record, spans, organizations),
  };
}

/** (sum x)^2 / (n sum x^2); 1 for no or one value. */
export function jain(values: readonly number[]): number {
  if (values.length < 2) return 1;
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  // Rounding may lift it above 1 by a few units in the last place.
  return squares === 0 ? 1 : Math.min(1, (sum * sum) / (values.length * squares));
}

/** From an organization's first available job to its last done one; organizations without a done job are absent. */
export function makespansByOrg(record: TrialRecord, outcomes: JobOutcomes): Map<string, number> {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  const { sender, availableMs, doneMs } = outcomes;
  for (let index = 0; index < sender.length; index++) {
    const { org } = record.senders[sender[index]!]!;
    first.set(org, Math.min(first.get(org) ?? Infinity, availableMs[index]!));
    if (!Number.isNaN(doneMs[index]!)) last.set(org, Math.max(last.get(org) ?? 0, doneMs[index]!));
  }
  return new Map([...last].map(([org, endMs]) => [org, endMs - first.get(org)!]));
}

function isolatedRatios(shared: MakespanByOrg, isolated: MakespanByOrg): Map<string, number> {
  const ratios = new Map<string, number>();
  for (const [org, sharedMs] of shared) {
    const aloneMs = isolated.get(org);
    if (aloneMs !== undefined && aloneMs > 0) ratios.set(org, sharedMs / aloneMs);
  }
  return ratios;
}

/** The greatest; ties go to the name that sorts first. */
function worst(pairs: readonly (readonly [string, number])[]): readonly [string, number] | null {
  let found: readonly [string, number] | null = null;
  for (const pair of pairs) {
    if (found === null || pair[1] > found[1] || (pair[1] === found[1] && pair[0] < found[0])) found = pair;
  }
  return found;
}

/** By organization; NaN for those without jobs. */
function meanSlowdowns(record: TrialRecord, outcomes: JobOutcomes, spans: Spans, { names, bySender }: Organizations) {
  const sums = new Float64Array(names.length);
  const counts = new Int32Array(names.length);
  const meanServiceMs = meanService(record, spans);
  const { sender, row, availableMs } = outcomes;
  for (let index = 0; index < sender.length; index++) {
    const org = bySender[sender[index]!]!;
    counts[org]! += 1;
    sums[org]! +=
      row[index]! >= 0
        ? slowdownOf(record, spans, row[index]!, availableMs[index]!)
        : Math.max(1, (record.endMs - availableMs[index]!) / meanServiceMs);
  }
  return sums.map((sum, org) => sum / counts[org]!);
}

function slowdownOf(record: TrialRecord, spans: Spans, row: number, availableMs: number): number {
  const attempt = spans.finishedBy[row]!;
  if (attempt < 0) return 1;
  const serviceMs = record.attempts.endMs[attempt]! - record.attempts.startMs[attempt]!;
  if (serviceMs <= 0) return 1;
  const { held, backingOff, inService } = waitParts(record, spans, row, availableMs);
  return Math.max(1, (held + backingOff + inService) / serviceMs);
}

/** Mean service time of the attempts that finished jobs; 1 ms when there are none. */
function meanService({ attempts }: TrialRecord, spans: Spans): number {
  let sum = 0;
  let count = 0;
  for (const attempt of spans.finishedBy) {
    if (attempt < 0) continue;
    sum += attempts.endMs[attempt]! - attempts.startMs[attempt]!;
    count += 1;
  }
  return sum > 0 ? sum / count : 1;
}
