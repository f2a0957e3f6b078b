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
  /** What the admitted attempt really took. */
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
  const { attempts, plan, planned, senders } = record;
  const callByRow = new Int32Array(plan.length).fill(-1);
  const rows: number[] = [];
  for (let row = 0; row < plan.length; row++) {
    if (planned.outcome[row] !== jobOutcome.done || spans.finishedBy[row]! < 0) continue;
    callByRow[row] = rows.length;
    rows.push(row);
  }
  let lastPath = '';
  /** Jobs mostly differ in their query only: one text for all of them is compared faster later on. */
  const pathWithoutQuery = (path: string): string => {
    const isSame = path.startsWith(lastPath) && path.charCodeAt(lastPath.length) === QUERY;
    return isSame ? lastPath : (lastPath = withoutQuery(path));
  };
  return rows.map((row) => {
    const attempt = spans.finishedBy[row]!;
    const job = plan[row]!;
    let before = predecessor[row]!;
    while (before >= 0 && callByRow[before]! < 0) before = predecessor[before]!;
    const { method, path } = record.detours.get(attempt) ?? { method: job.method, path: pathWithoutQuery(job.path) };
    return {
      sender: senders[attempts.sender[attempt]!]!,
      method,
      path,
      items: attempts.items[attempt]!,
      releaseMs: planned.releaseMs[row]!,
      serviceMs: attempts.endMs[attempt]! - attempts.startMs[attempt]!,
      after: before < 0 ? -1 : callByRow[before]!,
    };
  });
}

const QUERY = 0x3f;

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}
