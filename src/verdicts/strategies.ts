/** Strategies across scenarios: the rows of the matrix. Raw makespans of different scenarios are never averaged, only regrets. */
import { estimateOf } from './judge-scenario.ts';
import type { CellVerdict, ScenarioVerdict, StrategyVerdict } from './verdict.ts';

/** One row per strategy (canonical spec), in the order that {@link StrategyVerdict} states. */
export function judgeStrategies(scenarios: readonly ScenarioVerdict[]): StrategyVerdict[] {
  const specs = [...new Set(scenarios.flatMap(({ cells }) => cells.map(({ strategy }) => strategy)))];
  return specs.map((strategy) => judgeStrategy(strategy, scenarios)).toSorted(byMerit);
}

/** Refused / attempts over several cells together, weighing each by its calls; 0 when there were none. */
export function refusedShareOf(cells: readonly CellVerdict[]): number {
  const attempts = cells.reduce((sum, cell) => sum + cell.attemptsMean * cell.seeds, 0);
  const rejected = cells.reduce((sum, cell) => sum + cell.rejectedMean * cell.seeds, 0);
  return attempts === 0 ? 0 : rejected / attempts;
}

/** Largest and mean regret, and where the largest is (the first such); null when one is unknown or there is none. */
export function regretsOf(cells: readonly { readonly scenario: string; readonly regret: number | null }[]): {
  readonly worstRegret: number | null;
  readonly worstIn: string | null;
  readonly meanRegret: number | null;
} {
  const regrets = cells.flatMap(({ regret }) => regret ?? []);
  if (regrets.length === 0 || regrets.length < cells.length)
    return { worstRegret: null, worstIn: null, meanRegret: null };
  const worstRegret = Math.max(...regrets);
  return {
    worstRegret,
    worstIn: cells.find(({ regret }) => regret === worstRegret)!.scenario,
    meanRegret: regrets.reduce((sum, regret) => sum + regret, 0) / regrets.length,
  };
}

function judgeStrategy(strategy: string, scenarios: readonly ScenarioVerdict[]): StrategyVerdict {
  const found = scenarios.map((scenario) => ({
    scenario: scenario.name,
    cell: scenario.cells.find((cell) => cell.strategy === strategy),
  }));
  const ran = found.flatMap(({ cell }) => (cell === undefined || cell.standing === 'not run' ? [] : [cell]));
  const { title, family } = found.find(({ cell }) => cell !== undefined)!.cell!;
  const cells = found.map(({ scenario, cell }) => ({
    scenario,
    class: cell?.class ?? ('none' as const),
    standing: cell?.standing ?? ('not run' as const),
    regret: cell?.regret ?? null,
    estimate: cell === undefined ? null : estimateOf(cell),
  }));
  const eligibleIn = ran.filter(({ standing }) => standing === 'eligible').length;
  return {
    strategy,
    title,
    family,
    cells,
    ranIn: ran.length,
    eligibleIn,
    ranInAll: ran.length === scenarios.length,
    group: ran.some(({ standing }) => standing === 'loses jobs')
      ? 'loses jobs'
      : eligibleIn === ran.length
        ? 'eligible'
        : 'over budget',
    ...regretsOf(cells.filter(({ standing }) => standing !== 'not run')),
    refusedShare: refusedShareOf(ran),
    lowestIn: ran.filter(({ class: own }) => own === 'best' || own === 'tied' || own === 'same').length,
  };
}

const groups: readonly StrategyVerdict['group'][] = ['eligible', 'over budget', 'loses jobs'];

function byMerit(a: StrategyVerdict, b: StrategyVerdict): number {
  return (
    groups.indexOf(a.group) - groups.indexOf(b.group) ||
    Number(b.ranInAll) - Number(a.ranInAll) ||
    b.eligibleIn - a.eligibleIn ||
    (a.worstRegret ?? Infinity) - (b.worstRegret ?? Infinity) ||
    a.refusedShare - b.refusedShare ||
    (a.strategy < b.strategy ? -1 : 1)
  );
}
