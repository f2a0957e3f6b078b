import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CellResult } from '../results/results.ts';
import { judgeScenario } from './judge-scenario.ts';
import { around, cellOf, scenarioOf, type TrialDraft, trialOf } from './testing-results.ts';
import type { CellVerdict, ScenarioVerdict } from './verdict.ts';

const judge = (cells: readonly CellResult[]) => judgeScenario(scenarioOf(cells));
const of = (verdict: ScenarioVerdict, strategy: string): CellVerdict =>
  verdict.cells.find((cell) => cell.strategy === strategy)!;
const classes = (verdict: ScenarioVerdict) => verdict.cells.map((cell) => [cell.strategy, cell.class]);

describe('judgeScenario classes', () => {
  test('one strategy told apart by more than the margin is best alone', () => {
    const verdict = judge([cellOf('slow', around(1200, 20, 0.01)), cellOf('fast', around(1000, 20, 0.012))]);
    expect(classes(verdict)).toEqual([
      ['fast', 'best'],
      ['slow', 'slower'],
    ]);
    expect(of(verdict, 'slow').comparison).toMatchObject({ with: 'fast', wins: 0, ties: 0, losses: 20, seeds: 20 });
    expect(of(verdict, 'slow').comparison!.estimate).toBeCloseTo(0.2, 1);
    expect(verdict.finding).toMatchObject({
      kind: 'alone',
      lowest: 'fast',
      runnerUp: 'slow',
      within: ['fast'],
      unsure: [],
    });
    expect(verdict.finding.headline).toMatch(
      /^The fast is the lowest alone; the next takes \d\d\.\d\u00A0% longer \(The slow\)$/,
    );
  });

  test('equal strategies are tied, with an interval of nothing', () => {
    const verdict = judge([
      cellOf('b', around(1000, 20)),
      cellOf('a', around(1000, 20)),
      cellOf('c', around(1000, 20)),
    ]);
    expect(classes(verdict)).toEqual([
      ['a', 'tied'],
      ['b', 'tied'],
      ['c', 'tied'],
    ]);
    expect(of(verdict, 'b').comparison).toMatchObject({ estimate: 0, interval: { low: 0, high: 0 }, ties: 20 });
    expect(verdict.finding.kind).toBe('tied');
    expect(verdict.finding.headline).toBe(
      'Three strategies finish within 2\u00A0% of the lowest makespan: The a; The b; The c',
    );
  });

  test('told apart within the margin is the same, and nobody is best', () => {
    const verdict = judge([cellOf('first', around(1000, 20)), cellOf('second', around(1010, 20))]);
    expect(classes(verdict)).toEqual([
      ['first', 'tied'],
      ['second', 'same'],
    ]);
    expect(of(verdict, 'second').inBestSet).toBe(false);
    expect(verdict.finding).toMatchObject({ kind: 'lowest', within: ['first', 'second'] });
    expect(verdict.finding.headline).toBe('The first is the lowest; one other is within 2\u00A0% of it (The second)');
  });

  test('told apart, but not surely beyond the margin, is slower without the other being best', () => {
    // Between 0.5 % and 4.5 % slower, on every seed.
    const second = around(1000, 20).map(({ makespanMs }, seed) => ({
      makespanMs: makespanMs * (1.005 + (0.04 * ((seed * 7) % 20)) / 19),
    }));
    const verdict = judge([cellOf('first', around(1000, 20)), cellOf('second', second)]);
    expect(classes(verdict)).toEqual([
      ['first', 'tied'],
      ['second', 'slower'],
    ]);
    expect(verdict.finding.headline).toMatch(
      /^The first is the lowest; the next takes \d\.\d\u00A0% to \d\.\d\u00A0% longer \(The second\)$/,
    );
  });

  test('what these seeds cannot tell is unsure, with about how many seeds would', () => {
    // From 9 % sooner to 11 % later.
    const second = around(1010, 20).map(({ makespanMs }, seed) => ({
      makespanMs: makespanMs * (0.9 + (0.2 * ((seed * 7) % 20)) / 19),
    }));
    const verdict = judge([cellOf('one', around(1000, 20)), cellOf('other', second)]);
    const [first, last] = verdict.cells;
    expect([first!.class, last!.class]).toEqual(['tied', 'unsure']);
    expect(last!.inBestSet).toBe(true);
    expect(last!.seedsToSettle).toBeGreaterThan(20);
    expect(first!.seedsToSettle).toBeNull();
    expect(verdict.finding).toMatchObject({ kind: 'unsure', unsure: [last!.strategy] });
    expect(verdict.finding.headline).toBe(
      `${first!.title} is the lowest, but 20 seeds cannot separate it from ${last!.title}`,
    );
  });

  test('what only the one-sided test tells apart, not the interval beside it, is unsure too', () => {
    // Later on all seeds but the three or four with the largest differences, so that the two levels part.
    const signs = (sooner: number) =>
      around(1000, 20).map(({ makespanMs }, seed) => ({
        makespanMs: makespanMs * (1 + (seed < sooner ? -0.05 : 0.05) * (seed < sooner ? 3 - seed / 10 : 1 + seed / 50)),
      }));
    const parted = [3, 4, 5].map((sooner) =>
      judge([cellOf('a', around(1000, 20)), cellOf('b', signs(sooner))]).cells.find(({ lowest }) => !lowest)!,
    );
    const oneSided = parted.filter((cell) => !cell.inBestSet && cell.comparison!.interval!.low <= 0);
    expect(oneSided.length).toBeGreaterThan(0);
    expect(new Set(oneSided.map((cell) => cell.class))).toEqual(new Set(['unsure']));
  });

  test('one failed seed of twenty keeps the fastest from everything but failed', () => {
    const broken = (draft: Partial<TrialDraft>) =>
      around(500, 20).map((one, seed) => (seed === 7 ? { ...one, ...draft } : one));
    const failure = { reason: 'deadline', detail: 'not over after 1h00m' } as const;
    for (const draft of [{ failed: 1 }, { lost: 1 }, { failure }]) {
      const verdict = judge([cellOf('fast', broken(draft)), cellOf('sound', around(1000, 20))]);
      expect(classes(verdict)).toEqual([
        ['sound', 'best'],
        ['fast', 'failed'],
      ]);
      expect(of(verdict, 'fast')).toMatchObject({
        standing: 'loses jobs',
        failedSeeds: 1,
        regret: null,
        comparison: null,
        inBestSet: false,
      });
      expect(of(verdict, 'fast').failureRate!.high).toBeCloseTo(0.2487, 3);
      expect(of(verdict, 'fast').makespanBySeed).toHaveLength(19);
      expect(verdict.finding.kind).toBe('only');
    }
    const verdict = judge([cellOf('fast', broken({ failure }))]);
    expect(of(verdict, 'fast').failureText).toBe('not over after 1h00m');
    expect(of(judge([cellOf('fast', broken({ failed: 3 }))]), 'fast').failureText).toBe('3 of 100 jobs failed');
    expect(of(judge([cellOf('fast', broken({ lost: 2 }))]), 'fast').failureText).toBe('2 of 100 jobs lost');
  });

  test('a trial without metrics loses its jobs', () => {
    const cell = cellOf('fast', around(500, 20));
    const trials = cell.trials.map((trial, index) => (index === 3 ? { ...trial, metrics: null } : trial));
    expect(of(judge([{ ...cell, trials }]), 'fast')).toMatchObject({
      class: 'failed',
      failureText: 'nothing was measured',
    });
  });

  test('the fastest over budget is not best, and is reported openly', () => {
    const verdict = judge([
      cellOf('hammer', around(900, 20, 0, { rejected: 571 })),
      cellOf('gate', around(1000, 20, 0, { rejected: 24 })),
    ]);
    expect(classes(verdict)).toEqual([
      ['gate', 'best'],
      ['hammer', 'over'],
    ]);
    expect(of(verdict, 'hammer')).toMatchObject({ standing: 'over budget', regret: 0, rank: 2 });
    expect(of(verdict, 'hammer').refusedShare).toBeCloseTo(0.571, 12);
    expect(verdict.overBudgetWinner).toMatchObject({ strategy: 'hammer' });
    expect(verdict.overBudgetWinner!.estimate).toBeCloseTo(-0.1, 9);
    expect(verdict.overBudgetWinner!.sentence).toBe(
      'Without the budget The hammer is 10.0\u00A0% faster, with 57.1\u00A0% of its calls refused, 24\u00A0× as many refusals',
    );
  });

  test('exactly the budget is within it', () => {
    const verdict = judge([
      cellOf('edge', around(1000, 20, 0, { rejected: 200 })),
      cellOf('past', around(900, 20, 0, { rejected: 201 })),
    ]);
    expect([of(verdict, 'edge').standing, of(verdict, 'past').standing]).toEqual(['eligible', 'over budget']);
  });

  test('no over-budget winner where the eligible are faster', () => {
    const verdict = judge([cellOf('hammer', around(1100, 20, 0, { rejected: 500 })), cellOf('gate', around(1000, 20))]);
    expect(verdict.overBudgetWinner).toBeNull();
    expect(of(verdict, 'hammer').regret).toBeCloseTo(0.1, 9);
  });

  test('nothing eligible: no reference, no regrets, and it says which comes nearest', () => {
    const verdict = judge([
      cellOf('hammer', around(900, 20, 0, { rejected: 571 })),
      cellOf('wreck', around(500, 20, 0, { failed: 1 })),
    ]);
    expect(verdict.finding).toMatchObject({ kind: 'none', lowest: null });
    expect(verdict.finding.headline).toBe(
      'Nothing stays in budget: The hammer, the fastest that loses no job, has 57.1\u00A0% of its calls refused',
    );
    expect(verdict.cells.map(({ regret }) => regret)).toEqual([null, null]);
    expect(verdict.overBudgetWinner).toMatchObject({ estimate: null, refusedRatio: null });
    expect(judge([cellOf('wreck', around(500, 20, 0, { failed: 1 }))]).finding.headline).toBe(
      'Every strategy loses jobs',
    );
    expect(judge([]).finding.headline).toBe('Nothing was run here');
    expect(judge([cellOf('absent', [])]).cells[0]).toMatchObject({
      standing: 'not run',
      class: 'none',
      makespanMs: null,
    });
  });
});

describe('judgeScenario with few seeds', () => {
  test('five seeds never give best, tied, same or slower', () => {
    const someMakespans = fc.array(fc.array(fc.integer({ min: 900, max: 1100 }), { minLength: 5, maxLength: 5 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(someMakespans, (rows) => {
        const verdict = judge(
          rows.map((row, index) =>
            cellOf(
              `s${index}`,
              row.map((makespanMs) => ({ makespanMs })),
            ),
          ),
        );
        expect(new Set(verdict.cells.map((cell) => cell.class))).toEqual(new Set(['unsure']));
        expect(verdict.finding.kind).toBe('few seeds');
        expect(verdict.moreSeeds).toBeGreaterThan(0);
        expect(verdict.pairs).toEqual([]);
      }),
      { seed: 42, numRuns: 100 },
    );
  });

  test('says how many more: six for a pair, more for more pairs', () => {
    const cells = (count: number, seeds: number) =>
      Array.from({ length: count }, (_, index) => cellOf(`s${index}`, around(1000 * 1.2 ** index, seeds)));
    expect(judge(cells(2, 5))).toMatchObject({ comparisons: 1, seedsNeeded: 6, moreSeeds: 1 });
    expect(judge(cells(10, 5))).toMatchObject({ comparisons: 45, seedsNeeded: 11, moreSeeds: 6 });
    expect(judge(cells(10, 5)).finding.headline).toBe('5 seeds are too few for a verdict: it needs 6 more');
    expect(judge(cells(10, 5)).cells.map(({ seedsToSettle }) => seedsToSettle)).toEqual(
      Array.from({ length: 10 }, () => 11),
    );
    expect(judge(cells(2, 6)).cells.map((cell) => cell.class)).toEqual(['best', 'slower']);
    expect(judge(cells(1, 6)).finding.kind).toBe('only');
    expect(judge(cells(1, 6)).cells[0]!.class).toBe('best');
  });

  test('a strategy with too few of the seeds stays unsure and keeps others from being best alone', () => {
    const late = {
      ...cellOf('late', []),
      trials: [trialOf(1, { makespanMs: 5000 }), trialOf(2, { makespanMs: 5000 })],
    };
    const verdict = judge([late, cellOf('fast', around(1000, 20)), cellOf('slow', around(1200, 20))]);
    expect(classes(verdict)).toEqual([
      ['fast', 'tied'],
      ['slow', 'slower'],
      ['late', 'unsure'],
    ]);
    expect(of(verdict, 'late').missingSeeds).toBe(18);
  });
});

describe('judgeScenario figures', () => {
  test('medians are values that occurred, with their seed', () => {
    const trials = [50, 10, 40, 20, 30, 60].map((makespanMs) => ({ makespanMs }));
    const cell = judge([cellOf('a', trials)]).cells[0]!;
    expect(cell.makespanMs).toEqual({ median: 30, min: 10, max: 60 });
    expect([cell.medianSeed, cell.worstSeed]).toEqual([5, 6]);
    expect(cell.boundRatio).toEqual({ median: 0.03, min: 0.01, max: 0.06 });
    expect(cell.bound).toEqual({ ms: { median: 1000, min: 1000, max: 1000 }, limit: 'per org', kind: 'token bucket' });
    expect(cell.waitMsP95).toBe(3);
    expect(cell.waitMsP99).toBeNull();
  });

  test('the refused share weighs every call alike, and causes are counted', () => {
    const cell = judge([
      cellOf('a', [
        { makespanMs: 1, rejected: 100 },
        { makespanMs: 1, rejected: 300 },
      ]),
    ]).cells[0]!;
    expect(cell).toMatchObject({
      refusedShare: 0.2,
      refusedRange: { min: 0.1, max: 0.3 },
      attemptsMean: 1000,
      rejectedMean: 200,
    });
    expect(cell.rejectionsByCause).toEqual([{ cause: 'per org', count: 400, share: 1 }]);
  });

  test('pairs are adjusted over all of them', () => {
    const verdict = judge([
      cellOf('a', around(1000, 20)),
      cellOf('b', around(1000, 20)),
      cellOf('c', around(1200, 20)),
    ]);
    expect(verdict.pairs.map(({ a, b, toldApart }) => [a, b, toldApart])).toEqual([
      ['a', 'b', false],
      ['a', 'c', true],
      ['b', 'c', true],
    ]);
    expect(verdict.pairs[1]!.adjusted).toBe(3 * (2 / 2 ** 20));
    expect(verdict.pairs[1]!.estimate).toBeCloseTo(1 / 1.2 - 1, 9);
  });

  test('the share of resamples in which it is first adds up to one', () => {
    const verdict = judge([
      cellOf('a', around(1000, 20, 0.1)),
      cellOf('b', around(1010, 20, 0.09)),
      cellOf('c', around(1200, 20)),
    ]);
    const shares = verdict.cells.map(({ firstShare }) => firstShare!);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(of(verdict, 'c').firstShare).toBeLessThan(0.01);
  });

  test('variants stay out, the proposal is looked up, claims are counted', () => {
    const claims = ['holds', 'holds', 'refuted', 'not run'].map((verdict) => ({ verdict })) as never;
    const verdict = judgeScenario(
      scenarioOf([cellOf('a', around(1000, 20)), cellOf('b', around(1300, 20)), cellOf('c', around(1, 20), 'other')], {
        proposal: 'b',
        claims,
      }),
    );
    expect(verdict.cells).toHaveLength(2);
    expect(verdict.proposal).toMatchObject({ strategy: 'b', class: 'slower' });
    expect(verdict.proposal!.estimate).toBeCloseTo(0.3, 9);
    expect(verdict.claims).toEqual({ holds: 2, depends: 0, refuted: 1, notRun: 1, total: 4 });
  });

  test('the order of the cells changes nothing', () => {
    const cells = [
      cellOf('a', around(1000, 12, 0.02)),
      cellOf('b', around(1000, 12, 0.02)),
      cellOf('c', around(1010, 12, 0.03, { rejected: 500 })),
      cellOf('d', around(990, 12, 0.04, { lost: 1 })),
      cellOf('e', []),
    ];
    const expected = judge(cells);
    fc.assert(
      fc.property(fc.shuffledSubarray(cells, { minLength: cells.length }), (shuffled) => {
        expect(judge(shuffled)).toEqual(expected);
      }),
      { seed: 42, numRuns: 20 },
    );
  });
});
