import { describe, expect, it } from 'vitest';

import { createRandomSource } from '../../random/keyed-random.ts';
import type { Candidate } from '../fit/candidate.ts';
import { TokenMeter } from '../meters/token-meter.ts';
import { classesOf } from './classes.ts';

function bucket(stepMs: number, low: number, high: number, counts: Candidate['counts'] = 'admitted'): Candidate {
  const shape = { kind: 'token-bucket', refillPerSecond: (low + high) / 2, stepMs } as const;
  return { shape, counts, low: 10, high: 10, refillPerSecond: { low, high } };
}

describe('classes', () => {
  const continuous = bucket(0, 1.9999, 2.0001);
  const isSame = (other: Candidate, alive = [continuous, other]) => {
    const nameOf = classesOf(alive);
    return nameOf(other) === nameOf(continuous);
  };

  it('hold steps that bring one token, or a whole part of one, for continuous refill', () => {
    expect(isSame(bucket(500, 2, 2.05))).toBe(true);
    expect(isSame(bucket(250, 1.99, 2.02))).toBe(true);
    expect(isSame(bucket(20, 2, 2.001))).toBe(true);
  });

  it('tell steps of more, or of an uneven part, from continuous refill', () => {
    expect(isSame(bucket(1000, 1.99, 2.01))).toBe(false);
    expect(isSame(bucket(375, 1.99, 2.01))).toBe(false);
    expect(isSame(bucket(500, 2.001, 2.05))).toBe(false);
    const shifted = { ...bucket(500, 2, 2.05), low: 11, high: 11 };
    expect(isSame(shifted)).toBe(false);
  });

  it('take steps for themselves once continuous refill is ruled out', () => {
    const step = bucket(500, 2, 2.05);
    expect(isSame(step, [step])).toBe(false);
  });

  it('let rejected requests that are counted take nothing of whole tokens, but something of parts', () => {
    expect(isSame(bucket(500, 2, 2.05, 'all'))).toBe(true);
    expect(isSame(bucket(250, 2, 2.05, 'all'))).toBe(false);
    expect(isSame(bucket(0, 1.9999, 2.0001, 'all'))).toBe(false);
  });
});

// What the classes rest on: the same decisions over random requests, 1 each, bursts and rests among them.
it.each([
  [10, 2, 500, 'admitted'],
  [10, 2, 500, 'all'],
  [10, 2, 250, 'admitted'],
  [10, 2, 20, 'admitted'],
  [50, 50, 20, 'admitted'],
  [300, 5, 40, 'admitted'],
] as const)(
  'a bucket of %d, %d a second, in steps of %d ms that counts %s, admits what a continuous one does',
  (...one) => {
    const [capacity, rate, stepMs, counts] = one;
    const random = createRandomSource(stepMs);
    const continuous = new TokenMeter(rate, 0);
    const stepwise = new TokenMeter(rate, stepMs);
    const tokenMs = 1000 / rate;
    let atMs = 1_770_000_000_000;
    for (let at = 0; at < 4000; at++) {
      const drawn = random.at('wait', '', at);
      const waitMs = tokenMs * (drawn < 0.3 ? 0 : drawn < 0.9 ? 3 * (drawn - 0.3) : capacity * 8 * (drawn - 0.9));
      // Often to the very millisecond at which a token comes.
      atMs =
        random.at('edge', '', at) < 0.5 ? Math.ceil((atMs + waitMs) / tokenMs) * tokenMs : Math.round(atMs + waitMs);
      const fits = continuous.reach(1, atMs) <= capacity + 1e-9;
      expect(stepwise.reach(1, atMs) <= capacity + 1e-9).toBe(fits);
      if (fits) continuous.charge(1, atMs, atMs, true, capacity);
      if (fits || counts === 'all') stepwise.charge(1, atMs, atMs, fits, capacity);
    }
  },
);
