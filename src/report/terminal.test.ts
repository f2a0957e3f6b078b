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
