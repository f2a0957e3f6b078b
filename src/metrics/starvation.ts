/** The longest time that an organization with work to admit saw none of it admitted. */
import type { Organizations } from './fairness.ts';
import type { TrialRecord } from './record.ts';
import { sortRows } from './sort-rows.ts';
import type { Spans } from './spans.ts';

const NO_CAUSE = -1;

/**
 * A planned job is work to admit from the moment it could be sent until the start of the attempt that did it (or its end without one). Per
 * organization, the clock of starvation starts with the first such job and at each admission, and stops when nothing is left to admit.
 */
export function longestStarvation(record: TrialRecord, spans: Spans, organizations: Organizations): number {
  const { attempts, planned } = record;
  const clocks = new Clocks(record, organizations);
  const entersMs = new Float64Array(planned.count);
  const leavesMs = new Float64Array(planned.count);
  for (let row = 0; row < planned.count; row++) {
    const enterMs = entersAt(record, row);
    entersMs[row] = enterMs;
    // Those that an attempt does leave with it, below: attempts stand in order already.
    leavesMs[row] = spans.finishedBy[row]! < 0 ? leavesAt(record, row, enterMs) : NaN;
  }
  const entering = timedRows(entersMs);
  const leaving = timedRows(leavesMs);
  let entered = 0;
  let left = 0;
  // What enters at a moment enters before anything leaves: it may be the same job.
  const moveTo = (toMs: number) => {
    for (;;) {
      const enterMs = entered < entering.length ? entersMs[entering[entered]!]! : Infinity;
      const leaveMs = left < leaving.length ? leavesMs[leaving[left]!]! : Infinity;
      if (Math.min(enterMs, leaveMs) > toMs || Math.min(enterMs, leaveMs) === Infinity) return;
      if (enterMs <= leaveMs) clocks.enter(entering[entered++]!, enterMs);
      else clocks.leave(leaving[left++]!, leaveMs);
    }
  };
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    if (attempts.cause[attempt] !== NO_CAUSE) continue;
    const atMs = attempts.startMs[attempt]!;
    moveTo(atMs);
    clocks.admit(attempts.sender[attempt]!, atMs);
    const row = attempts.planned[attempt]!;
    if (row >= 0 && spans.finishedBy[row] === attempt) clocks.leave(row, atMs);
  }
  moveTo(Infinity);
  return clocks.longestMs;
}

/** One clock per organization. */
class Clocks {
  longestMs = 0;
  readonly #record: TrialRecord;
  readonly #bySender: Int32Array;
  readonly #waiting: Int32Array;
  readonly #sinceMs: Float64Array;

  constructor(record: TrialRecord, { names, bySender }: Organizations) {
    this.#record = record;
    this.#bySender = bySender;
    this.#waiting = new Int32Array(names.length);
    this.#sinceMs = new Float64Array(names.length);
  }

  enter(row: number, atMs: number): void {
    const org = this.#orgOf(row);
    if (this.#waiting[org] === 0) this.#sinceMs[org] = atMs;
    this.#waiting[org]! += 1;
  }

  leave(row: number, atMs: number): void {
    const org = this.#orgOf(row);
    this.#restart(org, atMs);
    this.#waiting[org]! -= 1;
  }

  admit(sender: number, atMs: number): void {
    this.#restart(this.#bySender[sender]!, atMs);
  }

  #restart(org: number, atMs: number): void {
    if (this.#waiting[org]! > 0) this.longestMs = Math.max(this.longestMs, atMs - this.#sinceMs[org]!);
    this.#sinceMs[org] = atMs;
  }

  #orgOf(row: number): number {
    return this.#bySender[this.#record.plan[row]!.sender]!;
  }
}

/** Rows that have a time, by time, ties by row. */
function timedRows(timeMs: Float64Array): Int32Array {
  const rows = new Int32Array(timeMs.length);
  let used = 0;
  for (let row = 0; row < timeMs.length; row++) if (!Number.isNaN(timeMs[row]!)) rows[used++] = row;
  return sortRows(rows.subarray(0, used), timeMs);
}

/** When a planned job could be sent; NaN when it never could. */
function entersAt({ planned, plan, endMs }: TrialRecord, row: number): number {
  const couldMs = Math.max(planned.releaseMs[row]!, planned.predecessorEndMs[row]!);
  const neverCould = couldMs > endMs || (plan[row]!.after >= 0 && Number.isNaN(planned.handedMs[row]!));
  return neverCould ? NaN : couldMs;
}

/** When a planned job that no attempt did was off the table; NaN when it never was on it. */
function leavesAt({ planned, endMs }: TrialRecord, row: number, entersMs: number): number {
  return Math.max(entersMs, Number.isNaN(planned.endMs[row]!) ? endMs : planned.endMs[row]!);
}
