/** Random policies and traffic for the oracle and the laws: small numbers, so that borders are hit all the time. */
import type { Caller, GatewayRequest, KeyedRandom } from '../../mock-server/gateway.ts';
import { parsePolicy, type Algorithm, type Policy } from '../../mock-server/policy.ts';

/** A sequential generator of numbers in [0, 1) (Mulberry32). */
export function dice(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A keyed hash in [0, 1): FNV-1a with a final mix. */
export const keyedRandom: KeyedRandom = (stream, entity, index) => {
  let hash = 0x811c9dc5;
  for (const text of [stream, '|', entity, '|', String(index)]) {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};

/** The seven shapes of a bucket. */
export const SHAPES = [
  'fixed-window from the epoch',
  'fixed-window from the first request',
  'sliding-window-log',
  'sliding-window-counter',
  'token-bucket, continuous',
  'token-bucket, in steps',
  'concurrency',
] as const;
/** One of {@link SHAPES}. */
export type Shape = (typeof SHAPES)[number];

const pick = <T>(next: () => number, values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
const whole = (next: () => number, from: number, to: number) => from + Math.floor(next() * (to - from + 1));

/** Numbers for a shape; every bucket admits at least a cost of 3. */
export function randomAlgorithm(next: () => number, shape: Shape): Algorithm {
  const limit = whole(next, 3, 12);
  const windowMs = pick(next, [100, 1000, 777, 4096]);
  const refillPerSecond = whole(next, 1, 160) / 8;
  switch (shape) {
    case 'fixed-window from the epoch':
      return { kind: 'fixed-window', limit, windowMs, anchor: 'epoch' };
    case 'fixed-window from the first request':
      return { kind: 'fixed-window', limit, windowMs, anchor: 'first-request' };
    case 'sliding-window-log':
    case 'sliding-window-counter':
      return { kind: shape, limit, windowMs };
    case 'token-bucket, continuous':
      return { kind: 'token-bucket', capacity: limit, refillPerSecond, stepMs: 0 };
    case 'token-bucket, in steps':
      return { kind: 'token-bucket', capacity: limit, refillPerSecond, stepMs: pick(next, [10, 250, 1000, 333]) };
    case 'concurrency':
  }
  return { kind: 'concurrency', limit };
}

/** A policy whose first limit has the shape, with up to three others beside it. Service takes no time that dice decide. */
export function randomPolicy(next: () => number, shape: Shape, most = 4): Policy {
  const limits = Array.from({ length: whole(next, 1, most) }, (_, index) => {
    const algorithm = randomAlgorithm(next, index === 0 ? shape : pick(next, SHAPES));
    const refill = algorithm.kind === 'token-bucket' ? { refillPerSecond: 2.5 } : {};
    return {
      name: `limit-${index}`,
      scope: pick(next, [[], ['org'], ['token'], ['org', 'route'], ['client', 'user', 'ip'], ['app', 'token']]),
      match: next() < 0.7 ? {} : { paths: pick(next, [['/a/**'], ['/a/*'], ['/b', '/a/1']]) },
      algorithm,
      cost: next() < 0.5 ? 1 : { base: whole(next, 1, 2), perItem: whole(next, 0, 1), routes: costRoutes(next) },
      counts: algorithm.kind !== 'concurrency' && next() < 0.3 ? 'all' : 'admitted',
      tiers: next() < 0.3 ? [{ tier: 'premium', limit: 15, ...refill }] : [],
    };
  });
  return parsePolicy({ name: shape, limits, latency: [{ medianMs: whole(next, 0, 400), sigma: 0 }] });
}

function costRoutes(next: () => number): unknown[] {
  if (next() < 0.5) return [];
  return [{ match: { methods: ['POST'] }, base: whole(next, 0, 3), perItem: whole(next, 0, 1) }];
}

/** Eight callers of three organizations, every third premium. */
export const CALLERS: readonly Caller[] = Array.from({ length: 8 }, (_, index) => ({
  org: `org-${index % 3}`,
  client: `client-${index % 2}`,
  token: `token-${index}`,
  user: `user-${index % 4}`,
  app: 'app',
  ip: `ip-${index % 2}`,
  tier: index % 3 === 2 ? 'premium' : 'standard',
  permitted: true,
}));

/** A random request of one of the first `callers` callers. */
export function randomRequest(next: () => number, callers: number): GatewayRequest {
  return {
    caller: CALLERS[Math.floor(next() * callers)] as Caller,
    method: next() < 0.8 ? 'GET' : 'POST',
    path: pick(next, ['/a', '/a/1', '/a/1/x', '/b']),
    items: next() < 0.8 ? 1 : whole(next, 2, 3),
    requestId: '',
  };
}

/** A gap between requests: often none, sometimes a border of a window, sometimes long. */
export function randomGapMs(next: () => number, nowMs: number): number {
  const kind = next();
  if (kind < 0.25) return 0;
  if (kind < 0.75) return whole(next, 1, 60);
  if (kind < 0.85) return whole(next, 61, 1500);
  if (kind < 0.95) {
    const windowMs = pick(next, [100, 1000, 777, 4096]);
    return windowMs - (nowMs % windowMs) - whole(next, 0, 1);
  }
  return whole(next, 1500, 20_000);
}

/** A policy with anything that may carry state: stale headers, lag, random hints, penalties, quirks, background, service dice. */
export function randomFullPolicy(next: () => number): Policy {
  const plain = randomPolicy(next, pick(next, SHAPES));
  const limits = plain.limits.map((limit) => ({
    ...limit,
    retryAfter: pick(next, ['exact', 'absent', 'http-date', { uniformMs: [1000, 30_000] }, { fixedMs: 2500 }]),
    silent: next() < 0.2,
  }));
  const spoken = pick(next, plain.limits);
  return parsePolicy({
    name: 'full',
    limits,
    headers: {
      dialect: pick(next, ['none', 'x-ratelimit', 'x-rate-limit', 'inin-ratelimit']),
      on: pick(next, ['always', 'admitted', 'rejected']),
      speaksOf: spoken.name,
      staleMs: spoken.algorithm.kind === 'concurrency' ? 0 : pick(next, [0, 0, 150, 3000]),
    },
    penalties: next() < 0.5 ? [] : [randomPenalty(next)],
    background: next() < 0.5 ? [] : randomBackground(next),
    latency: [{ medianMs: 50, sigma: 0.5, perItemMs: 3, loadFactor: 0.25 }],
    enforcementLagMs: pick(next, [0, 0, 40, 500]),
    quirks: {
      requestIdReuse: next() < 0.5 ? null : { windowMs: pick(next, [500, 5000]) },
      forbiddenAs429: next() < 0.5 ? null : { match: { paths: ['/a/**'] }, share: 0.5 },
    },
  });
}

function randomPenalty(next: () => number): unknown {
  return {
    name: 'defiance',
    scope: pick(next, [['org'], ['token'], ['ip', 'route']]),
    memoryMs: pick(next, [2000, 20_000]),
    graceMs: pick(next, [0, 50]),
    extends: next() < 0.5,
    stages: [
      { name: 'block', afterStrikes: 2, effect: 'tenant-block', durationMs: 1500 },
      { name: 'unavailable', afterStrikes: 5, effect: 'unavailable', durationMs: 2500 },
      { name: 'ban', afterStrikes: 9, effect: 'ip-ban', durationMs: 6000 },
    ],
  };
}

function randomBackground(next: () => number): unknown[] {
  const zones = ['UTC', 'America/Los_Angeles', 'Asia/Kolkata'];
  return Array.from({ length: whole(next, 1, 2) }, (_, index) => ({
    name: `others-${index}`,
    identity: pick(next, [{}, { org: 'org-0' }, { org: 'org-1', token: 'token-1', ip: 'ip-1' }]),
    path: pick(next, ['/a/1', '/b']),
    ratePerSecond: pick(next, [0.2, 2, 8]),
    timeZone: pick(next, zones),
  }));
}
