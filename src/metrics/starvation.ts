/** The longest time that an organization with work to admit saw none of it admitted. */
import type { Organizations } from './fairness.ts';
import { attemptOutcome, type TrialRecord } from './record.ts';
import type { Spans } from './spans.ts';

const NO_CAUSE = -1;

/**
 * A planned job is work to admit from the moment it could be sent until the start of the attempt that did it (or its end without one). Per
 * organization, the clock of starvation starts with the first such job and at each admission, and stops when nothing is left to admit.
 */
export function longestStarvation(record: TrialRecord, spans: Spans, organizations: Organizations): number {
  const entering = eventsOf(record.planned.count, (row) => entersMs(record, row));
  const leaving = eventsOf(record.planned.count, (row) => leavesMs(record, spans, row));
  const { attempts, plan } = record;
  const count = organizations.names.length;
  const waiting = new Int32Array(count);
  const sinceMs = new Float64Array(count);
  let longest = 0;
  const restart = (org: number, atMs: number) => {
    if (waiting[org]! > 0) longest = Math.max(longest, atMs - sinceMs[org]!);
    sinceMs[org] = atMs;
  };
  let attempt = 0;
  const admitUntil = (atMs: number) => {
    for (; attempt < attempts.count && attempts.startMs[attempt]! <= atMs; attempt++) {
      if (attempts.cause[attempt] !== NO_CAUSE) continue;
      restart(organizations.bySender[attempts.sender[attempt]!]!, attempts.startMs[attempt]!);
    }
  };
  let left = 0;
  const leaveUntil = (atMs: number, inclusive: boolean) => {
    for (; left < leaving.rows.length; left++) {
      const row = leaving.rows[left]!;
      const leaveMs = leaving.atMs[row]!;
      if (leaveMs > atMs || (leaveMs === atMs && !inclusive)) return;
      admitUntil(leaveMs);
      const org = organizations.bySender[plan[row]!.sender]!;
      restart(org, leaveMs);
      waiting[org]! -= 1;
    }
  };
  for (const row of entering.rows) {
    const enterMs = entering.atMs[row]!;
    // Whatever leaves at this very moment may be this row itself: it has to enter first.
    leaveUntil(enterMs, false);
    admitUntil(enterMs);
    const org = organizations.bySender[plan[row]!.sender]!;
    if (waiting[org] === 0) sinceMs[org] = enterMs;
    waiting[org]! += 1;
  }
  leaveUntil(Infinity, true);
  return longest;
}

/** Rows by time, ties by row; rows without a time are left out. */
function eventsOf(count: number, timeOf: (row: number) => number): { rows: Int32Array; atMs: Float64Array } {
  const atMs = new Float64Array(count);
  const rows = new Int32Array(count);
  let used = 0;
  let isSorted = true;
  for (let row = 0; row < count; row++) {
    atMs[row] = timeOf(row);
    if (Number.isNaN(atMs[row])) continue;
    if (used > 0 && atMs[rows[used - 1]!]! > atMs[row]!) isSorted = false;
    rows[used++] = row;
  }
  const timed = rows.subarray(0, used);
  return { rows: isSorted ? timed : timed.sort((a, b) => atMs[a]! - atMs[b]! || a - b), atMs };
}

/** When a planned job could be sent; NaN when it never could. */
function entersMs({ planned, plan, endMs }: TrialRecord, row: number): number {
  const couldMs = Math.max(planned.releaseMs[row]!, planned.predecessorEndMs[row]!);
  const neverCould = couldMs > endMs || (plan[row]!.after >= 0 && Number.isNaN(planned.handedMs[row]!));
  return neverCould ? NaN : couldMs;
}

function leavesMs(record: TrialRecord, spans: Spans, row: number): number {
  const enters = entersMs(record, row);
  if (Number.isNaN(enters)) return NaN;
  const { attempts, planned, endMs } = record;
  const attempt = spans.finishedBy[row]!;
  if (attempt >= 0 && attempts.outcome[attempt] === attemptOutcome.admitted) {
    return Math.max(enters, attempts.startMs[attempt]!);
  }
  return Math.max(enters, Number.isNaN(planned.endMs[row]!) ? endMs : planned.endMs[row]!);
}
