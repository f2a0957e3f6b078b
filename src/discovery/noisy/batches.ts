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
  /** Where time is real: it was decided this much earlier or later than `sentMs`, at most. Else 0. */
  readonly blurMs: number;
}

/** Groups probes by the instant of sending. */
export function batchesOf(events: readonly ProbeEvent[]): Batch[] {
  const batches: { -readonly [K in keyof Batch]: Batch[K] }[] = [];
  for (const { sentMs, answeredMs, outcome } of events) {
    let last = batches.at(-1);
    if (last === undefined || last.sentMs !== sentMs) {
      last = { sentMs, answeredMs, admitted: 0, rejected: 0, unknown: 0, blurMs: 0 };
      batches.push(last);
    }
    last.answeredMs = Math.max(last.answeredMs, answeredMs);
    last[outcome] += 1;
  }
  return batches;
}

/**
 * The same where time is real: `sentMs` is the middle of the time in which a batch was decided, which lasts from its sending to its last answer, less what
 * admitted requests take longer than rejected ones.
 */
export function realBatchesOf(events: readonly ProbeEvent[]): Batch[] {
  const serviceMs = Math.max(0, medianTripMs(events, 'admitted') - medianTripMs(events, 'rejected'));
  const ends = new Map<number, number>();
  for (const { sentMs, answeredMs, outcome } of events) {
    const tripMs = answeredMs - sentMs - (outcome === 'admitted' ? serviceMs : 0);
    ends.set(sentMs, Math.max(ends.get(sentMs) ?? 0, tripMs));
  }
  return batchesOf(events).map((batch) => {
    const blurMs = (ends.get(batch.sentMs) ?? 0) / 2;
    return { ...batch, sentMs: batch.sentMs + blurMs, blurMs };
  });
}

function medianTripMs(events: readonly ProbeEvent[], of: ProbeEvent['outcome']): number {
  const trips = events.filter(({ outcome }) => outcome === of).map(({ sentMs, answeredMs }) => answeredMs - sentMs);
  return trips.sort((a, b) => a - b)[trips.length >> 1] ?? 0;
}
