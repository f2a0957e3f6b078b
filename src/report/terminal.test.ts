import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { SuiteResults } from '../results/results.ts';
import { buildReport } from './model.ts';
import { renderTerminal } from './terminal.ts';
import { fixtureResults } from './testing/fixture.ts';

const model = buildReport(fixtureResults({ seeds: 12, scenarios: 2 }));

describe('renderTerminal', () => {
  it.each([60, 80, 100, 200])(
    'renderTerminal keeps the ranking within %d columns and never drops the verdict',
    (columns) => {
      const lines = renderTerminal(model, { columns, colour: false, unicode: true }).split('\n');
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines.filter((line) => line.includes('makespan') && line.includes('vs lowest'))).toHaveLength(2);
    },
  );

  it('renderTerminal says in one sentence that no claim was checked, and calls none refuted', () => {
    const results = fixtureResults({ seeds: 12, scenarios: 2 });
    const scenarios = results.scenarios.map((scenario) => ({
      ...scenario,
      claims: scenario.claims.map((claim) => ({ ...claim, verdict: 'not run' as const, evidence: 'left out here' })),
    }));
    const text = renderTerminal(buildReport({ ...results, scenarios }), { columns: 200, colour: false, unicode: true });
    expect(text).toContain('The threads\u2019 claims were not checked in this run. Left out here.\n');
    expect(text).not.toContain('hold');
  });

  it('renderTerminal says why the code of a strategy failed', () => {
    const results = fixtureResults({ seeds: 12, scenarios: 1 });
    const [scenario] = results.scenarios;
    const [cell] = scenario?.cells ?? [];
    const trials = cell?.trials.map((trial, index) =>
      index < 3 ? { ...trial, failure: { reason: 'threw' as const, detail: 'Error: no luck' } } : trial,
    );
    const cells = [{ ...cell, trials }, ...(scenario?.cells.slice(1) ?? [])];
    const changed = { ...results, scenarios: [{ ...scenario, cells }] } as SuiteResults;
    expect(renderTerminal(buildReport(changed), { columns: 200, colour: false, unicode: true })).toContain(
      `The code of ${cell?.strategy} failed in three trials of bulk-segments (threw), first with seed 1: Error: no luck`,
    );
  });

  it('renderTerminal shows more columns on a wider terminal', () => {
    const heads = [60, 90, 160].map(
      (columns) =>
        renderTerminal(model, { columns, colour: false, unicode: true })
          .split('\n')
          .find((line) => line.includes('vs lowest'))
          ?.trim()
          .split(/ {2,}/).length ?? 0,
    );
    expect(heads).toEqual(heads.toSorted((a, b) => a - b));
    expect(new Set(heads).size).toBe(3);
  });

  it('renderTerminal is ASCII where Unicode is not wanted', () => {
    // oxlint-disable-next-line no-control-regex -- the printable range and line breaks are what is asked for
    expect(renderTerminal(model, { columns: 100, colour: false, unicode: false })).toMatch(/^[\x20-\x7E\n]*$/);
  });

  it('renderTerminal colours only when asked', () => {
    expect(renderTerminal(model, { columns: 100, colour: false, unicode: true })).not.toContain('\u001B');
    expect(renderTerminal(model, { columns: 100, colour: true, unicode: true })).toContain('\u001B[1m');
  });

  it('renderTerminal lets no control character of a name through', () => {
    const results = fixtureResults({ seeds: 6, scenarios: 1 });
    const hostile: SuiteResults = {
      ...results,
      scenarios: results.scenarios.map((scenario) => ({
        ...scenario,
        cells: scenario.cells.map((cell) => ({ ...cell, title: `${cell.title}\u001B[2J` })),
      })),
    };
    expect(renderTerminal(buildReport(hostile), { columns: 100, colour: false, unicode: true })).not.toContain(
      '\u001B',
    );
  });
});
