import { describe, expect, it } from 'vitest';

import { truthOf, tryOne } from './identify-runner.ts';

describe('identify', () => {
  // One of each family, and rejections that charge, off any grid.
  it.each([3, 4, 6, 8, 118])('finds the one limit of gateway %i, to its whole numbers', async (seed) => {
    const trial = await tryOne(truthOf(seed), () => 0);
    expect(trial.identified.kind).toBe('found');
    expect(trial.exact).toBe(true);
    expect(trial.probes).toBeLessThanOrEqual(5 * trial.fits + 500);
  });

  // Where a step brings one token, or a part of one, it is continuous refill: no experiment could tell.
  it.each([
    [50, 50, 0, 'admitted'],
    [300, 5, 0, 'admitted'],
    [10, 2, 0, 'admitted'],
    [10, 2, 500, 'all'],
    [10, 2, 250, 'admitted'],
  ] as const)('finds a bucket of %d, %d a second, in steps of %d ms, which counts %s', async (...one) => {
    const [capacity, refillPerSecond, stepMs, counts] = one;
    const algorithm = { kind: 'token-bucket', capacity, refillPerSecond, stepMs } as const;
    const { identified, probes } = await tryOne({ ...truthOf(1), algorithm, counts, cost: 1 }, () => 0);
    if (identified.kind !== 'found' || identified.hypothesis.shape.kind !== 'token-bucket') {
      throw new Error(`Cannot go on: no token bucket was found: ${JSON.stringify(identified)}`);
    }
    expect(identified.hypothesis).toMatchObject({ counts: 'admitted', capacity, shape: { stepMs: 0 } });
    expect(identified.hypothesis.shape.refillPerSecond / refillPerSecond).toBeCloseTo(1, 2);
    expect(identified.stepMs?.high).toBeGreaterThanOrEqual(stepMs);
    expect(probes).toBeLessThanOrEqual(5 * capacity + 500);
  });
});
