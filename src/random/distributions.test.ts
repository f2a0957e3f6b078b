import { describe, expect, test } from 'vitest';
import { randomFromUniform } from './distributions.ts';
import { createRandomSource } from './keyed-random.ts';
import { systemRandom } from './system-random.ts';

const COUNT = 200_000;
const random = () => createRandomSource(11).stream('distributions');

/** Mean and variance. The seed is fixed; limits are 5 standard errors. */
function moments(draw: () => number): { mean: number; variance: number; values: number[] } {
  const values = Array.from({ length: COUNT }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / COUNT;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT;
  return { mean, variance, values };
}

describe('randomFromUniform', () => {
  test('exponential has the mean, the variance and the tail of its kind', () => {
    const source = random();
    const { mean, variance, values } = moments(() => source.exponential(40));
    expect(Math.abs(mean - 40)).toBeLessThan((5 * 40) / Math.sqrt(COUNT));
    expect(Math.abs(variance - 1600)).toBeLessThan((5 * 1600 * Math.sqrt(8)) / Math.sqrt(COUNT));
    const tail = values.filter((value) => value > 120).length / COUNT; // e^-3
    expect(Math.abs(tail - Math.exp(-3))).toBeLessThan(5 * Math.sqrt(Math.exp(-3) / COUNT));
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
  });

  test('normal has the mean, the variance and the tails of its kind', () => {
    const source = random();
    const { mean, variance, values } = moments(() => source.normal(10, 3));
    expect(Math.abs(mean - 10)).toBeLessThan((5 * 3) / Math.sqrt(COUNT));
    expect(Math.abs(variance - 9)).toBeLessThan((5 * 9 * Math.sqrt(2)) / Math.sqrt(COUNT));
    const within = values.filter((value) => Math.abs(value - 10) < 6).length / COUNT; // two standard deviations
    expect(Math.abs(within - 0.954_499_74)).toBeLessThan(5 * Math.sqrt((0.9545 * 0.0455) / COUNT));
  });

  test('integer reaches both ends, and nothing beyond', () => {
    const source = random();
    const seen = new Set(Array.from({ length: 1000 }, () => source.integer(-1, 3)));
    expect([...seen].toSorted((one, other) => one - other)).toEqual([-1, 0, 1, 2, 3]);
    const largest = randomFromUniform(() => 1 - 2 ** -53);
    for (const to of [1, 2, 6, 1000, 2 ** 31 - 1, 1e15]) expect(largest.integer(0, to)).toBe(to);
  });

  test('between never reaches its upper end, however narrow the range', () => {
    const largest = randomFromUniform(() => 1 - 2 ** -53);
    expect(largest.between(0, 1)).toBe(1 - 2 ** -53);
    expect(largest.between(1e15, 1e15 + 1)).toBeLessThan(1e15 + 1);
    expect(largest.between(-3, 2)).toBeLessThan(2);
  });

  test('shuffled gives every order equally often, and leaves its input alone', () => {
    const source = random();
    const items = ['a', 'b', 'c', 'd'] as const;
    const counts = new Map<string, number>();
    for (let round = 0; round < 24_000; round++) {
      const order = source.shuffled(items).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(items).toEqual(['a', 'b', 'c', 'd']);
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(70.5); // 23 degrees of freedom, one in a million
  });
});

describe('systemRandom', () => {
  test('gives new numbers at every call, in [0, 1)', () => {
    const stream = systemRandom.stream('s');
    const values = Array.from({ length: 1000 }, () => [systemRandom.at('s', 'e', 0), stream.next()]).flat();
    expect(new Set(values).size).toBe(2000);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});
