/** The record as the inference under noise reads it: probes of one instant together. */
import type { ProbeEvent } from '../record.ts';

/** Probes that were sent at once. */
export interface Batch {
  readonly sentMs: number;
  /** When the last of them was answered. */
  readonly answeredMs: number;
  readonly admitted: number;
  readonly rejected: number;
  readonly unknown: number;
}

/** Groups probes by the instant of sending. */
export function batchesOf(events: readonly ProbeEvent[]): Batch[] {
  const batches: { -readonly [K in keyof Batch]: Batch[K] }[] = [];
  for (const { sentMs, answeredMs, outcome } of events) {
    let last = batches.at(-1);
    if (last === undefined || last.sentMs !== sentMs) {
      last = { sentMs, answeredMs, admitted: 0, rejected: 0, unknown: 0 };
      batches.push(last);
    }
    last.answeredMs = Math.max(last.answeredMs, answeredMs);
    last[outcome] += 1;
  }
  return batches;
}
