import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { gated } from '../pacing/gated.ts';
import { ConcurrencyGate, type ConcurrencyLimit, type Sample } from './concurrency-gate.ts';

/** Gradient2 of Netflix's concurrency-limits. */
export const gradient2 = defineStrategy({
  name: 'gradient2',
  title: 'Gradient2 concurrency per org',
  titleOf: ({ by }) => `Gradient2 concurrency ${perText(by)}`,
  family: 'adapts',
  what: 'Adjusts the number of requests in progress by comparing each round trip with the long-term average: slower means fewer, otherwise a few more.',
  when: 'Where overload shows as latency. A rate limit refuses without getting slower, and Gradient2 takes no notice of refusals (as published): it then grows into the limit. Put retry-after around it.',
  parameters: {
    by: byParameter('org'),
    initialLimit: { kind: 'integer', default: 20, unit: 'calls', min: 1, max: 100_000, doc: 'Limit at the start.' },
    minLimit: {
      kind: 'integer',
      default: 20,
      unit: 'calls',
      min: 1,
      max: 100_000,
      doc: "Lowest limit (the library's default is 20).",
    },
    maxLimit: { kind: 'integer', default: 200, unit: 'calls', min: 1, max: 100_000, doc: 'Highest limit.' },
    queueSize: { kind: 'number', default: 4, unit: 'calls', min: 0, max: 100_000, doc: 'Room to grow at each step.' },
    smoothing: {
      kind: 'number',
      default: 0.2,
      unit: '',
      min: 0.001,
      max: 1,
      doc: 'Share of the new value in the limit.',
    },
    rttTolerance: {
      kind: 'number',
      default: 1.5,
      unit: '',
      min: 1,
      max: 100,
      doc: 'Round trips up to so many times the average are no slowdown.',
    },
    longWindow: {
      kind: 'integer',
      default: 600,
      unit: 'samples',
      min: 1,
      max: 1_000_000,
      doc: 'Samples in the long-term average.',
    },
  },
  check: ({ minLimit, maxLimit }) =>
    minLimit > maxLimit ? { parameter: 'maxLimit', rule: `at least minLimit (${minLimit})` } : null,
  references: [
    'Netflix concurrency-limits: https://github.com/Netflix/concurrency-limits (the library samples in windows; here each response is a sample)',
  ],
  example: 'retry-after+gradient2',
  build: ({ by, ...settings }) => ({
    pipeline: gated(
      by,
      ({ note }, key) => new ConcurrencyGate(new Gradient2(settings), (limit) => note(`limit ${key}`, limit)),
    ),
  }),
});

/** Numbers of {@link Gradient2}, as the parameters of the strategy. */
interface Gradient2Settings {
  readonly initialLimit: number;
  readonly minLimit: number;
  readonly maxLimit: number;
  readonly queueSize: number;
  readonly smoothing: number;
  readonly rttTolerance: number;
  readonly longWindow: number;
}

/** Samples that are averaged plainly before the moving average begins. */
const warmupSamples = 10;

/** gradient = clamp(tolerance x long / short, 0.5, 1); limit' = (1 - s) x limit + s x (limit x gradient + queueSize). */
export class Gradient2 implements ConcurrencyLimit {
  private readonly settings: Gradient2Settings;
  private samples = 0;
  private longMs = 0;
  limit: number;

  constructor(settings: Gradient2Settings) {
    this.settings = settings;
    this.limit = Math.min(settings.maxLimit, Math.max(settings.minLimit, settings.initialLimit));
  }

  update({ rttMs, inProgress, refused }: Sample): void {
    if (refused) return;
    const { minLimit, maxLimit, queueSize, smoothing, rttTolerance } = this.settings;
    this.average(rttMs);
    // The average of a slow time must not become the yardstick of a fast one.
    if (this.longMs / rttMs > 2) this.longMs *= 0.95;
    if (inProgress < this.limit / 2) return;
    const gradient = Math.max(0.5, Math.min(1, (rttTolerance * this.longMs) / rttMs));
    const next = this.limit * (1 - smoothing) + (this.limit * gradient + queueSize) * smoothing;
    this.limit = Math.max(minLimit, Math.min(maxLimit, next));
  }

  private average(rttMs: number): void {
    this.samples += 1;
    const share = this.samples <= warmupSamples ? 1 / this.samples : 2 / (this.settings.longWindow + 1);
    this.longMs += (rttMs - this.longMs) * share;
  }
}
