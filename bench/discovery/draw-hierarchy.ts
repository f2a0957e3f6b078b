/** Several limits at once: half of the time nested as real ones are, else arbitrary. */
import type { Algorithm, ScopeKey } from '../../mock-server/policy.ts';
import type { Random } from '../../src/random/random.ts';
import { type DrawnLimit, drawLimit, CAPACITY, WINDOW_MS } from './draw-limit.ts';
import { logBetween, logWhole, weighted } from './draws.ts';
import { ROUTES } from './universe.ts';

/** From the finest to the coarsest, and how many of one fall into one of another within the first organization (all of it: within everything). */
const CHAIN: readonly { readonly scope: readonly ScopeKey[]; readonly buckets: readonly number[] }[] = [
  { scope: ['token'], buckets: [1, 5, 6, 8] },
  { scope: ['client'], buckets: [0, 1, 2, 4] },
  { scope: ['org'], buckets: [0, 0, 1, 2] },
  { scope: [], buckets: [0, 0, 0, 1] },
];

/** Draws so many limits. */
export function drawLimits(random: Random, count: number, serviceMs: number): readonly DrawnLimit[] {
  const nested = count > 1 && random.next() < 0.5;
  const drawn = nested
    ? drawNested(random, count, serviceMs)
    : Array.from({ length: count }, () => drawLimit(random, ''));
  return random.shuffled(drawn).map((limit, index) => ({ ...limit, name: `limit-${index + 1}` }));
}

/** Each parent counts by the same or less than its child, fits more, and holds what its children could do together below their sum. */
function drawNested(random: Random, count: number, serviceMs: number): readonly DrawnLimit[] {
  const levels = Array.from({ length: count }, () => random.integer(0, CHAIN.length - 1)).toSorted((a, b) => a - b);
  const limits: DrawnLimit[] = [];
  for (const [at, level] of levels.entries()) {
    const { scope } = CHAIN[level] as (typeof CHAIN)[number];
    const child = limits.at(-1);
    if (child === undefined) {
      limits.push(drawLimit(random, '', { scope, requests: logWhole(random, CAPACITY[0], 300) }));
      continue;
    }
    const fan = CHAIN[levels[at - 1] as number]?.buckets[level] ?? 1;
    const fits = requestsOf(child);
    const requests = below(random, CAPACITY[1], Math.ceil(fits * logBetween(random, 1.5, Math.max(20, 4 * fan))));
    const perSecond =
      requestsPerSecond(child, serviceMs) * (fan > 1 ? fan * random.between(0.3, 0.85) : random.between(0.2, 0.9));
    const windowMs = below(random, WINDOW_MS[1], Math.max(WINDOW_MS[0], Math.round((requests / perSecond) * 1000)));
    const everything = ROUTES.map((_, index) => index);
    const routes = weighted(random, [
      [0.7, everything],
      [0.3, [...child.costs.keys()]],
    ]);
    limits.push(drawLimit(random, '', { scope, routes, requests, windowMs, mayBeConcurrency: false }));
  }
  return limits;
}

/** A number, or what is somewhat below the most that it may be: not always that same most. */
function below(random: Random, most: number, wanted: number): number {
  return wanted <= most ? wanted : random.integer(Math.ceil(0.8 * most), most);
}

/** How many requests of its cheapest route a limit admits at once. */
function requestsOf({ algorithm, costs }: DrawnLimit): number {
  const units = algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
  return Math.max(1, Math.floor(units / Math.min(...costs.values())));
}

/** How many units per second a limit admits in the long run. `serviceMs`: how long a request holds its place. */
export function unitsPerSecond(algorithm: Algorithm, serviceMs: number): number {
  if (algorithm.kind === 'token-bucket') {
    const { refillPerSecond, stepMs, capacity } = algorithm;
    return stepMs === 0 ? refillPerSecond : Math.min(refillPerSecond, (capacity / stepMs) * 1000);
  }
  return (algorithm.limit / (algorithm.kind === 'concurrency' ? serviceMs : algorithm.windowMs)) * 1000;
}

/** The same in requests of the cheapest route. */
export function requestsPerSecond(
  { algorithm, costs }: Pick<DrawnLimit, 'algorithm' | 'costs'>,
  serviceMs: number,
): number {
  return unitsPerSecond(algorithm, serviceMs) / Math.min(...costs.values());
}
