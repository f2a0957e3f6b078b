import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { TokenBucket } from '../pacing/bucket.ts';
import type { Gate } from '../pacing/gated.ts';
import { gated } from '../pacing/gated.ts';
import { isRefusal } from '../retry/retrying.ts';

/** Additive increase, multiplicative decrease of the send rate. */
export const aimd = defineStrategy({
  name: 'aimd',
  title: 'AIMD rate per org',
  titleOf: ({ by }) => `AIMD rate ${perText(by)}`,
  family: 'adapts',
  what: 'Sends at a rate that grows by a step while requests pass and is cut by a factor when one is refused (429, 503), at most once per round trip.',
  when: 'Where the limit is unknown or moves, or other clients share it. Put retry-after around it. It finds the limit by running into it, so some requests are always refused; quotas counted in long windows are spent before it notices.',
  parameters: {
    by: byParameter('org'),
    startPerSecond: {
      kind: 'number',
      default: 10,
      unit: 'calls/s',
      min: 0.001,
      max: 1_000_000,
      doc: 'Rate at the start.',
    },
    increasePerSecond: {
      kind: 'number',
      default: 2,
      unit: 'calls/s',
      min: 0,
      max: 1_000_000,
      doc: 'Step by which the rate grows (published: 120 a minute).',
    },
    everyMs: {
      kind: 'number',
      default: 10_000,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'Time without a cut between two steps.',
    },
    decreaseFactor: {
      kind: 'number',
      default: 0.7,
      unit: '',
      min: 0.01,
      max: 0.99,
      doc: 'What is left of the rate after a refusal.',
    },
    cooldownMs: {
      kind: 'number',
      default: 0,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Time after a cut in which no other follows (published: 5 s); at least a round trip in any case.',
    },
    minPerSecond: { kind: 'number', default: 0.1, unit: 'calls/s', min: 0.001, max: 1_000_000, doc: 'Lowest rate.' },
    maxPerSecond: { kind: 'number', default: 1000, unit: 'calls/s', min: 0.001, max: 1_000_000, doc: 'Highest rate.' },
  },
  check: ({ minPerSecond, maxPerSecond }) =>
    minPerSecond > maxPerSecond ? { parameter: 'maxPerSecond', rule: `at least minPerSecond (${minPerSecond})` } : null,
  references: [
    'D.-M. Chiu and R. Jain, Analysis of the Increase and Decrease Algorithms for Congestion Avoidance, Computer Networks and ISDN Systems 17, 1989',
    'Nall.RateLimiting.Adaptive, decrease 0.7 and +120 a minute every 10 s: https://nikiforovall.blog/adaptive-rate-limiting-dotnet/',
  ],
  example: 'retry-after+aimd',
  build: ({ by, ...settings }) => ({
    pipeline: gated(by, ({ note }, key) => new Aimd(settings, (rate) => note(`rate per second ${key}`, rate))),
  }),
});

/** Numbers of {@link Aimd}, as the parameters of the strategy. */
interface AimdSettings {
  readonly startPerSecond: number;
  readonly increasePerSecond: number;
  readonly everyMs: number;
  readonly decreaseFactor: number;
  readonly cooldownMs: number;
  readonly minPerSecond: number;
  readonly maxPerSecond: number;
}

/**
 *     rate  /|  /|  /      grows by increasePerSecond every everyMs,
 *          / | / | /       falls to decreaseFactor of itself at a refusal
 *         /  |/  |/
 */
export class Aimd implements Gate {
  private readonly settings: AimdSettings;
  private readonly onRate: (ratePerSecond: number) => void;
  private readonly bucket: TokenBucket;
  private changedAtMs = Number.NaN;
  private cutAtMs = -Infinity;

  constructor(settings: AimdSettings, onRate: (ratePerSecond: number) => void) {
    this.settings = settings;
    this.onRate = onRate;
    this.bucket = new TokenBucket(settings.startPerSecond, 1);
  }

  take(nowMs: number): number {
    if (Number.isNaN(this.changedAtMs)) this.changedAtMs = nowMs;
    return this.bucket.take(nowMs);
  }

  ended(response: Response | null, nowMs: number, startedAtMs: number): void {
    if (response === null) return;
    const { increasePerSecond, everyMs, decreaseFactor, cooldownMs, minPerSecond, maxPerSecond } = this.settings;
    const rate = this.bucket.ratePerSecond;
    if (isRefusal(response.status)) {
      // What was started before the last cut tells nothing about the rate after it.
      if (startedAtMs < this.cutAtMs || nowMs - this.cutAtMs < cooldownMs) return;
      this.cutAtMs = nowMs;
      this.change(Math.max(minPerSecond, rate * decreaseFactor), nowMs);
    } else if (nowMs - this.changedAtMs >= everyMs) {
      this.change(Math.min(maxPerSecond, rate + increasePerSecond), nowMs);
    }
  }

  private change(ratePerSecond: number, nowMs: number): void {
    this.changedAtMs = nowMs;
    this.bucket.setRate(ratePerSecond, nowMs);
    this.onRate(ratePerSecond);
  }
}
