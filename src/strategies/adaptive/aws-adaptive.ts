import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import type { Gate } from '../pacing/gated.ts';
import { gated } from '../pacing/gated.ts';
import { retrying } from '../retry/retrying.ts';
import { AwsRetries, awsStandard, isRetryable } from './aws-standard.ts';

/** The adaptive mode of the AWS SDKs. */
export const awsAdaptive = defineStrategy({
  name: 'aws-adaptive',
  title: 'AWS SDK adaptive mode',
  titleOf: ({ by, attemptsMax }) =>
    `AWS SDK adaptive mode${by === 'client' ? '' : ` ${perText(by)}`}${attemptsMax === 3 ? '' : ` (${attemptsMax} attempts)`}`,
  family: 'adapts',
  what: 'The standard retries of the AWS SDKs around a send rate that follows CUBIC: free until the first throttling, then cut to 0.7 and grown back along a cubic curve.',
  when: 'As AWS says, where one client talks to one throttled resource; with several organizations behind one client the busiest one slows all others (by=org keeps them apart). Gives up after two retries unless attemptsMax is raised.',
  parameters: {
    by: byParameter('client'),
    attemptsMax: { kind: 'integer', default: 3, unit: 'attempts', min: 1, max: 1000, doc: 'Attempts in all.' },
    beta: {
      kind: 'number',
      default: 0.7,
      unit: '',
      min: 0.01,
      max: 0.99,
      doc: 'What is left of the rate after throttling.',
    },
    scale: { kind: 'number', default: 0.4, unit: '', min: 0.001, max: 1000, doc: 'Steepness of the cubic curve.' },
  },
  references: [
    'AWS SDKs and Tools Reference Guide, Retry behavior: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html',
    'S. Ha, I. Rhee, L. Xu, CUBIC: A New TCP-Friendly High-Speed TCP Variant, ACM SIGOPS 42(5), 2008; RFC 9438',
    ...awsStandard.references,
  ],
  build: ({ by, attemptsMax, beta, scale }) => {
    const standard = { attemptsMax, throttlingBaseMs: 1000, transientBaseMs: 50, capMs: 20_000, quota: 500 };
    const retries = retrying(({ random }) => new AwsRetries(standard, random), { refuses: isRetryable });
    const sendRate = gated(
      by,
      ({ note }, key) => new CubicRate(beta, scale, (rate) => note(`rate per second ${key}`, rate)),
    );
    return { pipeline: (fetch, context) => retries(sendRate(fetch, context), context) };
  },
});

/** Share of the newest half second in the measured rate. */
const smoothing = 0.8;
/** Lowest rate, a second; lowest depth of the bucket. */
const rateMin = 0.5;
const depthMin = 1;

/**
 * The client-side limiter of the adaptive mode: a token bucket that is open until the first throttling. With R the rate at the last
 * throttling and t the seconds since:
 *
 *     rate(t) = scale x (t - K)^3 + R,   K = cube root of (R x (1 - beta) / scale)      (so that rate(0) = beta x R)
 *
 * never above twice the rate measured over half seconds. The depth of the bucket is the rate, at least 1.
 */
export class CubicRate implements Gate {
  private readonly beta: number;
  private readonly scale: number;
  private readonly onRate: (ratePerSecond: number) => void;
  private enabled = false;
  private fillRate = 0;
  private depth = 0;
  private tokens = 0;
  private filledAtMs = 0;
  private measured = 0;
  private countedHalfSecond = Number.NaN;
  private count = 0;
  private rateAtThrottling = 0;
  private throttledAtMs = 0;

  constructor(beta: number, scale: number, onRate: (ratePerSecond: number) => void) {
    this.beta = beta;
    this.scale = scale;
    this.onRate = onRate;
  }

  take(nowMs: number): number {
    if (Number.isNaN(this.countedHalfSecond)) this.countedHalfSecond = Math.floor(nowMs / 500) / 2;
    if (!this.enabled) return 0;
    this.fill(nowMs);
    if (this.tokens < 1 - 1e-9) return ((1 - this.tokens) / this.fillRate) * 1000;
    this.tokens -= 1;
    return 0;
  }

  ended(response: Response | null, nowMs: number): void {
    if (response === null) return;
    this.measure(nowMs);
    let rate: number;
    if (response.status === 429) {
      this.rateAtThrottling = this.enabled ? Math.min(this.measured, this.fillRate) : this.measured;
      this.throttledAtMs = nowMs;
      rate = this.rateAtThrottling * this.beta;
      if (!this.enabled) this.filledAtMs = nowMs;
      this.enabled = true;
    } else {
      const untilPlateau = Math.cbrt((this.rateAtThrottling * (1 - this.beta)) / this.scale);
      const sinceSeconds = (nowMs - this.throttledAtMs) / 1000;
      const fromPlateau = sinceSeconds - untilPlateau;
      // Not `** 3`: engines differ in its last bit, and results must not.
      rate = this.scale * (fromPlateau * fromPlateau * fromPlateau) + this.rateAtThrottling;
    }
    if (this.enabled) this.setRate(Math.min(rate, 2 * this.measured), nowMs);
  }

  private setRate(ratePerSecond: number, nowMs: number): void {
    this.fill(nowMs);
    this.fillRate = Math.max(ratePerSecond, rateMin);
    this.depth = Math.max(ratePerSecond, depthMin);
    this.tokens = Math.min(this.tokens, this.depth);
    this.onRate(this.fillRate);
  }

  private fill(nowMs: number): void {
    this.tokens = Math.min(this.depth, this.tokens + ((nowMs - this.filledAtMs) / 1000) * this.fillRate);
    this.filledAtMs = nowMs;
  }

  /** Responses a second, counted in half seconds and smoothed. */
  private measure(nowMs: number): void {
    const halfSecond = Math.floor(nowMs / 500) / 2;
    this.count += 1;
    if (halfSecond <= this.countedHalfSecond) return;
    const current = this.count / (halfSecond - this.countedHalfSecond);
    this.measured = current * smoothing + this.measured * (1 - smoothing);
    this.count = 0;
    this.countedHalfSecond = halfSecond;
  }
}
