/** Views of limits that see charges late: the truth is never ruled out, whatever is sent at whatever times, and the limit is identified exactly. */
import { describe, expect, it } from 'vitest';
import type { Algorithm } from '../../mock-server/policy.ts';
import { compressed, fitted } from '../../src/discovery/fit/candidate.ts';
import { logsIn } from '../../src/discovery/fit/log-boxes.ts';
import {
  type Counting,
  counterFits,
  epochFits,
  FIXED,
  glanceOf,
  type Packed,
  packed,
} from '../../src/discovery/fit/packed.ts';
import { ratesIn } from '../../src/discovery/fit/token-boxes.ts';
import { seenLate, type View, viewOf } from '../../src/discovery/fit/view.ts';
import type { Hypothesis, Shape } from '../../src/discovery/hypothesis.ts';
import { identify } from '../../src/discovery/identify/identify.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { Random } from '../../src/random/random.ts';
import { noisyGateway, on, type NoisyGateway } from './noisy-gateways.ts';

const POINT = { identity: 0, route: 0 };

function algorithmFrom(random: Random, limit: number, windowMs: number): Algorithm {
  const refillPerSecond = (limit / windowMs) * 1000;
  const kinds: Algorithm[] = [
    { kind: 'fixed-window', limit, windowMs, anchor: 'epoch' },
    { kind: 'fixed-window', limit, windowMs, anchor: 'first-request' },
    { kind: 'sliding-window-log', limit, windowMs },
    { kind: 'sliding-window-counter', limit, windowMs },
    { kind: 'token-bucket', capacity: limit, refillPerSecond, stepMs: 0 },
    { kind: 'token-bucket', capacity: limit, refillPerSecond, stepMs: Math.round(windowMs / random.integer(3, 9)) },
  ];
  return kinds[random.integer(0, kinds.length - 1)] as Algorithm;
}

function lagging(seed: number): NoisyGateway {
  const random = createRandomSource(seed).stream('seen-late');
  return {
    ...noisyGateway('lag', seed),
    algorithm: algorithmFrom(random, random.integer(5, 30), random.integer(1000, 20_000)),
    counts: random.next() < 0.5 ? 'all' : 'admitted',
    lagMs: random.integer(5, 200),
  };
}

function passes(view: Packed, windowMs: number, counting: Counting): boolean {
  const fits = counting.counter ? counterFits(view, windowMs, counting) : epochFits(view, windowMs);
  return fits && glanceOf(view, counting)(windowMs);
}

/** Whether every way to look at the family finds the truth among what the view allows. */
function allows(view: View, algorithm: Algorithm, counts: Hypothesis['counts']): boolean {
  const all = counts === 'all';
  const short = packed(all ? view : compressed(view));
  switch (algorithm.kind) {
    case 'fixed-window':
      return algorithm.anchor === 'first-request' || passes(packed(compressed(view)), algorithm.windowMs, FIXED);
    case 'sliding-window-log':
      return [0, 100].every((off) =>
        logsIn({ low: algorithm.windowMs - off, high: algorithm.windowMs + off }, view, all),
      );
    case 'sliding-window-counter':
      return [true, false].every((whole) => passes(short, algorithm.windowMs, { counter: true, all, whole }));
    case 'token-bucket': {
      const { capacity, stepMs, refillPerSecond } = algorithm;
      const one = { stepLow: stepMs, stepHigh: stepMs, capacityLow: capacity, capacityHigh: capacity };
      const rate = refillPerSecond / 1000;
      const isIn = ratesIn(one, view, all).some(({ low, high }) => low <= rate * (1 + 1e-9) && rate <= high);
      const around =
        stepMs === 0 ? one : { ...one, stepLow: stepMs - 9, stepHigh: stepMs + 9, capacityHigh: capacity + 2 };
      return isIn && ratesIn(around, view, all).length > 0;
    }
    case 'concurrency':
  }
  return false;
}

describe('views of charges that are seen late', () => {
  it.each(Array.from({ length: 60 }, (_, at) => 958_700 + at))('never rule out the truth, seed %i', async (seed) => {
    const gateway = lagging(seed);
    const { algorithm, counts, lagMs } = gateway;
    const capacity = 'limit' in algorithm ? algorithm.limit : algorithm.capacity;
    const random = createRandomSource(seed).stream('traffic');
    const events = await on(gateway, async (prober) => {
      const answers: Promise<unknown>[] = [];
      for (let at = 0; at < 150; at++) {
        const size = random.next() < 0.1 ? capacity + 3 : random.integer(1, 3);
        answers.push(prober.sendMany(Array.from({ length: size }, () => POINT)));
        const longMs = random.next() < 0.1 ? 9000 : 0;
        await prober.waitUntil(prober.nowMs + random.integer(0, 2 * lagMs) + random.integer(0, longMs));
      }
      await Promise.all(answers);
      return prober.events;
    });
    const view = seenLate(viewOf(events, { costOf: () => 1 }), lagMs, Number.POSITIVE_INFINITY);
    expect(allows(view, algorithm, counts)).toBe(true);
    const { kind, ...numbers } = algorithm;
    const fit = fitted(view, { kind, ...numbers } as Shape, counts);
    // A bucket that counts what it rejects needs its capacity for the replay.
    if (kind === 'token-bucket' && counts === 'all') return;
    expect(fit?.low).toBeLessThanOrEqual(capacity);
    expect(fit?.high).toBeGreaterThanOrEqual(capacity);
  });
});

describe('identify', () => {
  it.each([958_801, 958_802, 958_803])('finds a limit that sees charges late exactly, seed %i', async (seed) => {
    const gateway = lagging(seed);
    const { algorithm, lagMs } = gateway;
    const found = await on(gateway, (prober, known) => {
      prober.lagMs = lagMs;
      return identify({ prober, points: [POINT], known, lagMs }, { lookRequests: 5000, lookMs: 1e7 });
    });
    const hypothesis = found.kind === 'found' ? found.hypothesis : null;
    const windowOf = (one: object | undefined) => (one !== undefined && 'windowMs' in one ? one.windowMs : null);
    expect(hypothesis?.shape.kind).toBe(algorithm.kind);
    expect(hypothesis?.capacity).toBe('limit' in algorithm ? algorithm.limit : algorithm.capacity);
    expect(windowOf(hypothesis?.shape)).toBe(windowOf(algorithm));
  });
});
