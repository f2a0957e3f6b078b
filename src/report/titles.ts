/** Names for people: a strategy's title and its libraries, on one line. */
import type { SuiteResults } from '../results/results.ts';

/** The same results with titles and packages of one line and without control characters, so that every sentence, table and chart names a strategy alike. */
export function withPlainTitles(results: SuiteResults): SuiteResults {
  const scenarios = results.scenarios.map((scenario) => ({
    ...scenario,
    cells: scenario.cells.map((cell) => ({
      ...cell,
      title: plainTitle(cell.title),
      ...(cell.packages === undefined ? {} : { packages: cell.packages.map(plainPackage) }),
    })),
  }));
  return { ...results, scenarios };
}

function plainTitle(title: string): string {
  return title.replace(/[\s\p{Cc}]+/gu, ' ');
}

/** A results file may come from a stranger. */
function plainPackage({ name, version }: { readonly name: string; readonly version: string }) {
  return { name: plainTitle(name), version: plainTitle(version) };
}
