/** The inference with bounded errors: it never rules out the truth, and it finds it. */
import { describe, expect, it } from 'vitest';
import { continuousIn, steppedIn } from '../../src/discovery/bounded/tokens.ts';
import { heldIn } from '../../src/discovery/bounded/concurrency.ts';
import { identifyBoundedly } from '../../src/discovery/bounded/identify-boundedly.ts';
import { type Volley, volleysOf } from '../../src/discovery/bounded/volleys.ts';
import { counterIn, epochIn, logsIn, openedIn } from '../../src/discovery/bounded/windows.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { gradeOf, type NoisyGateway, noisyGateway, on } from './noisy-gateways.ts';

/** A small limit with random jitter, errors and lag. */
function gatewayOf(seed: number): NoisyGateway {
  const drawn = noisyGateway('errors', seed);
  const dice = (what: string) => createRandomSource(seed).at('bounded', what, 0);
  const { algorithm } = drawn;
  const windowMs = 1000 + Math.round(dice('window') * 20_000);
  const limit = 5 + Math.round(dice('limit') * 30);
  const small =
    algorithm.kind === 'token-bucket'
      ? {
          ...algorithm,
          capacity: limit,
          refillPerSecond: Number(((limit / windowMs) * 1000).toPrecision(6)),
          stepMs: algorithm.stepMs === 0 ? 0 : Math.round(windowMs * (0.1 + 0.4 * dice('step'))),
        }
      : 'windowMs' in algorithm
        ? { ...algorithm, limit, windowMs }
        : { ...algorithm, limit };
  const errorShare = dice('errors') < 0.5 ? 0 : 0.1;
  const disturbance = { ...drawn.disturbance, errorShare, jitterMs: Math.round(dice('jitter') * 50) };
  return { ...drawn, algorithm: small, disturbance, lagMs: dice('lags') < 0.7 ? 0 : Math.round(dice('lag') * 200) };
}

/** The capacities that the truth's own box leaves; null: it was ruled out. */
function leftOfTruth({ algorithm, counts, lagMs }: NoisyGateway, volleys: readonly Volley[], backMs: number) {
  const conditions = { all: counts === 'all', lags: lagMs > 0 };
  const near = (value: number) => ({ low: value * 0.99, high: value * 1.01 });
  switch (algorithm.kind) {
    case 'sliding-window-log':
      return logsIn(near(algorithm.windowMs), volleys, conditions);
    case 'sliding-window-counter':
      return counterIn(algorithm.windowMs, volleys, conditions);
    case 'fixed-window':
      if (algorithm.anchor === 'epoch') return epochIn(algorithm.windowMs, volleys, conditions);
      return openedIn(near(algorithm.windowMs), volleys, conditions);
    case 'token-bucket': {
      const rate = near(algorithm.refillPerSecond / 1000);
      const step = algorithm.stepMs === 0 ? { low: 0, high: 20 } : near(algorithm.stepMs);
      const box = { rateLow: rate.low, rateHigh: rate.high, stepLow: step.low, stepHigh: step.high };
      return (algorithm.stepMs === 0 ? continuousIn : steppedIn)(box, volleys, conditions);
    }
    case 'concurrency':
  }
  return heldIn(volleys, backMs, lagMs > 0);
}

describe('the checks of the families', () => {
  it.each(Array.from({ length: 40 }, (_, at) => 930_600 + at))('never rule out the truth, seed %i', async (seed) => {
    const gateway = gatewayOf(seed);
    const { algorithm, lagMs, disturbance } = gateway;
    const capacity = 'limit' in algorithm ? algorithm.limit : algorithm.capacity;
    const scaleMs =
      'windowMs' in algorithm
        ? algorithm.windowMs
        : 'refillPerSecond' in algorithm
          ? (capacity / algorithm.refillPerSecond) * 1000
          : 500;
    const random = createRandomSource(seed);
    const events = await on(gateway, async (prober) => {
      for (let at = 0; at < 60; at++) {
        const dice = (what: string) => random.at('traffic', what, at);
        const size = dice('full') < 0.3 ? capacity + 4 : 1 + Math.floor(dice('size') * 4);
        await prober.sendMany(Array.from({ length: size }, () => ({ identity: 0, route: 0 })));
        const waitMs = dice('waits') < 0.4 ? 0 : dice('wait') * scaleMs * (dice('long') < 0.3 ? 2.5 : 0.6);
        await prober.waitUntil(prober.nowMs + waitMs);
      }
      return prober.events;
    });
    const delays = { wayMs: disturbance.jitterMs, backMs: 0, lagMs };
    const left = leftOfTruth(gateway, volleysOf(events, delays), disturbance.jitterMs);
    expect(left).not.toBeNull();
    expect(left?.low).toBeLessThanOrEqual(capacity + 1e-6);
    expect(left?.high).toBeGreaterThanOrEqual(capacity - 1e-6);
  });
});

describe('identifyBoundedly', () => {
  it.each([930_004, 930_003])(
    'under 50 ms of jitter finds family and numbers, seed %i',
    async (seed) => {
      const gateway = noisyGateway('jitter', seed);
      const identified = await on(gateway, (prober, known) =>
        identifyBoundedly(
          { prober, points: [{ identity: 0, route: 0 }], known },
          { requests: 20_000, burst: 6000, horizonMs: 7_300_000 },
        ),
      );
      const grade = gradeOf({ gateway, identified, probes: 0, events: [], cpuMs: 0, virtualMs: 0 });
      expect(grade).toMatchObject({ kind: 'right' });
      expect(Object.values(grade.covered)).not.toContain(false);
    },
    60_000,
  );
});
