import { describe, expect, it } from 'vitest';
import { bestMix, costCandidates, likeliest, predicted } from './costs.ts';

/** Plays mixes against the truth until none tells more. */
function decide(base: number, other: number, capacity: number) {
  const fits = Math.floor(capacity / base);
  const tried = new Set<number>();
  let candidates = costCandidates(fits);
  for (let round = 0; round < 40; round++) {
    const plan = bestMix(candidates, fits, Math.floor(capacity / other), tried);
    if (plan === null) break;
    tried.add(plan.first);
    const seen = predicted({ base, other, capacity }, plan.first);
    candidates = candidates.filter((one) => predicted(one, plan.first) === seen);
  }
  return candidates;
}

describe('bestMix', () => {
  it.each([
    [1, 1, 1000],
    [1, 5, 300],
    [4, 19, 259],
    [10, 1, 154],
    [9, 7, 655],
  ])('leads to costs %i and %i of %i', (base, other, capacity) => {
    const candidates = decide(base, other, capacity);
    expect(candidates).toContainEqual({ base, other, capacity });
    expect(likeliest(candidates)).toMatchObject({ base, other });
  });
});
