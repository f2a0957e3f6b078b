/** The record of one unknown limit, as the fits read it: admissions at one time together, rejections with the second that they told. */
import type { ProbeEvent } from '../record.ts';

/** What came of the probes of one moment. */
export interface Observation {
  readonly atMs: number;
  /** What the admitted ones cost together; 0: this is a rejection. */
  readonly admitted: number;
  /** What the rejected probe would have cost. */
  readonly rejected: number;
  /** Of a rejection: the release lies after the first and not after the second (epoch ms), if what was told is exact. Null: not told. */
  readonly release: { readonly afterMs: number; readonly byMs: number } | null;
}

/** Turns a probe into an observation; null: it told nothing. A release is told in whole seconds, rounded up, at least one. */
export function observationOf(event: ProbeEvent, cost: number): Observation | null {
  const { sentMs, answeredMs, outcome, told } = event;
  if (outcome === 'unknown' || cost === 0) return null;
  if (outcome === 'admitted') return { atMs: sentMs, admitted: cost, rejected: 0, release: null };
  const waitMs = told.retryAfterMs;
  // The gateway decided somewhere between sending and answering.
  const release =
    waitMs === null
      ? null
      : { afterMs: waitMs <= 1000 ? sentMs : sentMs + waitMs - 1000, byMs: answeredMs + Math.max(1000, waitMs) };
  return { atMs: sentMs, admitted: 0, rejected: cost, release };
}

/** Puts admissions of one moment together. */
export function addObservation(into: Observation[], one: Observation): void {
  const last = into.at(-1);
  if (last !== undefined && last.admitted > 0 && one.admitted > 0 && last.atMs === one.atMs) {
    into[into.length - 1] = { ...last, admitted: last.admitted + one.admitted };
  } else {
    into.push(one);
  }
}
