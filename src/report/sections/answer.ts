/** The answer: headline, pick card, and the matrix of strategy by scenario. */
import type { CellVerdict, ScenarioVerdict, StrategyVerdict, SuiteVerdict } from '../../verdicts/verdict.ts';
import {
  countOf,
  formatDifference,
  formatDuration,
  formatInterval,
  formatShare,
  numberWord,
  sentenceList,
} from '../../wording/format.ts';
import type { Answer, Claims, Material, Matrix, MatrixCell, MatrixRow, Pick } from '../shape.ts';
import { classWords, sentence } from './words.ts';

/** The first section of a report. */
export function answerSection(material: Material, claims: Claims): Answer {
  const { verdict } = material;
  return {
    headline: headline(verdict),
    subline: subline(verdict),
    lede: lede(material),
    claimsLine: claims.heading.replace(/\.$/, ''),
    pick: pickCard(verdict),
    matrix: matrix(verdict),
  };
}

/** Whether there is nothing to judge: the run was interrupted before its first trial was over. */
function isEmpty(scenarios: SuiteVerdict['scenarios']): boolean {
  return scenarios.every(({ cells }) => cells.every(({ standing }) => standing === 'not run'));
}

function headline({ pick, scenarios }: SuiteVerdict): string {
  if (pick.kind === 'everywhere') return `Use ${pick.title}.`;
  if (pick.kind === 'most') return `Nothing fits everywhere; ${pick.title} comes closest.`;
  return isEmpty(scenarios) ? 'There is nothing to compare.' : 'No strategy can be recommended.';
}

function subline({ pick, scenarios }: SuiteVerdict): string {
  if (pick.kind === 'none') return isEmpty(scenarios) ? '' : 'Each one loses jobs or has too many calls refused.';
  if (pick.kind === 'most')
    return `Eligible in ${numberWord(pick.eligibleIn)} of ${numberWord(pick.scenarios)} scenarios.`;
  const where = scenarios.length === 1 ? 'here' : 'anywhere';
  const regret = pick.worstRegret ?? 0;
  if (regret < 0.0005)
    return scenarios.length === 1 ? 'Nothing eligible is faster.' : 'Nothing eligible is faster anywhere.';

  if (regret <= 0.1) return `At most ${formatShare(regret)} slower than the fastest in budget, ${where}.`;
  return `In budget ${scenarios.length === 1 ? 'here' : 'everywhere'}, at up to ${formatShare(regret)} more time than the fastest in budget.`;
}

function lede({ results, verdict }: Material): string[] {
  const { pick, scenarios, overBudgetWins } = verdict;
  if (scenarios.length === 0) return ['The results hold no scenario.'];
  if (isEmpty(scenarios)) return ['No trial was run to its end.'];
  if (pick.strategy === null)
    return [
      'Every strategy loses jobs on some seed, or has more of its calls refused than its scenario allows. The tables below say which and why.',
    ];
  const what =
    results.scenarios.flatMap(({ cells }) => cells).find(({ strategy }) => strategy === pick.strategy)?.what ?? '';
  const budgets = [...new Set(scenarios.map(({ refusedShareMax }) => formatShare(refusedShareMax).replace('.0', '')))];
  const budget =
    budgets.length === 1 ? `at most ${budgets[0]} of the calls refused` : 'refusals within each scenario’s budget';
  const rival = pick.runnerUp;
  const rivalText =
    rival && rival.worstRegret !== null
      ? `The next choice, ${rival.title}, is ${rival.worstRegret < 0.0005 ? 'as fast' : `up to ${formatShare(rival.worstRegret)} slower than the fastest`}${pick.byTieBreak ? '; the two are level, and fewer refused calls or then the order of names decides' : ''}.`
      : 'No other strategy is eligible as widely.';
  const hammering =
    overBudgetWins > 0
      ? ` On time alone, a strategy over that budget would win ${scenarios.length === 1 ? 'here' : overBudgetWins === scenarios.length ? 'in every scenario' : `in ${numberWord(overBudgetWins)} of ${countOf(scenarios.length, 'scenario')}`}.`
      : '';
  const provisional = pick.provisional
    ? ' This is provisional: there are too few seeds for a verdict in every scenario.'
    : '';
  return [
    `The rule: no job lost, ${budget}, then the shortest makespan. ${rivalText}${hammering}${provisional}`,
    what === '' ? '' : `What it does: ${sentence(what)}`,
  ].filter(Boolean);
}

function pickCard(verdict: SuiteVerdict): Pick | null {
  const { pick, scenarios } = verdict;
  if (pick.strategy === null) return null;
  const own = scenarios.flatMap(({ cells }) => cells.filter(({ strategy }) => strategy === pick.strategy));
  const row = verdict.strategies.find(({ strategy }) => strategy === pick.strategy);
  return {
    title: pick.title,
    spec: pick.strategy,
    facts: [
      { label: 'Worst-case regret', value: pick.worstRegret === null ? '–' : formatDifference(pick.worstRegret) },
      { label: 'Fastest or within 2\u00A0%', value: `${row?.lowestIn ?? 0} of ${pick.scenarios} scenarios` },
      { label: 'Calls refused', value: range(own.map(({ refusedShare }) => refusedShare)) },
    ],
    exceptions: pick.exceptions.map((exception) => ({
      label: exception.scenario,
      value: exceptionText(verdict, exception),
    })),
  };
}

function range(shares: readonly number[]): string {
  if (shares.length === 0) return '–';
  const low = formatShare(Math.min(...shares));
  const high = formatShare(Math.max(...shares));
  return low === high ? low : `${low.replace('\u00A0%', '')} to ${high}`;
}

function exceptionText(
  { scenarios, pick }: SuiteVerdict,
  exception: SuiteVerdict['pick']['exceptions'][number],
): string {
  const scenario = scenarios.find(({ name }) => name === exception.scenario);
  const lowest = scenario?.cells.find(({ strategy }) => strategy === exception.lowest);
  const faster = lowest && lowest.strategy !== pick.strategy ? lowest.title : null;
  if (exception.class === 'over') return 'more calls refused than the budget allows.';
  if (exception.class === 'failed') return 'it loses jobs.';
  if (exception.class === 'none') return 'it was not run.';
  if (exception.class === 'unsure')
    return faster ? `these seeds cannot tell it from ${faster}.` : 'these seeds cannot tell.';
  const regret = exception.regret === null ? 'slower' : `${formatShare(exception.regret)} slower`;
  return faster ? `${faster} is the fastest in budget; this is ${regret}.` : `this is ${regret}.`;
}

function matrix(verdict: SuiteVerdict): Matrix {
  const { scenarios, strategies } = verdict;
  const worst = Math.min(1, Math.max(0.01, ...strategies.map(({ worstRegret }) => worstRegret ?? 0)));
  const row = (strategy: StrategyVerdict): MatrixRow => ({
    strategy: strategy.strategy,
    title: strategy.title,
    isPick: strategy.strategy === verdict.pick.strategy,
    cells: scenarios.map((scenario) => matrixCell(scenario, strategy.strategy)),
    regret: regretOf(strategy, scenarios.length, worst),
  });
  const everywhere = (strategy: StrategyVerdict) => strategy.group === 'eligible' && strategy.ranInAll;
  const groups = [
    {
      label: `In budget in ${scenarios.length === 1 ? 'the scenario' : `all ${countOf(scenarios.length, 'scenario')}`}`,
      rows: strategies.filter(everywhere),
    },
    {
      label: 'In budget wherever it ran',
      rows: strategies.filter((strategy) => strategy.group === 'eligible' && !everywhere(strategy)),
    },
    {
      label: 'Over the budget of refused calls somewhere',
      rows: strategies.filter(({ group }) => group === 'over budget'),
    },
    { label: 'Loses jobs somewhere', rows: strategies.filter(({ group }) => group === 'loses jobs') },
  ];
  const classes = new Set(scenarios.flatMap(({ cells }) => cells.map((cell) => cell.class)));
  return {
    scenarios: scenarios.map((scenario) => ({ name: scenario.name, lowest: lowestText(scenario) })),
    groups: groups.filter(({ rows }) => rows.length > 0).map(({ label, rows }) => ({ label, rows: rows.map(row) })),
    legend: (['best', 'tied', 'same', 'unsure', 'slower', 'over', 'failed'] as const)
      .filter((name) => classes.has(name))
      .map((name) => ({ class: name, word: classWords[name].word })),
    note: 'Percentages are makespan against the lowest (the fastest that loses no job and stays in budget). A strategy over the budget can be faster (−) but cannot be picked. Regret is the largest of a row’s differences.',
  };
}

function lowestText(scenario: ScenarioVerdict): string {
  const lowest = scenario.cells.find((cell) => cell.lowest);
  return lowest?.makespanMs ? `lowest ${formatDuration(lowest.makespanMs.median)}` : 'none eligible';
}

function matrixCell(scenario: ScenarioVerdict, strategy: string): MatrixCell {
  const cell = scenario.cells.find((other) => other.strategy === strategy);
  if (!cell || cell.class === 'none') return { class: 'none', word: classWords.none.word, text: '–', note: '' };
  return { class: cell.class, word: classWords[cell.class].word, text: differenceText(cell), note: cellNote(cell) };
}

/** `lowest`, `+11.7 %`, `loses jobs`: the decisive word of one cell, the same in every format. */
export function differenceText(cell: CellVerdict): string {
  if (cell.class === 'failed') return 'loses jobs';
  if (cell.lowest) return 'lowest';
  return cell.comparison ? formatDifference(cell.comparison.estimate) : '–';
}

/** Share of jobs that were never done, or why the trials failed. */
export function lossText(cell: CellVerdict): string {
  const undone = cell.jobs.failed + cell.jobs.lost;
  if (undone > 0) return `${formatShare(undone / cell.jobs.total).replace('.0', '')} undone`;
  return `failed on ${cell.failedSeeds} of ${cell.seeds} seeds`;
}

function cellNote(cell: CellVerdict): string {
  if (cell.class === 'failed') return lossText(cell);
  const interval = cell.comparison?.interval;
  if (cell.class === 'unsure' && interval) return `${formatInterval(interval.low, interval.high)}\u00A0%`;
  return `${formatShare(cell.refusedShare)} refused`;
}

function regretOf(strategy: StrategyVerdict, scenarios: number, worst: number): MatrixRow['regret'] {
  const over = strategy.cells.filter((cell) => cell.standing === 'over budget').length;
  const lost = strategy.cells.filter((cell) => cell.standing === 'loses jobs').length;
  const notes = [
    lost > 0
      ? `loses jobs in ${lost} of ${strategy.ranIn}`
      : over > 0
        ? `over budget in ${over} of ${strategy.ranIn}`
        : '',
    strategy.ranInAll || lost > 0 || over > 0 ? '' : `ran in ${strategy.ranIn} of ${scenarios}`,
  ];
  const regret = strategy.worstRegret;
  return {
    text: regret === null ? 'not eligible' : formatDifference(regret),
    note: sentenceList(notes.filter(Boolean)),
    bar: regret === null ? null : Math.min(1, regret / worst),
    eligible: strategy.group === 'eligible',
  };
}
