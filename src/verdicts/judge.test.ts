import { describe, expect, test } from 'vitest';
import { judgeSuite } from './judge.ts';
import { around, cellOf, scenarioOf, suiteOf, type TrialDraft } from './testing-results.ts';

const seeds = 20;
const at = (ms: number, draft: Omit<TrialDraft, 'makespanMs'> = {}) => around(ms, seeds, 0, draft);
const suite = (...scenarios: readonly Readonly<Record<string, readonly TrialDraft[]>>[]) =>
  judgeSuite(
    suiteOf(
      scenarios.map((cells, index) =>
        scenarioOf(
          Object.entries(cells).map(([strategy, trials]) => cellOf(strategy, trials)),
          { name: `scenario-${index + 1}`, title: `Scenario ${index + 1}` },
        ),
      ),
    ),
  );

describe('judgeSuite pick', () => {
  test('is the lowest worst-case regret among those eligible everywhere', () => {
    const verdict = suite(
      { steady: at(1050, { rejected: 10 }), swinging: at(1000) },
      { steady: at(1000, { rejected: 10 }), swinging: at(1300) },
    );
    expect(verdict.pick).toMatchObject({
      kind: 'everywhere',
      strategy: 'steady',
      eligibleIn: 2,
      scenarios: 2,
      worstIn: 'scenario-1',
      lowestIn: 1,
      byTieBreak: false,
      provisional: false,
      runnerUp: { strategy: 'swinging' },
    });
    expect(verdict.pick.worstRegret).toBeCloseTo(0.05, 9);
    expect(verdict.pick.meanRegret).toBeCloseTo(0.025, 9);
    expect(verdict.pick.runnerUp!.worstRegret).toBeCloseTo(0.3, 9);
    expect(verdict.pick.exceptions).toEqual([
      {
        scenario: 'scenario-1',
        title: 'Scenario 1',
        class: 'slower',
        regret: verdict.pick.worstRegret,
        lowest: 'swinging',
      },
    ]);
    expect(verdict.headline).toBe(
      'Use The steady: at most 5.0\u00A0% above the lowest makespan in both scenarios, 1.0\u00A0% of its calls refused',
    );
  });

  test('settles equal regrets by fewer refused calls, and says so', () => {
    const verdict = suite({ loud: at(1000, { rejected: 100 }), quiet: at(1000, { rejected: 10 }) });
    expect(verdict.pick).toMatchObject({ strategy: 'quiet', byTieBreak: true, runnerUp: { strategy: 'loud' } });
    expect(verdict.headline).toBe(
      'Use The quiet: the lowest makespan in this scenario, 1.0\u00A0% of its calls refused',
    );
  });

  test('is nothing that did not run everywhere, or is not eligible everywhere', () => {
    const verdict = suite(
      { safe: at(2000), fast: at(1000), loud: at(1500) },
      { safe: at(2000), loud: at(1000, { rejected: 500 }), other: at(1900) },
    );
    expect(verdict.pick).toMatchObject({ kind: 'everywhere', strategy: 'safe' });
    const rows = verdict.strategies.map(({ strategy, group, ranInAll }) => [strategy, group, ranInAll]);
    expect(rows).toEqual([
      ['safe', 'eligible', true],
      ['fast', 'eligible', false],
      ['other', 'eligible', false],
      ['loud', 'over budget', true],
    ]);
    const loud = verdict.strategies.find(({ strategy }) => strategy === 'loud')!;
    expect(loud.cells.map((cell) => cell.class)).toEqual(['slower', 'over']);
    expect(loud.worstRegret).toBeCloseTo(0.5, 9);
    expect(loud.refusedShare).toBe(0.25);
    const fast = verdict.strategies.find(({ strategy }) => strategy === 'fast')!;
    expect(fast.cells[1]).toEqual({
      scenario: 'scenario-2',
      class: 'none',
      standing: 'not run',
      regret: null,
      estimate: null,
    });
  });

  test('falls back to what is eligible in most', () => {
    const verdict = suite(
      { a: at(1000), b: at(1100) },
      { a: at(1000, { failed: 1 }), b: at(1100) },
      { a: at(1000), b: at(1100, { rejected: 400 }) },
      { a: at(1000, { rejected: 300 }), b: at(1100) },
    );
    expect(verdict.pick).toMatchObject({
      kind: 'most',
      strategy: 'b',
      eligibleIn: 3,
      scenarios: 4,
      worstIn: 'scenario-1',
    });
    expect(verdict.pick.worstRegret).toBeCloseTo(0.1, 9);
    expect(verdict.pick.exceptions.map(({ scenario, class: own }) => [scenario, own])).toEqual([
      ['scenario-3', 'over'],
      ['scenario-1', 'slower'],
    ]);
    expect(verdict.headline).toBe('Nothing stays in budget everywhere; The b does in three of four scenarios');
    const a = verdict.strategies.find(({ strategy }) => strategy === 'a')!;
    expect(a).toMatchObject({ group: 'loses jobs', worstRegret: null, worstIn: null, meanRegret: null });
  });

  test('is nobody when nothing is eligible anywhere, or nothing was run', () => {
    const verdict = suite({ a: at(1000, { lost: 1 }) }, { a: at(1000, { rejected: 900 }) });
    expect(verdict.pick).toMatchObject({ kind: 'none', strategy: null, scenarios: 2, exceptions: [] });
    expect(verdict.headline).toBe('No strategy keeps every job and stays in budget in any scenario');
    expect(suite().headline).toBe('Nothing was run');
  });

  test('is provisional with too few seeds', () => {
    const verdict = suite({ a: around(1000, 5), b: around(1100, 5) });
    expect(verdict.pick).toMatchObject({ strategy: 'a', provisional: true });
    expect(verdict.headline).toMatch(/, as far as so few seeds can tell$/);
  });
});

describe('judgeSuite figures', () => {
  test('counts trials, failures and over-budget winners', () => {
    const failure = { reason: 'threw', detail: 'TypeError' } as const;
    const verdict = suite({ a: at(1000, { failure }), b: at(900, { rejected: 500 }), c: at(1000) }, { c: at(1000) });
    expect(verdict).toMatchObject({ trials: 80, failedTrials: 20, overBudgetWins: 1, complete: true });
  });

  test('the same results give the same verdict, to the byte', () => {
    const make = () =>
      JSON.stringify(suite({ a: around(1000, 12, 0.02), b: around(1010, 12, 0.03) }, { b: at(5), a: at(5) }));
    expect(make()).toBe(make());
  });
});
