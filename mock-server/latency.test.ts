import { describe, expect, it } from 'vitest';
import { normalQuantile, onGrid } from './latency.ts';

describe('normalQuantile', () => {
  // Quantiles of the standard normal, from tables.
  it.each([
    [0.5, 0],
    [0.841344746068543, 1],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.001, -3.090232306167813],
    [1e-6, -4.753424308822899],
  ])('of %f is %f', (share, expected) => {
    expect(normalQuantile(share)).toBeCloseTo(expected, 7);
  });

  it('is finite at the ends of what dice can throw', () => {
    expect(normalQuantile(0)).toBeLessThan(-8);
    expect(normalQuantile(1 - 2 ** -53)).toBeGreaterThan(8);
    expect(Number.isFinite(normalQuantile(0))).toBe(true);
  });
});

describe('onGrid', () => {
  it('makes sums with epoch times exact', () => {
    const serviceMs = onGrid(61.123456789);
    const nowMs = Date.UTC(2026, 0, 5) + 0.25;
    expect(nowMs + serviceMs - nowMs).toBe(serviceMs);
  });
});
