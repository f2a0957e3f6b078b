import { describe, expect, test } from 'vitest';
import type { Reading } from './evidence.ts';
import { boundaryOf, causeShare, ending, gradeCure, isSame, judgeSweep, symptomShows, vanishes } from './judging.ts';

const base: Reading = {
  title: '',
  trials: 5,
  failedTrials: 0,
  attempts: 1000,
  refusals: 400,
  refusedShare: 0.4,
  refusedShareMin: 0.3,
  refusedShareMax: 0.5,
  byCause: { a: 100, b: 300 },
  jobs: 600,
  jobsDone: 600,
  jobsUndone: 0,
  jobsDoubled: 0,
  trialsIncomplete: 0,
  makespanMs: 100_000,
  waitMsP95: null,
  heldMs: 0,
  backingOffMs: 0,
  penalties: { blocks: 0, unavailable: 0, bans: 0 },
};
const like = (change: Partial<Reading>): Reading => ({ ...base, ...change });

describe('gradeCure', () => {
  test.each<[string, Partial<Reading>, string]>([
    ['10 % fewer refusals, as long, over the budget', { refusals: 360, refusedShare: 0.37 }, 'helps'],
    ['9 % fewer refusals', { refusals: 364, refusedShare: 0.1 }, 'does not help'],
    ['half the refusals, within the budget', { refusals: 200, refusedShare: 0.2 }, 'works'],
    ['half the refusals, just over the budget', { refusals: 200, refusedShare: 0.201 }, 'helps'],
    ['no refusals, 10 % longer', { refusals: 0, refusedShare: 0, makespanMs: 110_000 }, 'works'],
    ['no refusals, 11 % longer', { refusals: 0, refusedShare: 0, makespanMs: 111_000 }, 'does not help'],
    ['no refusals, a job undone', { refusals: 0, refusedShare: 0, jobsUndone: 1 }, 'does not help'],
    ['no refusals, a trial incomplete', { refusals: 0, refusedShare: 0, trialsIncomplete: 1 }, 'does not help'],
  ])('gradeCure of %s', (_, change, grade) => {
    expect(gradeCure(base, like(change))).toBe(grade);
  });

  test('gradeCure helps when it finishes what never finished', () => {
    const stuck = like({ makespanMs: null, jobsUndone: 10, trialsIncomplete: 5, refusals: 10, refusedShare: 0.1 });
    expect(gradeCure(stuck, like({ refusals: 50, refusedShare: 0.05 }))).toBe('works');
  });

  test('gradeCure does not help where nothing was refused', () => {
    const free = like({ refusals: 0, refusedShare: 0 });
    expect(gradeCure(free, free)).toBe('does not help');
  });
});

describe('judgeSweep', () => {
  const [works, helps, not] = (['works', 'helps', 'does not help'] as const).map((grade, index) => ({
    label: `${index}`,
    grade,
  })) as [never, never, never];
  test.each([
    ['all work', [works, works], 'holds'],
    ['none helps', [not, not], 'refuted'],
    ['some work', [works, not], 'depends'],
    ['all only help', [helps, helps], 'depends'],
  ])('judgeSweep when %s', (_, points, verdict) => {
    expect(judgeSweep(points).verdict).toBe(verdict);
  });

  test('boundaryOf names what works, what only helps and what does not', () => {
    expect(boundaryOf([works, helps, not])).toBe('works at 0; helps, over the budget at 1; does not help at 2');
  });
});

test('symptomShows needs 1 % on every seed', () => {
  expect(symptomShows(like({ refusedShareMin: 0.01 }))).toBe(true);
  expect(symptomShows(like({ refusedShareMin: 0.0099 }))).toBe(false);
  expect(symptomShows(like({ trials: 0 }))).toBe(false);
});

test('vanishes needs 90 % of the refusals gone', () => {
  expect(vanishes(base, like({ refusals: 40 }))).toBe(true);
  expect(vanishes(base, like({ refusals: 41 }))).toBe(false);
  expect(vanishes(like({ refusals: 0 }), like({ refusals: 0 }))).toBe(false);
});

test('isSame allows 10 % of the larger', () => {
  expect(isSame(90, 100)).toBe(true);
  expect(isSame(89, 100)).toBe(false);
});

test('causeShare adds the named causes', () => {
  expect(causeShare(base, 'a', 'missing')).toBe(0.25);
  expect(causeShare(like({ refusals: 0 }), 'a')).toBe(0);
});

test('ending says what is left undone', () => {
  expect(ending(base)).toBe('done in 1m40s');
  expect(ending(like({ jobsUndone: 12, trialsIncomplete: 2 }))).toBe('12 of 600 jobs undone');
});
