/** If you must pick one. */
import { refusedShareOf, regretsOf } from './strategies.ts';
import type { CellVerdict, Pick, ScenarioVerdict, StrategyVerdict } from './verdict.ts';
import { numberWord } from '../wording/format.ts';
import { percent } from './wording.ts';

/**
 * The strategy that is eligible in every scenario with the lowest worst-case regret; regrets that print alike (0.1 %) are settled by fewer
 * refused calls. When nothing is eligible everywhere: the one that is in most, by the same order over the scenarios in which it is.
 */
export function pickOf(scenarios: readonly ScenarioVerdict[], strategies: readonly StrategyVerdict[]): Pick {
  const candidates = strategies
    .filter(({ eligibleIn }) => eligibleIn > 0)
    .map((strategy) => candidateOf(strategy, scenarios));
  const [best, next] = candidates.toSorted(byMerit);
  const provisional = scenarios.some(({ moreSeeds }) => moreSeeds > 0);
  if (best === undefined) return { ...nobody, scenarios: scenarios.length, provisional };
  const runnerUp = next !== undefined && next.eligibleIn === best.eligibleIn ? next : null;
  return {
    kind: best.eligibleIn === scenarios.length ? 'everywhere' : 'most',
    strategy: best.strategy,
    title: best.title,
    eligibleIn: best.eligibleIn,
    scenarios: scenarios.length,
    worstRegret: best.worstRegret,
    worstIn: best.worstIn,
    meanRegret: best.meanRegret,
    refusedShare: best.refusedShare,
    refusedRange: best.refusedRange,
    lowestIn: best.lowestIn,
    runnerUp: runnerUp && { strategy: runnerUp.strategy, title: runnerUp.title, worstRegret: runnerUp.worstRegret },
    byTieBreak: runnerUp !== null && printed(runnerUp.worstRegret) === printed(best.worstRegret),
    provisional,
    exceptions: exceptionsOf(best.strategy, scenarios),
  };
}

/** The recommendation in one sentence. */
export function headlineOf(pick: Pick): string {
  const { kind, title, scenarios, eligibleIn, worstRegret } = pick;
  if (scenarios === 0) return 'Nothing was run';
  if (kind === 'none')
    return `No strategy keeps every job and stays in budget in ${scenarios === 1 ? 'this scenario' : 'any scenario'}`;
  const lasting = pick.provisional ? ', as far as so few seeds can tell' : '';
  if (kind === 'most') {
    const where = `${numberWord(eligibleIn)} of ${numberWord(scenarios)} scenarios`;
    return `Nothing stays in budget everywhere; ${title} does in ${where}${lasting}`;
  }
  const many = scenarios === 2 ? 'in both scenarios' : `in all ${numberWord(scenarios)} scenarios`;
  const where = scenarios === 1 ? 'in this scenario' : many;
  const distance =
    worstRegret === null || printed(worstRegret) === 0
      ? 'the lowest makespan'
      : `at most ${percent(worstRegret)} above the lowest makespan`;
  return `Use ${title}: ${distance} ${where}, ${percent(pick.refusedShare ?? 0)} of its calls refused${lasting}`;
}

const nobody: Pick = {
  kind: 'none',
  strategy: null,
  title: '',
  eligibleIn: 0,
  scenarios: 0,
  worstRegret: null,
  worstIn: null,
  meanRegret: null,
  refusedShare: null,
  refusedRange: null,
  lowestIn: 0,
  runnerUp: null,
  byTieBreak: false,
  provisional: false,
  exceptions: [],
};

interface Candidate extends ReturnType<typeof regretsOf> {
  readonly strategy: string;
  readonly title: string;
  readonly eligibleIn: number;
  readonly lowestIn: number;
  readonly refusedShare: number;
  readonly refusedRange: Pick['refusedRange'];
}

/** A strategy seen where it is eligible. */
function candidateOf(strategy: StrategyVerdict, scenarios: readonly ScenarioVerdict[]): Candidate {
  const { title, eligibleIn, lowestIn } = strategy;
  const eligible = scenarios.flatMap((scenario) => {
    const cell = cellOf(strategy.strategy, scenario);
    return cell?.standing === 'eligible' ? [{ scenario: scenario.name, regret: cell.regret, cell }] : [];
  });
  const shares = eligible.map(({ cell }) => cell.refusedShare);
  return {
    strategy: strategy.strategy,
    title,
    eligibleIn,
    lowestIn,
    ...regretsOf(eligible),
    refusedShare: refusedShareOf(eligible.map(({ cell }) => cell)),
    refusedRange: { min: Math.min(...shares), max: Math.max(...shares) },
  };
}

/** Scenarios where the pick is not among the lowest, worst first: not eligible, then by regret. */
function exceptionsOf(strategy: string, scenarios: readonly ScenarioVerdict[]): Pick['exceptions'] {
  const settled: readonly CellVerdict['class'][] = ['best', 'tied', 'same'];
  const exceptions = scenarios.flatMap((scenario) => {
    const cell = cellOf(strategy, scenario);
    if (cell !== undefined && (cell.lowest || settled.includes(cell.class))) return [];
    const { name, title, finding } = scenario;
    return {
      scenario: name,
      title,
      class: cell?.class ?? 'none',
      regret: cell?.regret ?? null,
      lowest: finding.lowest,
    };
  });
  const open = (own: CellVerdict['class']) => own === 'slower' || own === 'unsure';
  return exceptions.toSorted(
    (a, b) => Number(open(a.class)) - Number(open(b.class)) || (b.regret ?? Infinity) - (a.regret ?? Infinity) || 0,
  );
}

function cellOf(strategy: string, scenario: ScenarioVerdict): CellVerdict | undefined {
  return scenario.cells.find((cell) => cell.strategy === strategy);
}

/** A regret as it is printed, in tenths of a per cent. */
function printed(regret: number | null): number {
  return regret === null ? Infinity : Math.round(regret * 1000);
}

function byMerit(a: Candidate, b: Candidate): number {
  return (
    b.eligibleIn - a.eligibleIn ||
    printed(a.worstRegret) - printed(b.worstRegret) ||
    a.refusedShare - b.refusedShare ||
    (a.worstRegret ?? Infinity) - (b.worstRegret ?? Infinity) ||
    (a.strategy < b.strategy ? -1 : 1)
  );
}
