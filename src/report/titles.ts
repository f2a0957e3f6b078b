/** Names for people: a strategy's title on one line. */
import type { SuiteResults } from '../results/results.ts';

/** The same results with titles of one line, so that every sentence, table and chart names a strategy alike. */
export function withPlainTitles(results: SuiteResults): SuiteResults {
  const scenarios = results.scenarios.map((scenario) => ({
    ...scenario,
    cells: scenario.cells.map((cell) => ({ ...cell, title: plainTitle(cell.title) })),
  }));
  return { ...results, scenarios };
}

function plainTitle(title: string): string {
  return title.replace(/[\s\p{Cc}]+/gu, ' ');
}
