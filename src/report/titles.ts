/** Short names for people: strategies made of layers read as sums, `Retry-After + AIMD rate per org`. */
import type { SuiteResults } from '../results/results.ts';

/** The same results with short titles, so that every sentence, table and chart names a strategy alike, on one line. */
export function withShortTitles(results: SuiteResults): SuiteResults {
  const scenarios = results.scenarios.map((scenario) => ({
    ...scenario,
    cells: scenario.cells.map((cell) => ({ ...cell, title: shortTitle(cell.title) })),
  }));
  return { ...results, scenarios };
}

function shortTitle(title: string): string {
  return title.replace(/[\s\p{Cc}]+/gu, ' ').replaceAll(', then ', ' + ');
}
