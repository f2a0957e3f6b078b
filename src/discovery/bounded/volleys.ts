/** The record as the inference with bounded errors reads it: runs of probes that were decided within a known time, one run after the other. */
import type { ProbeEvent } from '../record.ts';

/** Probes that were decided in some order, each between `loMs` and `hiMs`. */
export interface Volley {
  readonly loMs: number;
  readonly hiMs: number;
  readonly admitted: number;
  readonly rejected: number;
  /** Answered by an unrelated error: they may have been charged. */
  readonly unknown: number;
  /** When the admitted ones had been answered, ascending. */
  readonly endsMs: readonly number[];
}

/** What is known of the delays. */
export interface Delays {
  /** Longest way to the gateway. */
  readonly wayMs: number;
  /** A rejection was decided at least this long before its answer. */
  readonly backMs: number;
  /** How long a charge may stay unseen. */
  readonly lagMs: number;
}

type Open = { -readonly [K in keyof Volley]: Volley[K] } & { endsMs: number[]; settledMs: number };

/** Groups the probes of a record, in the order of sending. What was under way together, or could not see each other's charges, is one volley. */
export function volleysOf(events: readonly ProbeEvent[], { wayMs, backMs, lagMs }: Delays): Volley[] {
  const volleys: Open[] = [];
  for (const { sentMs, answeredMs, outcome } of events) {
    const latestMs = Math.max(
      sentMs,
      Math.min(sentMs + wayMs, outcome === 'rejected' ? answeredMs - backMs : answeredMs),
    );
    let last = volleys.at(-1);
    if (last === undefined || sentMs >= last.settledMs) {
      last = { loMs: sentMs, hiMs: latestMs, admitted: 0, rejected: 0, unknown: 0, endsMs: [], settledMs: 0 };
      volleys.push(last);
    }
    last.hiMs = Math.max(last.hiMs, latestMs);
    last.settledMs = Math.max(last.settledMs, latestMs + lagMs);
    last[outcome] += 1;
    if (outcome === 'admitted') last.endsMs.push(answeredMs);
  }
  for (const { endsMs } of volleys) endsMs.sort((a, b) => a - b);
  return volleys;
}
