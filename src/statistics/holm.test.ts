import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { holm } from './holm.ts';

test('holm gives the worked example, in the order given', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [index, value] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[index]).toBeCloseTo(value, 15);
});

test('holm leaves one test alone, and caps at 1', () => {
  expect(holm([0.2])).toEqual([0.2]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

test('holm rejects exactly what stepping down by hand rejects', () => {
  const pValues = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(pValues, (thousandths) => {
      const values = thousandths.map((value) => value / 1000);
      const sorted = values.toSorted((a, b) => a - b);
      const stop = sorted.findIndex((value, index) => value * (values.length - index) > 0.05);
      const rejected = stop < 0 ? values.length : stop;
      expect(holm(values).filter((value) => value <= 0.05)).toHaveLength(rejected);
    }),
    { seed: 42, numRuns: 500 },
  );
});
