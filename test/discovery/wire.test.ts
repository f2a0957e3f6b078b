/** Discovery over real HTTP, of our own gateway and of rate limiters that others wrote: it finds what they are set to. */
import { afterAll, describe, expect, it } from 'vitest';
import type { FoundLimit } from '../../src/results/discovery-results.ts';
import { closeAll, discoverOverHttp, expressRateLimit, fastifyLimit, gatewayOf, type Served } from './wire-harness.ts';

afterAll(closeAll);

/** What a server is set to. */
interface Truth {
  readonly kind: 'fixed-window' | 'sliding-window-log';
  readonly limit: number;
  readonly windowMs: number;
  readonly scope: readonly string[];
}

const truth = (kind: Truth['kind'], limit: number, windowMs: number, scope: readonly string[]): Truth => ({
  kind,
  limit,
  windowMs,
  scope,
});
const fixed = { algorithm: { kind: 'fixed-window', limit: 17, windowMs: 1100, anchor: 'first-request' } };
const log = { algorithm: { kind: 'sliding-window-log', limit: 13, windowMs: 1300 } };
const servers: [name: string, start: () => Promise<Served>, truth: Truth][] = [
  ['a fixed window of our own gateway', () => gatewayOf(fixed), truth('fixed-window', 17, 1100, ['org'])],
  ['a sliding log of our own gateway', () => gatewayOf(log), truth('sliding-window-log', 13, 1300, ['org'])],
  ['express-rate-limit', () => expressRateLimit(9, 1000), truth('fixed-window', 9, 1000, [])],
  ['@fastify/rate-limit', () => fastifyLimit(11, 1200), truth('fixed-window', 11, 1200, [])],
];

describe('over real HTTP', () => {
  it.each(servers)(
    '%s is found: family, capacity, window and scope',
    async (_, start, of) => {
      const served = await start();
      const { findings, events } = await discoverOverHttp(served);
      expect(findings.spent.requests).toBe(events.length);
      // What it says when it is not sure is told here as well.
      const said = findings.limits.map(({ status, reason, algorithm }) => ({ status, reason, kind: algorithm.kind }));
      expect(said).toEqual([{ status: 'found', reason: '', kind: of.kind }]);
      const limit = findings.limits[0] as FoundLimit;
      expect(limit.scope).toEqual(of.scope);
      expect(limit.intervals.capacity).toEqual({ low: of.limit, high: of.limit });
      const low = limit.intervals.windowMs?.low ?? NaN;
      const high = limit.intervals.windowMs?.high ?? NaN;
      expect(low).toBeLessThanOrEqual(of.windowMs);
      expect(high).toBeGreaterThanOrEqual(of.windowMs);
      expect(high - low).toBeLessThan(of.windowMs / 4);
    },
    90_000,
  );
});
