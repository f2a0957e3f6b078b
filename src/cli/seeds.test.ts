import { describe, expect, it } from 'vitest';
import { parseSeeds, seedsText } from './seeds.ts';

describe('parseSeeds', () => {
  it.each([
    ['3', [1, 2, 3]],
    ['21-23', [21, 22, 23]],
    ['7-7', [7]],
    ['0-1', [0, 1]],
  ])('reads %s', (text, seeds) => expect(parseSeeds(text)).toEqual(seeds));

  it.each(['', '0', '-3', '3-1', '1.5', 'many', '1-2-3', '1e3'])('refuses %j', (text) => {
    expect(() => parseSeeds(text)).toThrow(
      `Cannot run --seeds: it must be a number of seeds like 20 or a range like 21-40, current value is ${text}`,
    );
  });

  it('refuses more seeds than anyone can wait for', () => {
    expect(() => parseSeeds('10001')).toThrow('it must be at most 10000 seeds, current value is 10001');
    expect(parseSeeds('10000')).toHaveLength(10_000);
  });
});

describe('seedsText', () => {
  it('is read back as it was', () => {
    expect(seedsText([1, 2, 3])).toBe('1-3');
    expect(parseSeeds(seedsText([4, 5]))).toEqual([4, 5]);
  });
});
