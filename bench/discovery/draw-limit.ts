/** One random limit: its algorithm, whom and what it counts, what a request costs, what its rejections tell. */
import type { Algorithm, RetryAfterHint, ScopeKey } from '../../mock-server/policy.ts';
import type { Random } from '../../src/random/random.ts';
import { greatestDivisor, logBetween, logWhole, weighted } from './draws.ts';
import { LABELS, ROUTES } from './universe.ts';

/** Least and greatest capacity, in units; of concurrency limits, which only probes under way at once can fill, the greatest is 100. */
export const CAPACITY = [5, 5000] as const;
const CONCURRENCY_MAX = 100;
/** Least and greatest window, and time in which an empty token bucket is full again, ms. */
export const WINDOW_MS = [1000, 3_600_000] as const;
/** Least step of a token bucket, ms. */
export const STEP_MS_MIN = 20;
/** Least share of a token that arrives in a step: with less, a stepwise bucket is a continuous one to within that share of a token's time. */
export const STEP_TOKENS_MIN = 0.05;

/** A limit as the generator draws it: the routes by index. */
export interface DrawnLimit {
  readonly name: string;
  readonly scope: readonly ScopeKey[];
  /** Indices of routes, ascending, with what one request costs. */
  readonly costs: ReadonlyMap<number, number>;
  readonly algorithm: Algorithm;
  readonly counts: 'admitted' | 'all';
  readonly retryAfter: RetryAfterHint;
  readonly silent: boolean;
}

type Kind = 'epoch' | 'first-request' | 'log' | 'counter' | 'continuous' | 'stepwise' | 'concurrency';

/** What is settled of a limit before its other parts are drawn. */
export interface Wanted {
  readonly scope?: readonly ScopeKey[];
  readonly routes?: readonly number[];
  readonly windowMs?: number;
  /** Requests of the cheapest route. */
  readonly requests?: number;
  readonly mayBeConcurrency?: boolean;
}

/** Draws a limit. */
export function drawLimit(random: Random, name: string, wanted: Wanted = {}): DrawnLimit {
  const kind = weighted<Kind>(random, [
    [1, 'epoch'],
    [1, 'first-request'],
    [1, 'log'],
    [1, 'counter'],
    [1, 'continuous'],
    [1, 'stepwise'],
    [wanted.mayBeConcurrency === false ? 0 : 0.7, 'concurrency'],
  ]);
  const routes = wanted.routes ?? drawRoutes(random);
  const scope = wanted.scope ?? drawScope(random, routes);
  const [, capacityMax] = kind === 'concurrency' ? [0, CONCURRENCY_MAX] : CAPACITY;
  const costs = drawCosts(random, routes, capacityMax);
  const capacity = drawCapacity(random, kind, [...costs.values()], capacityMax, wanted.requests);
  const windowMs = wanted.windowMs ?? logWhole(random, ...WINDOW_MS);
  return {
    name,
    scope,
    costs,
    algorithm: drawAlgorithm(random, kind, capacity, windowMs),
    counts: kind !== 'concurrency' && random.next() < 0.25 ? 'all' : 'admitted',
    retryAfter: drawRetryAfter(random),
    silent: random.next() < 0.2,
  };
}

function drawAlgorithm(random: Random, kind: Kind, capacity: number, windowMs: number): Algorithm {
  switch (kind) {
    case 'epoch':
    case 'first-request':
      return { kind: 'fixed-window', limit: capacity, windowMs, anchor: kind };
    case 'log':
      return { kind: 'sliding-window-log', limit: capacity, windowMs };
    case 'counter':
      return { kind: 'sliding-window-counter', limit: capacity, windowMs };
    case 'continuous': {
      const refillPerSecond = Number(((capacity / windowMs) * 1000).toPrecision(6));
      return { kind: 'token-bucket', capacity, refillPerSecond, stepMs: 0 };
    }
    case 'stepwise':
      return { kind: 'token-bucket', capacity, ...drawSteps(random, capacity, windowMs) };
    case 'concurrency':
  }
  return { kind, limit: capacity };
}

/** Half of the time whole tokens arrive in a step, else any number of them. A bucket is full again after about `windowMs`. */
function drawSteps(random: Random, capacity: number, windowMs: number): { refillPerSecond: number; stepMs: number } {
  if (random.next() < 0.5) {
    const tokenMs = windowMs / capacity;
    const stepMs = logWhole(random, Math.max(STEP_MS_MIN, Math.ceil(STEP_TOKENS_MIN * tokenMs)), windowMs);
    return { refillPerSecond: Number(((capacity / windowMs) * 1000).toPrecision(6)), stepMs };
  }
  const tokens = logWhole(random, 1, capacity);
  const stepMs = Math.max(STEP_MS_MIN, Math.round((windowMs * tokens) / capacity));
  // Rounded up in the twelfth digit: the product with the step, in floating point, must not fall short of the whole tokens.
  const exact = (tokens * 1000) / stepMs;
  return { refillPerSecond: Number((exact * (1 + 2e-12)).toPrecision(13)), stepMs };
}

function drawRoutes(random: Random): readonly number[] {
  const all = ROUTES.map((_, index) => index);
  const many = weighted(random, [
    [0.45, all.length],
    [0.25, 1],
    [0.2, 2],
    [0.1, 3],
  ]);
  return random
    .shuffled(all)
    .slice(0, many)
    .toSorted((a, b) => a - b);
}

/** Mostly what real limits count by, sometimes any one to three labels. */
function drawScope(random: Random, routes: readonly number[]): readonly ScopeKey[] {
  const byRoute = routes.length > 1 && random.next() < 0.2 ? (['route'] as const) : [];
  if (random.next() < 0.2) {
    const many = random.integer(1, 3);
    const some = new Set(random.shuffled(LABELS).slice(0, many));
    return [...LABELS.filter((label) => some.has(label)), ...byRoute];
  }
  const scope = weighted<readonly ScopeKey[]>(random, [
    [20, ['org']],
    [18, ['client']],
    [18, ['token']],
    [10, ['user']],
    [6, ['app']],
    [8, ['ip']],
    [8, []],
    [4, ['client', 'user']],
    [4, ['org', 'app']],
    [4, ['org', 'ip']],
  ]);
  return [...scope, ...byRoute];
}

/** 1 for most, a constant for some, different per route for others. */
function drawCosts(random: Random, routes: readonly number[], capacityMax: number): ReadonlyMap<number, number> {
  const kind = weighted(random, [
    [0.6, 'one'],
    [0.15, 'constant'],
    [0.25, 'per-route'],
  ] as const);
  const most = Math.min(20, Math.floor(capacityMax / 10));
  if (kind === 'one') return new Map(routes.map((route) => [route, 1]));
  if (kind === 'constant') {
    const cost = random.integer(2, most);
    return new Map(routes.map((route) => [route, cost]));
  }
  const least = random.next() < 0.7 ? 1 : random.integer(2, 5);
  const cheapest = random.integer(0, routes.length - 1);
  return new Map(routes.map((route, at) => [route, at === cheapest ? least : logWhole(random, least, most)]));
}

/**
 * At least five requests of the cheapest route and one of the dearest fit. Where a fraction of a request would show (a bucket's tokens, a weighted
 * count) the capacity is a whole number of the costs' greatest divisor.
 */
function drawCapacity(
  random: Random,
  kind: Kind,
  costs: readonly number[],
  capacityMax: number,
  requests: number | undefined,
): number {
  const cheapest = Math.min(...costs);
  const least = Math.max(CAPACITY[0] * cheapest, Math.max(...costs));
  const settled = requests !== undefined && kind !== 'concurrency' && requests * cheapest <= capacityMax;
  const capacity = settled ? Math.max(least, requests * cheapest) : logWhole(random, least, capacityMax);
  if (kind === 'epoch' || kind === 'first-request' || kind === 'log') return capacity;
  const divisor = greatestDivisor(costs);
  return Math.max(Math.ceil(least / divisor), Math.floor(capacity / divisor)) * divisor;
}

function drawRetryAfter(random: Random): RetryAfterHint {
  const kind = weighted(random, [
    [0.4, 'exact'],
    [0.2, 'absent'],
    [0.15, 'fixed'],
    [0.15, 'uniform'],
    [0.1, 'http-date'],
  ] as const);
  if (kind === 'fixed') return { kind, afterMs: logWhole(random, 1, 120) * 1000 };
  if (kind !== 'uniform') return { kind };
  const fromMs = logWhole(random, 1, 60) * 1000;
  return { kind, fromMs, toMs: fromMs + Math.ceil(logBetween(random, 1, 120)) * 1000 };
}
