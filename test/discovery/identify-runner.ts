/**
 * Lets `identify` loose on random gateways of one limit each, in virtual time. Off any grid: capacities 5 to 5000 and windows 1 s to 1 h, both
 * log-uniform whole numbers; token rates any real. Also a development tool: `npx jiti test/discovery/identify-measure.ts <first seed> <how many>`.
 */
import { type Algorithm, parsePolicy } from '../../mock-server/policy.ts';
import { identify } from '../../src/discovery/identify/identify.ts';
import { KnownLimits } from '../../src/discovery/known-limits.ts';
import { Prober } from '../../src/discovery/prober.ts';
import type { Identified } from '../../src/discovery/stream.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

/** One gateway. */
export interface Truth {
  readonly seed: number;
  readonly algorithm: Algorithm;
  readonly counts: 'admitted' | 'all';
  readonly cost: number;
  readonly medianMs: number;
  readonly startsAtMs: number;
}

/** What became of it. `right`: the family and its kind; `exact`: every whole number, and rates within 1 %. */
export interface Trial {
  readonly truth: Truth;
  readonly identified: Identified;
  readonly right: boolean;
  readonly exact: boolean;
  readonly probes: number;
  /** Capacity in requests. */
  readonly fits: number;
  readonly cpuMs: number;
  readonly overMs: number;
}

/** A gateway by its seed. */
export function truthOf(seed: number): Truth {
  const random = createRandomSource(seed);
  const uniform = (name: string) => random.at(name, '', 0);
  const logUniform = (name: string, from: number, to: number) => from * (to / from) ** uniform(name);
  const limit = Math.round(logUniform('capacity', 5, 5000));
  const windowMs = Math.round(logUniform('window', 1000, 3_600_000));
  const kind = Math.floor(uniform('family') * 7);
  const rate = (limit / windowMs) * 1000 * (0.7 + 0.6 * uniform('rate'));
  const algorithms: Algorithm[] = [
    { kind: 'fixed-window', limit, windowMs, anchor: 'epoch' },
    { kind: 'fixed-window', limit, windowMs, anchor: 'first-request' },
    { kind: 'sliding-window-log', limit, windowMs },
    { kind: 'sliding-window-counter', limit, windowMs },
    { kind: 'token-bucket', capacity: limit, refillPerSecond: rate, stepMs: 0 },
    {
      kind: 'token-bucket',
      capacity: limit,
      refillPerSecond: rate,
      stepMs: Math.max(20, Math.round(windowMs * 0.6 * uniform('step') ** 2)),
    },
    { kind: 'concurrency', limit: Math.min(limit, 500) },
  ];
  const algorithm = algorithms[kind] as Algorithm;
  return {
    seed,
    algorithm,
    counts: uniform('counts') < 0.3 && algorithm.kind !== 'concurrency' ? 'all' : 'admitted',
    cost: uniform('costly') < 0.1 && limit >= 20 ? 2 + Math.floor(uniform('cost') * 3) : 1,
    medianMs: logUniform('median', 20, 200),
    startsAtMs: 1_770_000_000_000 + Math.floor(uniform('start') * 10_000_000_000),
  };
}

/** Identifies one gateway. `now` is a clock for CPU time, ms. */
export async function tryOne(truth: Truth, now: () => number): Promise<Trial> {
  const { algorithm, counts, cost, medianMs, startsAtMs, seed } = truth;
  const policy = parsePolicy({
    name: 'one',
    limits: [{ name: 'one', scope: ['org'], algorithm, counts, cost, retryAfter: 'absent' }],
    latency: [{ match: {}, medianMs }],
  });
  const caller = { org: 'o', client: 'c', token: 't', user: 'u', app: 'a', ip: 'i', tier: 'standard', permitted: true };
  const box = createPolicyBlackBox({ policy, callers: [caller], seed, startsAtMs, deadlineMs: startsAtMs + 1e11 });
  const startMs = now();
  const outcome = await box.run(async () => {
    const prober = new Prober(
      {
        fetch: box.fetch,
        clock: box.clock,
        baseUrl: box.baseUrl,
        identities: [{ name: 'a', labels: {}, headers: { authorization: 'Bearer t' } }],
        routes: [{ name: 'r', method: 'GET', path: '/x', headers: {}, body: '' }],
      },
      { budget: { requests: 1e6, rejections: 1e6, timeMs: 1e12 }, inFlight: 1e5, defy: true },
    );
    const identified = await identify(
      { prober, points: [{ identity: 0, route: 0 }], known: new KnownLimits([], [], prober.events) },
      { lookRequests: 20_000, lookMs: 3_600_000 },
    );
    return { identified, probes: prober.events.length, overMs: prober.nowMs - startsAtMs };
  });
  if (!('value' in outcome)) throw new Error(`Cannot finish seed ${seed}: ${JSON.stringify(outcome)}`);
  const { identified, probes, overMs } = outcome.value;
  const size = algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
  const fits = Math.floor(size / cost);
  return { truth, identified, ...judge(truth, identified, fits), probes, fits, cpuMs: now() - startMs, overMs };
}

function judge({ algorithm, counts, cost }: Truth, identified: Identified, fits: number) {
  const wrong = { right: false, exact: false };
  if (identified.kind !== 'found') return wrong;
  const { shape, capacity } = identified.hypothesis;
  const stepsFillAll =
    algorithm.kind === 'token-bucket' && (algorithm.refillPerSecond * algorithm.stepMs) / 1000 >= algorithm.capacity;
  if (stepsFillAll) {
    const right = shape.kind === 'fixed-window' && shape.anchor === 'first-request';
    return { right, exact: right && capacity === fits && shape.windowMs === algorithm.stepMs };
  }
  if (shape.kind !== algorithm.kind) return wrong;
  if (identified.countsKnown ? identified.hypothesis.counts !== counts : shape.kind !== 'fixed-window') return wrong;
  if (shape.kind === 'token-bucket' && algorithm.kind === 'token-bucket') {
    if ((shape.stepMs === 0) !== (algorithm.stepMs === 0)) return wrong;
    const rateShare = (shape.refillPerSecond * cost) / algorithm.refillPerSecond;
    // With a cost, what is left of an uneven capacity is a fraction of a request.
    const whole = Math.abs(capacity - fits) <= (cost > 1 ? 1 : 0);
    return { right: true, exact: whole && shape.stepMs === algorithm.stepMs && Math.abs(rateShare - 1) < 0.01 };
  }
  if (shape.kind === 'concurrency') return { right: true, exact: capacity === fits };
  if (shape.kind === 'fixed-window' && algorithm.kind === 'fixed-window' && shape.anchor !== algorithm.anchor) {
    return wrong;
  }
  const windowed = algorithm as Extract<Algorithm, { windowMs: number }>;
  return {
    right: true,
    // A counter's releases show the fraction of an uneven capacity.
    exact:
      (shape.kind === 'sliding-window-counter' ? Math.floor(capacity) : capacity) === fits &&
      (shape as Extract<typeof shape, { windowMs: number }>).windowMs === windowed.windowMs,
  };
}
