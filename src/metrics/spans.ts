/**
 * Where the time of each planned job went. Its attempts may overlap (hedging), so in service is the union of their times:
 *
 *     intended start        handed over   first attempt            last attempt answered
 *        |  waits for another job |  held  |== in service ==|backing off|== in service ==| held |
 *        |-------- queued --------|                                                           end
 */
import { attemptOutcome, type TrialRecord } from './record.ts';

/** Columns by planned row; attempts count only until the job's end. */
export interface Spans {
  readonly inServiceMs: Float64Array;
  readonly backingOffMs: Float64Array;
  /** End of the last moment in service; NaN without any attempt. */
  readonly lastServedMs: Float64Array;
  /** The attempt that was admitted and answered first, -1: none. */
  readonly finishedBy: Int32Array;
}

/** One pass over the attempts, which stand in the order of their starts. */
export function spansOf({ attempts, planned, endMs }: TrialRecord): Spans {
  const inServiceMs = new Float64Array(planned.count);
  const backingOffMs = new Float64Array(planned.count);
  const lastServedMs = new Float64Array(planned.count).fill(NaN);
  const finishedBy = new Int32Array(planned.count).fill(-1);
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    const row = attempts.planned[attempt]!;
    if (row < 0) continue;
    const jobEnd = Number.isNaN(planned.endMs[row]!) ? endMs : planned.endMs[row]!;
    const start = attempts.startMs[attempt]!;
    if (start > jobEnd) continue;
    const end = Math.min(attempts.endMs[attempt]!, jobEnd);
    const served = lastServedMs[row]!;
    if (Number.isNaN(served) || start >= served) {
      if (!Number.isNaN(served)) backingOffMs[row]! += start - served;
      inServiceMs[row]! += end - start;
      lastServedMs[row] = end;
    } else if (end > served) {
      inServiceMs[row]! += end - served;
      lastServedMs[row] = end;
    }
    if (attempts.outcome[attempt] !== attemptOutcome.admitted || attempts.endMs[attempt]! > jobEnd) continue;
    const best = finishedBy[row]!;
    if (best < 0 || attempts.endMs[attempt]! < attempts.endMs[best]!) finishedBy[row] = attempt;
  }
  return { inServiceMs, backingOffMs, lastServedMs, finishedBy };
}

/** The four parts of one wait, ms. */
export interface WaitParts {
  readonly queued: number;
  readonly held: number;
  readonly backingOff: number;
  readonly inService: number;
}

/**
 * The parts of the wait of a job that became available at `availableMs` and was done by planned row `row`. Computed apart from the wait
 * itself, so that *the four sum to the wait* can be checked.
 */
export function waitParts(record: TrialRecord, spans: Spans, row: number, availableMs: number): WaitParts {
  const { planned } = record;
  const couldStartMs = Math.max(availableMs, planned.predecessorEndMs[row]!);
  const doneMs = planned.endMs[row]!;
  const firstMs = planned.firstAttemptMs[row]!;
  const wasSent = !Number.isNaN(spans.lastServedMs[row]!);
  return {
    queued: couldStartMs - availableMs,
    held: wasSent ? firstMs - couldStartMs + (doneMs - spans.lastServedMs[row]!) : doneMs - couldStartMs,
    backingOff: spans.backingOffMs[row]!,
    inService: spans.inServiceMs[row]!,
  };
}
