import { array, assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Latencies } from './latencies.ts';

describe('Latencies', () => {
  it('Latencies gives nearest-rank quantiles, at most 1.1 % too high and never too low', () => {
    const values = array(double({ min: 0.01, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    assert(
      property(values, double({ min: 0.01, max: 1, noNaN: true }), (list, share) => {
        const latencies = new Latencies();
        for (const value of list) latencies.add(value);
        const exact = list.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * list.length)) - 1] as number;
        const told = latencies.quantileMs(share) as number;
        // Results are rounded to microseconds.
        expect(told).toBeGreaterThanOrEqual(exact * (1 - 1e-9) - 0.0005);
        expect(told).toBeLessThanOrEqual(exact * 1.011 + 0.0005);
      }),
    );
  });

  it('Latencies tells no quantile that its number of values cannot tell', () => {
    const latencies = new Latencies();
    expect(latencies.quantiles()).toEqual({
      count: 0,
      p50Ms: null,
      p90Ms: null,
      p99Ms: null,
      p999Ms: null,
      maxMs: null,
    });
    for (let value = 1; value <= 99; value++) latencies.add(value);
    expect(latencies.quantiles()).toMatchObject({ count: 99, p99Ms: null, p999Ms: null, maxMs: 99 });
    latencies.add(100);
    expect(latencies.quantiles().p99Ms).toBeCloseTo(99, -1);
  });

  it('Latencies keeps every value in one bin, also those out of range', () => {
    const latencies = new Latencies();
    for (const value of [0, -1, 0.001, 5, 5000, 1e12]) latencies.add(value);
    expect(latencies.countsBelow([1, 10, 10_000])).toEqual([3, 1, 1, 1]);
    latencies.clear();
    expect(latencies.countsBelow([1])).toEqual([0, 0]);
  });
});
