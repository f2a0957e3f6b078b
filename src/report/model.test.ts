import { describe, expect, it } from 'vitest';
import type { CellResult, ScenarioResults, SuiteResults } from '../results/results.ts';
import { renderHtml } from './html/document.tsx';
import { renderMarkdown } from './markdown.ts';
import { buildReport } from './model.ts';
import { renderTerminal } from './terminal.ts';
import { fixtureResults } from './testing/fixture.ts';

/** Results with every scenario changed. */
function changed(results: SuiteResults, change: (scenario: ScenarioResults) => ScenarioResults): SuiteResults {
  return { ...results, scenarios: results.scenarios.map(change) };
}

const withCells = (results: SuiteResults, change: (cell: CellResult) => CellResult) =>
  changed(results, (scenario) => ({ ...scenario, cells: scenario.cells.map(change) }));

/** All three formats; each throws or shows a hole as a word when the model has one. */
function rendered(results: SuiteResults): string[] {
  const model = buildReport(results);
  const texts = [
    renderTerminal(model, { columns: 100, colour: false, unicode: true }),
    renderMarkdown(model),
    renderHtml(model, { chartJs: '', twins: {} }).replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, ''),
  ];
  for (const text of texts) expect(text).not.toMatch(/undefined|NaN|\[object|Infinity/);
  return texts;
}

const one = () => fixtureResults({ seeds: 12, scenarios: 1 });

describe('buildReport', () => {
  it('buildReport is pure: equal results give equal models', () => {
    const results = one();
    const before = JSON.stringify(results);
    expect(buildReport(results)).toEqual(buildReport(JSON.parse(before) as SuiteResults));
    expect(JSON.stringify(results)).toBe(before);
  });

  it('buildReport recommends with a reason and says where the pick is not the lowest', () => {
    const { answer } = buildReport(fixtureResults());
    expect(answer.headline).toBe('Use Remaining-header gate.');
    expect(answer.subline).toBe('At most 4.9\u00A0% slower than the fastest in budget, anywhere.');
    expect(answer.pick?.exceptions).toEqual([
      { label: 'bulk-segments', value: 'Batches of 50 is the fastest in budget; this is 4.9\u00A0% slower.' },
    ]);
    expect(answer.lede.join(' ')).toContain('On time alone, a strategy over that budget would win in every scenario.');
  });

  it('names libraries on one line, without what would steer a terminal', () => {
    const used = [{ name: 'evil\u001b[2J\n# heading', version: '1\u009b' }];
    const { method } = buildReport(withCells(one(), (cell) => ({ ...cell, packages: used })));
    expect(JSON.stringify(method)).toContain('evil [2J # heading 1 ');
  });

  it('buildReport names the version of every library once, and says nothing where none ran', () => {
    const used = [
      { name: 'p-retry', version: '7.1.1' },
      { name: 'axios', version: '1.21.1' },
    ];
    const { method } = buildReport(withCells(one(), (cell) => ({ ...cell, packages: used })));
    expect(method.computed).toContain('Libraries ran unmodified: axios 1.21.1 and p-retry 7.1.1.');
    expect(buildReport(one()).method.computed.join(' ')).not.toContain('Libraries');
  });

  it('buildReport says how many seeds are missing instead of a verdict', () => {
    const results = fixtureResults({ seeds: 3, scenarios: 2 });
    const model = buildReport(results);
    expect(model.masthead.warnings.join(' ')).toMatch(
      /Too few seeds for a verdict in bulk-segments \(3 of \d+ needed\)/,
    );
    expect(model.scenarios[0]?.open[0]?.command).toMatch(/^ratelab run bulk-segments --seeds \d+$/);
    for (const { ranking } of model.scenarios)
      for (const row of ranking.groups.flatMap(({ rows }) => rows))
        expect(['best', 'tied', 'same', 'slower']).not.toContain(row.class);
    rendered(results);
  });

  it('buildReport names no strategy where every one loses jobs', () => {
    const losing = withCells(one(), (cell) => ({
      ...cell,
      trials: cell.trials.map((trial) => ({
        ...trial,
        failure: { reason: 'deadline', detail: 'not done by its deadline' },
        metrics: null,
      })),
    }));
    const { answer } = buildReport(losing);
    expect(answer.headline).toBe('No strategy can be recommended.');
    expect(answer.pick).toBeNull();
    rendered(losing);
  });

  it('buildReport shows the over-budget winner openly where nothing is within the budget', () => {
    const hammering = changed(one(), (scenario) => ({
      ...scenario,
      refusedShareMax: 0,
      cells: scenario.cells.filter(({ strategy }) => ['fixed-delay:delayMs=1000', 'immediate'].includes(strategy)),
    }));
    const model = buildReport(hammering);
    expect(model.answer.pick).toBeNull();
    expect(model.scenarios[0]?.ranking.groups.map(({ label }) => label)).toEqual([
      'Over budget: more than 0\u00A0% of calls refused',
    ]);
    rendered(hammering);
  });

  it.each([
    ['an interrupted run', { ...one(), complete: false }],
    ['no timelines', changed(one(), (scenario) => ({ ...scenario, timelines: [] }))],
    ['no claims', changed(one(), (scenario) => ({ ...scenario, claims: [] }))],
    ['a proposal that was not run', changed(one(), (scenario) => ({ ...scenario, proposal: 'unknown' }))],
    ['a single strategy', changed(one(), (scenario) => ({ ...scenario, cells: scenario.cells.slice(0, 1) }))],
    ['no cells', changed(one(), (scenario) => ({ ...scenario, cells: [], timelines: [] }))],
    ['no scenarios', { ...one(), scenarios: [] }],
    ['one seed', fixtureResults({ seeds: 1, scenarios: 1 })],
    [
      'equal strategies',
      changed(one(), (scenario) => ({
        ...scenario,
        cells: ['a', 'b', 'c'].map((strategy) => ({ ...(scenario.cells[0] as CellResult), strategy, title: strategy })),
      })),
    ],
  ])('buildReport renders %s in every format without a hole', (_, results) => {
    for (const text of rendered(results)) expect(text.length).toBeGreaterThan(50);
  });

  it('buildReport does not blame strategies when nothing was run to its end', () => {
    const empty = { ...withCells(one(), (cell) => ({ ...cell, trials: [] })), complete: false };
    for (const text of rendered(empty)) {
      expect(text).toContain('There is nothing to compare.');
      expect(text).not.toMatch(/Each one loses jobs|Every strategy loses jobs/);
    }
  });

  it('buildReport asks for more seeds in the same mode', () => {
    const model = buildReport({ ...fixtureResults({ seeds: 1, scenarios: 1 }), mode: 'wire' });
    expect(model.scenarios[0]?.open[0]?.command).toMatch(/^ratelab run bulk-segments --wire --seeds \d+$/);
  });

  it('buildReport asks for more seeds of the same strategies and files', () => {
    const replay =
      "ratelab run ./my-scenario.ts --strategy ./my-limiter.ts --strategy 'p-retry' --seeds 1-1 --policy p.json";
    const model = buildReport({ ...fixtureResults({ seeds: 1, scenarios: 1 }), replay });
    expect(model.scenarios[0]?.open[0]?.command).toMatch(
      /^ratelab run \.\/my-scenario\.ts --strategy \.\/my-limiter\.ts --strategy 'p-retry' --seeds \d+ --policy p\.json$/,
    );
  });

  it('buildReport says when a run was interrupted', () => {
    expect(buildReport({ ...one(), complete: false }).masthead.warnings[0]).toContain('interrupted');
  });
});
