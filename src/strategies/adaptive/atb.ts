import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { TokenBucket } from '../pacing/bucket.ts';
import type { Gate } from '../pacing/gated.ts';
import { gated } from '../pacing/gated.ts';
import { isRefusal } from '../retry/retrying.ts';

/** An adaptive token bucket after Farkiani, Liu and Crowley. */
export const atb = defineStrategy({
  name: 'atb',
  title: 'Adaptive token bucket per org',
  titleOf: ({ by }) => `Adaptive token bucket ${perText(by)}`,
  family: 'adapts',
  what: 'A token bucket in front of first attempts and retries alike, whose rate follows the congestion inferred from the share of refused requests, window by window.',
  when: "Where several clients share one quota that none of them can see. Put retry-after around it. ASSUMED: of the paper only its outline was read (a client-side token bucket that adapts to inferred congestion, with admitted or 429 as the only feedback); the update rule here is that of DCTCP, and its numbers are ours. It does not claim to reproduce the paper's figures.",
  parameters: {
    by: byParameter('org'),
    startPerSecond: {
      kind: 'number',
      default: 10,
      unit: 'calls/s',
      min: 0.001,
      max: 1_000_000,
      doc: 'Rate at the start (assumed).',
    },
    increasePerSecond: {
      kind: 'number',
      default: 0.5,
      unit: 'calls/s',
      min: 0,
      max: 1_000_000,
      doc: 'Growth after a window without refusals (assumed).',
    },
    windowMs: {
      kind: 'number',
      default: 1000,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'Length of a window (assumed).',
    },
    gain: {
      kind: 'number',
      default: 0.0625,
      unit: '',
      min: 0.001,
      max: 1,
      doc: 'Weight of the newest window in the congestion estimate (DCTCP: 1/16).',
    },
    minPerSecond: {
      kind: 'number',
      default: 0.1,
      unit: 'calls/s',
      min: 0.001,
      max: 1_000_000,
      doc: 'Lowest rate (assumed).',
    },
    maxPerSecond: {
      kind: 'number',
      default: 1000,
      unit: 'calls/s',
      min: 0.001,
      max: 1_000_000,
      doc: 'Highest rate (assumed).',
    },
  },
  check: ({ minPerSecond, maxPerSecond }) =>
    minPerSecond > maxPerSecond ? { parameter: 'maxPerSecond', rule: `at least minPerSecond (${minPerSecond})` } : null,
  references: [
    'B. Farkiani, F. Liu, P. Crowley, Rethinking HTTP API Rate Limiting: A Client-Side Approach, arXiv 2510.04516, 2025 (outline): https://arxiv.org/abs/2510.04516',
    'M. Alizadeh et al., Data Center TCP (DCTCP), SIGCOMM 2010; RFC 8257 (update rule)',
  ],
  example: 'retry-after+atb',
  build: ({ by, ...settings }) => ({
    pipeline: gated(
      by,
      ({ note }, key) => new AdaptiveBucket(settings, (rate) => note(`rate per second ${key}`, rate)),
    ),
  }),
});

/** Numbers of {@link AdaptiveBucket}, as the parameters of the strategy. */
interface AdaptiveBucketSettings {
  readonly startPerSecond: number;
  readonly increasePerSecond: number;
  readonly windowMs: number;
  readonly gain: number;
  readonly minPerSecond: number;
  readonly maxPerSecond: number;
}

/**
 * At the end of a window in which a share F of the answers were refusals: alpha = (1 - gain) x alpha + gain x F; with refusals the rate
 * becomes rate x (1 - alpha / 2), without it grows by a step. alpha begins at 1, so that the first refusals halve the rate.
 */
export class AdaptiveBucket implements Gate {
  private readonly settings: AdaptiveBucketSettings;
  private readonly onRate: (ratePerSecond: number) => void;
  private readonly bucket: TokenBucket;
  private alpha = 1;
  private windowEndsAtMs = Number.NaN;
  private answers = 0;
  private refusals = 0;

  constructor(settings: AdaptiveBucketSettings, onRate: (ratePerSecond: number) => void) {
    this.settings = settings;
    this.onRate = onRate;
    this.bucket = new TokenBucket(settings.startPerSecond, 1);
  }

  take(nowMs: number): number {
    if (Number.isNaN(this.windowEndsAtMs)) this.windowEndsAtMs = nowMs + this.settings.windowMs;
    return this.bucket.take(nowMs);
  }

  ended(response: Response | null, nowMs: number): void {
    if (response === null) return;
    this.answers += 1;
    if (isRefusal(response.status)) this.refusals += 1;
    if (nowMs >= this.windowEndsAtMs) this.endWindow(nowMs);
  }

  private endWindow(nowMs: number): void {
    const { gain, increasePerSecond, windowMs, minPerSecond, maxPerSecond } = this.settings;
    this.alpha = (1 - gain) * this.alpha + gain * (this.refusals / this.answers);
    const rate = this.bucket.ratePerSecond;
    const next = this.refusals > 0 ? rate * (1 - this.alpha / 2) : rate + increasePerSecond;
    this.bucket.setRate(Math.max(minPerSecond, Math.min(maxPerSecond, next)), nowMs);
    this.onRate(this.bucket.ratePerSecond);
    this.answers = 0;
    this.refusals = 0;
    this.windowEndsAtMs = nowMs + windowMs;
  }
}
