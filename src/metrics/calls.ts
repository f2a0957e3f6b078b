/** The calls that a trial really needed: what the lower bound is computed from (decision record 2). */
import type { Sender } from '../workload/workload.ts';
import { jobOutcome, type TrialRecord } from './record.ts';
import type { Spans } from './spans.ts';

/** One request that had to be admitted and answered. */
export interface NeededCall {
  readonly sender: Sender;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly items: number;
  /** Ms from the trial's start: no client could have sent it sooner. */
  readonly releaseMs: number;
  /** What the admitted attempt really took at the gateway. */
  readonly serviceMs: number;
  /** Index of the call that had to be answered first, or -1. */
  readonly after: number;
}

/**
 * One call per planned job that is done and reached the gateway. A job whose predecessor needed no call (it came from a cache) waits for the
 * nearest one before it that did.
 *
 * @param predecessor by planned row, the row of the job it waits for, negative: none
 */
export function neededCalls(record: TrialRecord, spans: Spans, predecessor: Int32Array): NeededCall[] {
  const { plan, planned } = record;
  const callByRow = new Int32Array(plan.length).fill(-1);
  let count = 0;
  for (let row = 0; row < plan.length; row++) {
    if (planned.outcome[row] === jobOutcome.done && spans.finishedBy[row]! >= 0) callByRow[row] = count++;
  }
  const afterByRow = new Int32Array(plan.length).fill(-1);
  const calls: NeededCall[] = [];
  const table: CallTable = { record, finishedBy: spans.finishedBy, afterByRow, paths: new Paths() };
  for (let row = 0; row < plan.length; row++) {
    if (callByRow[row]! < 0) continue;
    let before = predecessor[row]!;
    while (before >= 0 && callByRow[before]! < 0) before = predecessor[before]!;
    if (before >= 0) afterByRow[row] = callByRow[before]!;
    calls.push(new CallOfRow(table, row));
  }
  return calls;
}

/** What all calls of a trial share. */
interface CallTable {
  readonly record: TrialRecord;
  readonly finishedBy: Int32Array;
  readonly afterByRow: Int32Array;
  readonly paths: Paths;
}

/** A call that reads the record's columns: a million of them take 40 MB, as plain objects 120 MB. */
class CallOfRow implements NeededCall {
  readonly #table: CallTable;
  readonly #row: number;

  constructor(table: CallTable, row: number) {
    this.#table = table;
    this.#row = row;
  }

  get sender(): Sender {
    const { record } = this.#table;
    return record.senders[record.attempts.sender[this.#attempt]!]!;
  }

  get method(): string {
    const { record } = this.#table;
    return record.detours.get(this.#attempt)?.method ?? record.plan[this.#row]!.method;
  }

  get path(): string {
    const { record, paths } = this.#table;
    return record.detours.get(this.#attempt)?.path ?? paths.of(record.plan[this.#row]!.path);
  }

  get items(): number {
    return this.#table.record.attempts.items[this.#attempt]!;
  }

  get releaseMs(): number {
    return this.#table.record.planned.releaseMs[this.#row]!;
  }

  get serviceMs(): number {
    const { attempts, servedMs } = this.#table.record;
    if (servedMs !== undefined) return servedMs[this.#attempt]!;
    const { startMs, endMs } = attempts;
    return endMs[this.#attempt]! - startMs[this.#attempt]!;
  }

  get after(): number {
    return this.#table.afterByRow[this.#row]!;
  }

  get #attempt(): number {
    return this.#table.finishedBy[this.#row]!;
  }
}

/** Cuts queries off paths. Jobs mostly differ in their query only: one text for all of them is compared faster later on. */
class Paths {
  #last = '';

  of(path: string): string {
    const last = this.#last;
    if (path.startsWith(last) && (path.length === last.length || path.charCodeAt(last.length) === QUERY)) return last;
    const end = path.search(/[?#]/);
    return (this.#last = end < 0 ? path : path.slice(0, end));
  }
}

const QUERY = 0x3f;
