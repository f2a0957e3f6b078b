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
});
