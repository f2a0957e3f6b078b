/** The token bucket as a gate. */
import type { Gate } from './gated.ts';

/** Missing parts of a token that are rounding errors, not waits. */
const roundingTokens = 1e-9;

/**
 * A bucket of `burst` tokens that refills continuously. Starts in any interval of L ms never exceed burst + ratePerSecond x L / 1000.
 * The rate may be changed while it runs; tokens already there stay.
 *
 *     tokens  burst |\        /--------
 *                   | \      /           slope = ratePerSecond
 *                 0 |  \/\/\/            each start takes 1
 */
export class TokenBucket implements Gate {
  private readonly burst: number;
  private rate: number;
  private tokens: number;
  private filledAtMs = Number.NaN;

  /** Starts full, or with `tokens`. */
  constructor(ratePerSecond: number, burst: number, tokens = burst) {
    this.rate = ratePerSecond;
    this.burst = burst;
    this.tokens = tokens;
  }

  get ratePerSecond(): number {
    return this.rate;
  }

  /** Changes the rate from now on. */
  setRate(ratePerSecond: number, nowMs: number): void {
    this.fill(nowMs);
    this.rate = ratePerSecond;
  }

  take(nowMs: number): number {
    this.fill(nowMs);
    if (this.tokens >= 1 - roundingTokens) {
      this.tokens -= 1;
      return 0;
    }
    return ((1 - this.tokens) / this.rate) * 1000;
  }

  private fill(nowMs: number): void {
    if (nowMs > this.filledAtMs) {
      this.tokens = Math.min(this.burst, this.tokens + ((nowMs - this.filledAtMs) * this.rate) / 1000);
    }
    this.filledAtMs = nowMs;
  }
}
