import { describe, expect, it } from 'vitest';

import { parsePolicy } from '../../mock-server/policy.ts';
import { type Hypothesis, algorithmOf, type Shape } from '../../src/discovery/hypothesis.ts';
import { createMeter } from '../../src/discovery/meters/create-meter.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { Random } from '../../src/random/random.ts';
import { sleep } from '../../src/time/clock.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

const STARTS_AT_MS = 1_770_000_123_457;

function randomShape(random: Random): Shape {
  const windowMs = random.integer(200, 5000);
  const refillPerSecond = random.between(0.5, 20);
  const shapes: Shape[] = [
    { kind: 'fixed-window', windowMs, anchor: 'epoch' },
    { kind: 'fixed-window', windowMs, anchor: 'first-request' },
    { kind: 'sliding-window-log', windowMs },
    { kind: 'sliding-window-counter', windowMs },
    { kind: 'token-bucket', refillPerSecond, stepMs: 0 },
    { kind: 'token-bucket', refillPerSecond, stepMs: random.integer(20, 2000) },
    { kind: 'concurrency' },
  ];
  return shapes[random.integer(0, shapes.length - 1)] as Shape;
}

function randomHypothesis(random: Random): Hypothesis {
  const shape = randomShape(random);
  const counts = shape.kind !== 'concurrency' && random.next() < 0.4 ? 'all' : 'admitted';
  return { shape, counts, capacity: random.integer(1, 12) };
}

describe('meters', () => {
  it.each(Array.from({ length: 150 }, (_, seed) => seed))(
    'decide random traffic as the simulated gateway does, and name the next pass (seed %i)',
    async (seed) => {
      const random = createRandomSource(seed).stream('meters');
      const hypothesis = randomHypothesis(random);
      const { shape, counts, capacity } = hypothesis;
      const policy = parsePolicy({
        name: 'one',
        limits: [{ name: 'one', scope: [], algorithm: algorithmOf(hypothesis), counts }],
        latency: [{ medianMs: 70 }],
      });
      const caller = { org: 'o', client: 'c', token: 't', user: 'u', app: 'a', ip: 'i', tier: 's', permitted: true };
      const box = createPolicyBlackBox({
        policy,
        callers: [caller],
        seed,
        startsAtMs: STARTS_AT_MS,
        deadlineMs: STARTS_AT_MS + 1e9,
      });
      const outcome = await box.run(async () => {
        const meter = createMeter(shape);
        const headers = { authorization: 'Bearer t' };
        for (let probe = 0; probe < 120; probe++) {
          const pauseMs = random.next() < 0.4 ? 0 : Math.floor(10 ** (random.next() * 3.4));
          if (pauseMs > 0) await sleep(box.clock, pauseMs);
          const atMs = box.clock.now();
          const nextMs = meter.nextFitMs(1, atMs, capacity);
          const fits = meter.reach(1, atMs) <= capacity;
          // Nothing fits before it, and something fits then.
          expect(nextMs === atMs).toBe(fits);
          expect(meter.reach(1, nextMs)).toBeLessThanOrEqual(capacity);
          const earlier = [0.1, 0.3, 0.5, 0.7, 0.9, 1].map((share) =>
            Math.max(atMs, Math.floor(atMs + (nextMs - 1.001 - atMs) * share)),
          );
          expect(earlier.every((beforeMs) => fits || meter.reach(1, beforeMs) > capacity)).toBe(true);
          const response = await box.fetch(`${box.baseUrl}/x`, { headers });
          expect(response.status !== 429).toBe(fits);
          if (fits || counts === 'all') meter.charge(1, atMs, box.clock.now(), fits, capacity);
          expect(meter.clone().reach(1, atMs)).toBe(meter.reach(1, atMs));
        }
        const idleMs = Math.max(meter.idleFromMs(), box.clock.now()) + 1;
        expect(meter.reach(1, idleMs)).toBeCloseTo(1, 6);
        return 'done';
      });
      expect(outcome).toMatchObject({ value: 'done' });
    },
  );
});
