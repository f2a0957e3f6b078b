/** A limit on requests in progress that follows the round trips it sees. */
import type { Gate } from '../pacing/gated.ts';
import { isRefusal } from '../retry/retrying.ts';

/** One ended attempt, as a limit sees it. */
export interface Sample {
  /** Round trip, above 0. A refused attempt's says nothing about the service. */
  readonly rttMs: number;
  /** Attempts in progress when it ended, itself included. */
  readonly inProgress: number;
  readonly refused: boolean;
}

/** Says what the limit is after a sample. */
export interface ConcurrencyLimit {
  readonly limit: number;
  update(sample: Sample): void;
}

/** Lets through while fewer attempts are in progress than the limit says now. */
export class ConcurrencyGate implements Gate {
  private readonly rule: ConcurrencyLimit;
  private readonly onLimit: (limit: number) => void;
  private inProgress = 0;

  constructor(rule: ConcurrencyLimit, onLimit: (limit: number) => void) {
    this.rule = rule;
    this.onLimit = onLimit;
  }

  take(): number {
    if (this.inProgress >= Math.max(1, Math.floor(this.rule.limit))) return Infinity;
    this.inProgress += 1;
    return 0;
  }

  ended(response: Response | null, nowMs: number, startedAtMs: number): void {
    const before = Math.floor(this.rule.limit);
    if (response !== null && nowMs > startedAtMs) {
      const refused = isRefusal(response.status);
      this.rule.update({ rttMs: nowMs - startedAtMs, inProgress: this.inProgress, refused });
    }
    this.inProgress -= 1;
    const limit = Math.floor(this.rule.limit);
    if (limit !== before) this.onLimit(limit);
  }
}
