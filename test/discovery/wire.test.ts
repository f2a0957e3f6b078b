/** Discovery over real HTTP, of our own gateway and of rate limiters that others wrote: what is said to be found is right, or nothing is said. */
import { afterAll, describe, expect, it } from 'vitest';
import { noiseOf } from '../../src/discovery/noise/noise.ts';
import { identifyNoisily } from '../../src/discovery/noisy/identify-noisily.ts';
import {
  closeAll,
  discoverOverHttp,
  expressRateLimit,
  fastifyLimit,
  flexible,
  gatewayOf,
  type Served,
  tokenBucket,
} from './wire-harness.ts';

afterAll(closeAll);

const window = (limit: number, windowMs: number) => ({ kind: 'fixed-window', limit, windowMs });
const servers: [name: string, start: () => Promise<Served>, truth: Record<string, unknown>][] = [
  ['our own gateway', () => gatewayOf({ algorithm: { ...window(6, 1100), anchor: 'first-request' } }), window(6, 1100)],
  ['express-rate-limit', () => expressRateLimit(6, 1000), window(6, 1000)],
  ['@fastify/rate-limit', () => fastifyLimit(6, 1000), window(6, 1000)],
  ['rate-limiter-flexible', () => flexible(6, 1), window(6, 1000)],
  ['a token bucket of limiter', () => tokenBucket(6, 10), { kind: 'token-bucket', capacity: 6, refillPerSecond: 10 }],
];

describe.concurrent('over real HTTP', () => {
  it.each(servers)('%s: nothing is found that is not so, and the budget holds', async (_, start, truth) => {
    const served = await start();
    const budget = { requests: 600, rejections: 300, timeMs: 12_000 };
    const { findings, events } = await discoverOverHttp(served, {
      budget,
      identify: (stream) =>
        identifyNoisily(stream, noiseOf(stream.prober.events), { burst: 300, horizonMs: 5000, requests: 2000 }),
    });
    expect(events.length).toBeLessThanOrEqual(budget.requests);
    expect(findings.spent.requests).toBe(events.length);
    expect(findings.spent.rejections).toBeLessThanOrEqual(budget.rejections);
    expect(events.filter(({ outcome }) => outcome === 'rejected').length).toBeGreaterThan(0);
    expect(events.every(({ outcome }) => outcome !== 'unknown')).toBe(true);
    const wrong = findings.limits.filter(({ status, algorithm }) => status === 'found' && !isAbout(algorithm, truth));
    expect(wrong).toEqual([]);
  });
});

/** The same family, the same capacity, and times within a twentieth. */
function isAbout(found: object, truth: Record<string, unknown>): boolean {
  const of = found as Record<string, unknown>;
  return Object.entries(truth).every(([key, value]) =>
    key === 'windowMs' || key === 'refillPerSecond'
      ? Math.abs(Number(of[key]) / Number(value) - 1) < 0.05
      : of[key] === value,
  );
}
