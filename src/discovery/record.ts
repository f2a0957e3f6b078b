/** The record of a discovery: every probe and what came of it, in the order of sending. All inference is a function of it. */

/** What an answer says about the limits. `unknown`: nothing (an unrelated error, no answer at all). */
export type ProbeOutcome = 'admitted' | 'rejected' | 'unknown';

/** What an answer told about limits: hypotheses, not facts. Null: not told. */
export interface Told {
  readonly retryAfterMs: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Ms from the answer until the told reset. */
  readonly resetMs: number | null;
}

/** One probe. Times are epoch ms; the gateway decided somewhere in [sentMs, answeredMs]. */
export interface ProbeEvent {
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly identity: number;
  readonly route: number;
  readonly outcome: ProbeOutcome;
  /** 0: no answer. */
  readonly status: number;
  readonly told: Told;
}
