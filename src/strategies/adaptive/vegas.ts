import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { gated } from '../pacing/gated.ts';
import { ConcurrencyGate, type ConcurrencyLimit, type Sample } from './concurrency-gate.ts';

/** Vegas of Netflix's concurrency-limits. */
export const vegas = defineStrategy({
  name: 'vegas',
  title: 'Vegas concurrency per org',
  titleOf: ({ by }) => `Vegas concurrency ${perText(by)}`,
  family: 'adapts',
  what: 'Adjusts the number of requests in progress by the queue that it believes to stand before the server: limit x (1 - shortest / latest round trip); a refusal (429, 503) also lowers it.',
  when: 'Where overload shows as latency or as refusals of too many requests in progress. A limit on calls a second is met only by chance. Put retry-after around it.',
  parameters: {
    by: byParameter('org'),
    initialLimit: { kind: 'integer', default: 20, unit: 'calls', min: 1, max: 100_000, doc: 'Limit at the start.' },
    maxLimit: { kind: 'integer', default: 1000, unit: 'calls', min: 1, max: 100_000, doc: 'Highest limit.' },
    probeEvery: {
      kind: 'integer',
      default: 30,
      unit: 'limits',
      min: 1,
      max: 1_000_000,
      doc: 'Forgets the shortest round trip after so many times the limit samples (the library adds jitter).',
    },
  },
  references: [
    "L. Brakmo, S. O'Malley, L. Peterson, TCP Vegas: New Techniques for Congestion Detection and Avoidance, SIGCOMM 1994",
    'Netflix concurrency-limits: https://github.com/Netflix/concurrency-limits (the library samples in windows; here each response is a sample)',
  ],
  example: 'retry-after+vegas',
  build: ({ by, initialLimit, maxLimit, probeEvery }) => ({
    pipeline: gated(
      by,
      ({ note }, key) =>
        new ConcurrencyGate(new Vegas(initialLimit, maxLimit, probeEvery), (limit) => note(`limit ${key}`, limit)),
    ),
  }),
});

/**
 * With d = max(1, log10 limit) and q the believed queue: q <= d: limit + 6d; q < 3d: limit + d; q > 6d: limit - d; between, as it is.
 * Refused: limit - d.
 */
export class Vegas implements ConcurrencyLimit {
  private readonly maxLimit: number;
  private readonly probeEvery: number;
  private shortestMs = Infinity;
  private samplesSinceProbe = 0;
  limit: number;

  constructor(initialLimit: number, maxLimit: number, probeEvery: number) {
    this.limit = Math.min(initialLimit, maxLimit);
    this.maxLimit = maxLimit;
    this.probeEvery = probeEvery;
  }

  update({ rttMs, inProgress, refused }: Sample): void {
    const step = Math.max(1, Math.log10(this.limit));
    if (refused) return this.set(this.limit - step);
    this.samplesSinceProbe += 1;
    if (this.samplesSinceProbe >= this.probeEvery * this.limit) {
      this.samplesSinceProbe = 0;
      this.shortestMs = rttMs;
      return;
    }
    if (rttMs < this.shortestMs) {
      this.shortestMs = rttMs;
      return;
    }
    if (inProgress * 2 < this.limit) return;
    const queue = Math.ceil(this.limit * (1 - this.shortestMs / rttMs));
    if (queue <= step) this.set(this.limit + 6 * step);
    else if (queue < 3 * step) this.set(this.limit + step);
    else if (queue > 6 * step) this.set(this.limit - step);
  }

  private set(limit: number): void {
    this.limit = Math.max(1, Math.min(this.maxLimit, limit));
  }
}
