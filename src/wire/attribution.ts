/** What the gateway's log adds to the record of a wire trial: why attempts were refused, and how long they were on their way. */
import { attemptOutcome, type TrialRecord } from '../metrics/record.ts';
import type { WireDelays } from '../results/results.ts';
import type { DecisionLog } from './messages.ts';

/** The record with the status and cause of every attempt that reached the gateway. */
export function attributed(record: TrialRecord, log: DecisionLog): TrialRecord {
  const { count } = record.attempts;
  const status = new Uint16Array(record.attempts.status);
  const cause = new Int16Array(record.attempts.cause);
  // A slot of the gateway is held no longer than this, however long the answer was on its way.
  const servedMs = new Float64Array(count);
  log.attempt.forEach((attempt, row) => {
    if (!(attempt >= 0 && attempt < count)) return;
    status[attempt] = log.status[row]!;
    cause[attempt] = log.cause[row]!;
    servedMs[attempt] = log.dueMs[row]! - log.decidedMs[row]!;
  });
  return { ...record, attempts: { ...columnsOf(record), status, cause }, servedMs };
}

/** A table's columns are its own fields; its methods stay behind. */
function columnsOf({ attempts }: TrialRecord): TrialRecord['attempts'] {
  const { count, planned, sender, startMs, endMs, outcome, cause, status, items } = attempts;
  return { count, planned, sender, startMs, endMs, outcome, cause, status, items };
}

/** How long calls were on their way there and back, in real ms. The way back begins when the answer was due: a late gateway is part of it. And how late the client’s timers were. */
export function delaysOf(
  record: TrialRecord,
  log: DecisionLog,
  { speed, lateMs }: { readonly speed: number; readonly lateMs: readonly number[] },
): WireDelays {
  const there: number[] = [];
  const back: number[] = [];
  const { startsAtMs, attempts } = record;
  log.attempt.forEach((attempt, row) => {
    if (!(attempt >= 0 && attempt < attempts.count)) return;
    there.push((log.decidedMs[row]! - startsAtMs - attempts.startMs[attempt]!) / speed);
    if (attempts.outcome[attempt] === attemptOutcome.cancelled) return;
    back.push((attempts.endMs[attempt]! - (log.dueMs[row]! - startsAtMs)) / speed);
  });
  return { speed, thereMs: spread(there), backMs: spread(back), timerMs: spread(lateMs.map((ms) => ms / speed)) };
}

function spread(values: number[]): WireDelays['thereMs'] {
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
