import { expect, test } from 'vitest';
import { clopperPearson } from './clopper-pearson.ts';

test.each([
  [0, 20, 0, 1 - 0.025 ** (1 / 20)],
  [20, 20, 0.025 ** (1 / 20), 1],
  [1, 10, 0.0025285785444617848, 0.4450161174392014],
  [5, 20, 0.08657146910143461, 0.49104587170795744],
  [0, 1, 0, 0.975],
])('clopperPearson of %i in %i is the exact interval', (hits, n, low, high) => {
  const interval = clopperPearson(hits, n);
  expect(interval.low).toBeCloseTo(low, 9);
  expect(interval.high).toBeCloseTo(high, 9);
});

test('clopperPearson covers every rate with at least its confidence', () => {
  const n = 20;
  const intervals = Array.from({ length: n + 1 }, (_, hits) => clopperPearson(hits, n));
  for (let percent = 1; percent < 100; percent++) {
    const rate = percent / 100;
    let covered = 0;
    let chance = (1 - rate) ** n;
    for (let hits = 0; hits <= n; hits++) {
      if (rate >= intervals[hits]!.low && rate <= intervals[hits]!.high) covered += chance;
      chance *= ((n - hits) / (hits + 1)) * (rate / (1 - rate));
    }
    expect(covered).toBeGreaterThanOrEqual(0.95);
  }
});

test('clopperPearson names numbers that do not fit', () => {
  expect(() => clopperPearson(0, 0)).toThrow('n must be a whole number from 1, current value is 0');
  expect(() => clopperPearson(3, 2)).toThrow('hits must be a whole number from 0 to 2, current value is 3');
});
