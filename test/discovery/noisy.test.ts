import { describe, expect, it } from 'vitest';
import { isNoisy, noiseOf } from '../../src/discovery/noise/noise.ts';
import { measureLag } from '../../src/discovery/noise/measure-lag.ts';
import { Prober } from '../../src/discovery/prober.ts';
import { gradeOf, identifyGateway, noisyGateway, openGateway } from './noisy-gateways.ts';

/** Each identified once, for all tests. */
const [errors, jitter] = await Promise.all([
  identifyGateway(noisyGateway('errors', 102)),
  identifyGateway(noisyGateway('jitter', 201)),
]);

describe('identifyNoisily', () => {
  it.each([errors, jitter])('$gateway.algorithm.kind, seed $gateway.seed: the structure is right', (outcome) => {
    expect(gradeOf(outcome)).toMatchObject({ kind: 'right' });
  });
});

describe('noiseOf', () => {
  it('measures jitter from rejections, and tells errors behind the limits from those before', () => {
    const noise = noiseOf(errors.events);
    expect(noise.errorShare).toBeGreaterThan(0.02);
    expect(noise.errorShare).toBeLessThan(0.3);
    const { errorsCharge } = errors.gateway.disturbance;
    expect(noise.errorsCharge ?? errorsCharge).toBe(errorsCharge);
    expect(isNoisy(noise)).toBe(true);
    const { jitterMs } = noiseOf(jitter.events);
    expect(jitterMs).toBeGreaterThan(40);
    expect(jitterMs).toBeLessThan(60);
  });
});

describe('measureLag', () => {
  it('finds an interval that holds the true lag, and none where there is none', async () => {
    const lagging = { ...noisyGateway('lag', 4), lagMs: 437, counts: 'admitted' } as const;
    const algorithm = { kind: 'fixed-window', limit: 40, windowMs: 60_000, anchor: 'first-request' } as const;
    for (const lagMs of [437, 0]) {
      const { box, identity, route } = openGateway({ ...lagging, algorithm, lagMs });
      const played = await box.run(() => {
        const { fetch, clock, baseUrl } = box;
        const prober = new Prober(
          { fetch, clock, baseUrl, identities: [identity], routes: [route] },
          { budget: { requests: 1e4, rejections: 1e4, timeMs: 1e9 }, inFlight: 1e4, defy: true },
        );
        return measureLag(
          prober,
          Array.from({ length: 60 }, () => ({ identity: 0, route: 0 })),
        );
      });
      const lag = played.kind === 'done' ? played.value : null;
      expect(lag?.low).toBeLessThanOrEqual(lagMs);
      expect(lag?.high).toBeGreaterThanOrEqual(lagMs);
      expect((lag?.high ?? Infinity) - (lag?.low ?? 0)).toBeLessThan(200);
    }
  });
});
