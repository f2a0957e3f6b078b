/** How long to wait for more than one request's room at a time. */
import type { Point } from './black-box.ts';
import type { KnownLimits } from './known-limits.ts';

/** Token buckets give a token at a time: a quarter of a bucket at a time wastes none of it, ms. 0: no known bucket concerns the points. */
export function refillPauseMs({ limits }: KnownLimits, points: readonly Point[]): number {
  const pauses = limits.flatMap(({ costs, hypothesis: { shape, capacity } }) => {
    if (shape.kind !== 'token-bucket' || !points.some(({ route }) => (costs.get(route) ?? 0) > 0)) return [];
    return [(capacity / 4 / shape.refillPerSecond) * 1000];
  });
  return pauses.length === 0 ? 0 : Math.min(...pauses);
}
