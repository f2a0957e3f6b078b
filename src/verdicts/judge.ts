/** The verdict on a suite: strategies across scenarios, and the one to pick. */
import type { SuiteResults } from '../results/results.ts';
import { judgeScenario, tally } from './judge-scenario.ts';
import { headlineOf, pickOf } from './pick.ts';
import { judgeStrategies } from './strategies.ts';
import type { SuiteVerdict } from './verdict.ts';

/** Judges a suite. Pure: the same results give the same verdict, to the byte. */
export function judgeSuite(results: SuiteResults): SuiteVerdict {
  const scenarios = results.scenarios.map(judgeScenario);
  const strategies = judgeStrategies(scenarios);
  const pick = pickOf(scenarios, strategies);
  const trials = results.scenarios.flatMap(({ cells }) => cells.flatMap((cell) => cell.trials));
  return {
    scenarios,
    strategies,
    pick,
    claims: tally(results.scenarios.flatMap(({ claims }) => claims)),
    trials: trials.length,
    failedTrials: trials.filter(({ failure }) => failure !== null).length,
    overBudgetWins: scenarios.filter(({ overBudgetWinner }) => overBudgetWinner !== null).length,
    complete: results.complete,
    headline: headlineOf(pick),
  };
}
