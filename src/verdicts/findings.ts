/** What a scenario's verdict comes to, in one sentence with its number: a branch each for win, tie, doubt and none. */
import type { CellVerdict, OverBudgetWinner, ScenarioFinding, ScenarioVerdict } from './verdict.ts';
import { capitalized, formatCount, numberWord } from '../wording/format.ts';
import { list, percent, seedsOf, wholePercent } from './wording.ts';

/** What a finding is made of. */
type Judged = Pick<ScenarioVerdict, 'cells' | 'seeds' | 'seedsNeeded' | 'moreSeeds' | 'margin'>;

/** The finding of a scenario whose cells are judged. */
export function findingOf(judged: Judged): ScenarioFinding {
  const eligible = judged.cells.filter(({ standing }) => standing === 'eligible');
  const lowest = eligible.find((cell) => cell.lowest) ?? null;
  const kind = kindOf(eligible, judged);
  const ofClass = (...classes: readonly string[]) => eligible.filter((cell) => classes.includes(cell.class));
  return {
    kind,
    lowest: lowest?.strategy ?? null,
    runnerUp: eligible.find((cell) => !cell.lowest)?.strategy ?? null,
    within: ofClass('best', 'tied', 'same').map(({ strategy }) => strategy),
    unsure: ofClass('unsure').map(({ strategy }) => strategy),
    headline: headlines[kind](judged, eligible),
  };
}

/** The openly reported winner when refusals do not count. */
export function overBudgetSentence(winner: Omit<OverBudgetWinner, 'sentence'>): string {
  const refused = `${percent(winner.refusedShare)} of its calls refused`;
  if (winner.estimate === null) return `${winner.title} is the fastest that loses no job, with ${refused}`;
  const ratio = winner.refusedRatio;
  const times =
    ratio === null || ratio < 2
      ? ''
      : `, ${ratio < 9.95 ? ratio.toFixed(1) : formatCount(ratio)}\u00A0× as many refusals`;
  return `Without the budget ${winner.title} is ${percent(winner.estimate)} faster, with ${refused}${times}`;
}

function titlesOf(cells: readonly CellVerdict[]): string {
  return list(cells.map(({ title }) => title));
}

function kindOf(eligible: readonly CellVerdict[], { moreSeeds }: Judged): ScenarioFinding['kind'] {
  const has = (wanted: CellVerdict['class']) => eligible.some((cell) => cell.class === wanted && !cell.lowest);
  if (eligible.length === 0) return 'none';
  if (moreSeeds > 0 || eligible.some((cell) => cell.lowest && cell.class === 'unsure')) return 'few seeds';
  if (eligible.length === 1) return 'only';
  if (eligible.some((cell) => cell.class === 'best')) return 'alone';
  if (has('unsure')) return 'unsure';
  return has('tied') ? 'tied' : 'lowest';
}

/** More than this are counted, not named. */
const namedMax = 3;

type Headline = (judged: Judged, eligible: readonly CellVerdict[]) => string;

/** Titles may hold commas (`Backoff, full jitter`), so that they stand at the end or in brackets, and lists of them are parted by semicolons. */
const headlines: Readonly<Record<ScenarioFinding['kind'], Headline>> = {
  alone: (_, [lowest, runnerUp]) =>
    `${lowest!.title} is the lowest alone; the next takes ${percent(runnerUp!.comparison!.estimate)} longer (${runnerUp!.title})`,

  tied: ({ margin }, eligible) => {
    const within = eligible.filter(({ class: own }) => own === 'tied' || own === 'same');
    const names = within.length > namedMax ? '' : `: ${titlesOf(within)}`;
    return `${capitalized(numberWord(within.length))} strategies finish within ${wholePercent(margin)} of the lowest makespan${names}`;
  },

  lowest: ({ margin }, [lowest, ...others]) => {
    const same = others.filter((cell) => cell.class === 'same');
    if (same.length > 0) {
      const names = same.length > namedMax ? '' : ` (${titlesOf(same)})`;
      const count = `${numberWord(same.length)} ${same.length === 1 ? 'other is' : 'others are'}`;
      return `${lowest!.title} is the lowest; ${count} within ${wholePercent(margin)} of it${names}`;
    }
    const { low, high } = others[0]!.comparison!.interval!;
    return `${lowest!.title} is the lowest; the next takes ${percent(low)} to ${percent(high)} longer (${others[0]!.title})`;
  },

  unsure: ({ seeds }, eligible) => {
    const open = eligible.filter((cell) => cell.class === 'unsure');
    const named = open.length > namedMax ? `${numberWord(open.length)} others` : titlesOf(open);
    return `${eligible[0]!.title} is the lowest, but ${seedsOf(seeds)} cannot separate it from ${named}`;
  },

  'few seeds': ({ seeds, seedsNeeded, moreSeeds }) =>
    moreSeeds > 0
      ? `${capitalized(seedsOf(seeds))} ${seeds === 1 ? 'is' : 'are'} too few for a verdict: it needs ${moreSeeds} more`
      : `Too few seeds were finished for a verdict: it needs ${seedsNeeded} of each strategy`,

  only: ({ cells }, [only]) =>
    cells.length === 1
      ? `${only!.title} loses no job and stays in budget: ${percent(only!.refusedShare)} of its calls refused`
      : `Only ${only!.title} loses no job and stays in budget, with ${percent(only!.refusedShare)} of its calls refused`,

  none: ({ cells }) => {
    const fastest = cells.find(({ standing }) => standing === 'over budget');
    if (cells.every(({ standing }) => standing === 'not run')) return 'Nothing was run here';
    if (fastest === undefined) return 'Every strategy loses jobs';
    return `Nothing stays in budget: ${fastest.title}, the fastest that loses no job, has ${percent(fastest.refusedShare)} of its calls refused`;
  },
};
