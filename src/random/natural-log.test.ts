import { describe, expect, test } from 'vitest';
import { createRandomSource } from './keyed-random.ts';
import { naturalLog } from './natural-log.ts';

describe('naturalLog', () => {
  test.each([
    [1, 0],
    [0, -Infinity],
    [-0, -Infinity],
    [Infinity, Infinity],
    [-1, Number.NaN],
    [Number.NaN, Number.NaN],
    [Math.E, 1],
    [2, Math.LN2],
    [10, Math.LN10],
    [Number.MIN_VALUE, -744.440_071_921_381_2],
    [2 ** -1022, -708.396_418_532_264_1],
    [Number.MAX_VALUE, 709.782_712_893_384],
  ])('of %d is %d', (x, expected) => {
    expect(naturalLog(x)).toBe(expected);
  });

  test('is within 2 units in the last place of the engine', () => {
    const random = createRandomSource(1).stream('log');
    let unitsMost = 0;
    for (let draw = 0; draw < 200_000; draw++) {
      const near = random.between(0.5, 2);
      const any = random.next() * 2 ** random.integer(-1000, 1000);
      for (const x of [random.next(), near, any]) {
        const expected = Math.log(x);
        const unit = 2 ** (Math.floor(Math.log2(Math.abs(expected) || 1)) - 52);
        unitsMost = Math.max(unitsMost, Math.abs(naturalLog(x) - expected) / unit);
      }
    }
    expect(unitsMost).toBeLessThanOrEqual(2);
  });

  test('never decreases from one double to the next around the edges of its method', () => {
    const bits = new BigInt64Array(1);
    const double = new Float64Array(bits.buffer);
    for (const edge of [Math.SQRT1_2, 1, Math.SQRT2, 2, 2 ** -1022]) {
      double[0] = edge;
      const middle = bits[0]!;
      let last = -Infinity;
      for (let step = -500n; step <= 500n; step++) {
        bits[0] = middle + step;
        const value = naturalLog(double[0]);
        expect(value).toBeGreaterThanOrEqual(last);
        last = value;
      }
    }
  });

  test('gives the same bits on every machine and engine (frozen)', () => {
    expect([0.1, 0.3, 0.707_106_781_186_547_5, 1.4, 3, 1e-300, 12_345.678].map(naturalLog)).toMatchInlineSnapshot(`
      [
        -2.3025850929940455,
        -1.2039728043259361,
        -0.34657359027997275,
        0.33647223662121284,
        1.0986122886681098,
        -690.7755278982137,
        9.421061321291832,
      ]
    `);
  });
});
