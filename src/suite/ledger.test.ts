import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';
import { ISOLATED_SEEDS } from './plan.ts';
import { failedTrial } from './run-task.ts';
import { samplePlan } from './testing/sample-plan.ts';

const trial = (seed: number) => failedTrial(seed, 'threw', '');
const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('Ledger', () => {
  it('hands out one seed of every cell first, then the longest remaining task', () => {
    const ledger = new Ledger(samplePlan(['quick', 'slow'], seeds(7)));
    expect(ledger.next()).toEqual({ cell: 0, seeds: [1] });
    expect(ledger.next()).toEqual({ cell: 1, seeds: [1] });
    ledger.book(0, trial(1), 10);
    ledger.book(1, trial(1), 1000);
    expect(ledger.next()).toEqual({ cell: 1, seeds: [2, 3, 4, 5, 6] });
    expect(ledger.next()).toEqual({ cell: 1, seeds: [7] });
    expect(ledger.next()).toEqual({ cell: 0, seeds: [2, 3, 4, 5, 6] });
    expect(ledger.next()).toEqual({ cell: 0, seeds: [7] });
    expect(ledger.next()).toBeNull();
  });

  it('gives every trial of a user\u2019s own strategy a task to itself', () => {
    const ledger = new Ledger(samplePlan(['./mine.ts'], seeds(3)));
    expect([ledger.next(), ledger.next(), ledger.next(), ledger.next()]).toEqual([
      { cell: 0, seeds: [1] },
      { cell: 0, seeds: [2] },
      { cell: 0, seeds: [3] },
      null,
    ]);
  });

  it('hands out every seed of every cell exactly once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (cells, count, salt) => {
        const ledger = new Ledger(
          samplePlan(
            Array.from({ length: cells }, (_, at) => `s${at}`),
            seeds(count),
          ),
        );
        for (let task = ledger.next(); task !== null; task = ledger.next())
          for (const seed of task.seeds) ledger.book(task.cell, trial(seed), (seed * salt) % 97);
        expect(ledger.trialsDone).toBe(ledger.trialsTotal);
        expect(ledger.cellsDone).toBe(cells);
        for (let cell = 0; cell < cells; cell++)
          expect(ledger.trials(cell).map(({ seed }) => seed)).toEqual(seeds(count));
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('keeps trials in the order of seeds, whatever the order in which they finish', () => {
    const ledger = new Ledger(samplePlan(['a'], [3, 1, 2]));
    for (const seed of [2, 3, 1]) ledger.book(0, trial(seed), 1);
    expect(ledger.trials(0).map(({ seed }) => seed)).toEqual([3, 1, 2]);
  });

  it('estimates the time left from what each cell costs, and knows nothing at the start', () => {
    const ledger = new Ledger(samplePlan(['quick', 'slow'], seeds(3)));
    expect(ledger.leftMs(2)).toBeNull();
    ledger.book(0, trial(1), 10);
    expect(ledger.leftMs(1)).toBe(2 * 10 + 3 * 10);
    ledger.book(1, trial(1), 100);
    expect(ledger.leftMs(2)).toBe((2 * 10 + 2 * 100) / 2);
  });

  it('knows that trials with isolated runs cost more than those without', () => {
    const ledger = new Ledger(samplePlan(['quick', 'slow'], seeds(ISOLATED_SEEDS + 2)));
    ledger.book(0, trial(1), 100);
    ledger.book(0, trial(ISOLATED_SEEDS + 1), 10);
    ledger.book(1, trial(1), 1000);
    const isolatedLeft = ISOLATED_SEEDS - 1;
    expect(ledger.leftMs(1)).toBeCloseTo(isolatedLeft * 100 + 10 + isolatedLeft * 1000 + 2 * 1000 * (10 / 550), 9);
  });

  it('withdraws what was not handed out, and takes back what was lost', () => {
    const ledger = new Ledger(samplePlan(['a', 'b'], seeds(8)));
    ledger.next();
    ledger.next();
    expect(ledger.withdraw(0)).toEqual(seeds(8).slice(1));
    ledger.putBack({ cell: 0, seeds: [4] });
    const rest = [ledger.next(), ledger.next(), ledger.next(), ledger.next()];
    expect(rest.filter((task) => task?.cell === 0)).toEqual([{ cell: 0, seeds: [4] }]);
  });

  it('refuses a trial that is booked already', () => {
    const ledger = new Ledger(samplePlan(['a'], [1]));
    expect(ledger.book(0, trial(1), 1)).toBe(true);
    expect(() => ledger.book(0, trial(1), 1)).toThrow(/invariant: cell 0 has no open trial of seed 1/);
  });
});
