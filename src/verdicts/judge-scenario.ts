/** The verdict on one scenario. */
import type { ClaimResult, ScenarioResults } from '../results/results.ts';
import { minimumSeeds, seedsToSettle } from '../statistics/seeds-needed.ts';
import { allPairs, bestSet, compare, stability } from './comparisons.ts';
import { findingOf, overBudgetSentence } from './findings.ts';
import { type Summary, summarize } from './summary.ts';
import type {
  CellClass,
  CellVerdict,
  ClaimTally,
  Comparison,
  OverBudgetWinner,
  ScenarioVerdict,
  Standing,
} from './verdict.ts';

/** Differences up to this are the same for all practical purposes. */
export const practicalMargin = 0.02;

/**
 * Judges the main matrix of a scenario (variants belong to claims). The rule: never lose a job, at most the budget of calls refused, then
 * the lowest makespan, where 2 % is the same.
 */
export function judgeScenario(scenario: ScenarioResults): ScenarioVerdict {
  const cells = scenario.cells.filter(({ variant }) => variant === '');
  const seeds = new Set(cells.flatMap(({ trials }) => trials.map(({ seed }) => seed))).size;
  const summaries = cells.map((cell) => summarize(cell, scenario.refusedShareMax, seeds));
  const eligible = summaries.filter(({ standing }) => standing === 'eligible').toSorted(byMakespan);
  const comparisons = (eligible.length * (eligible.length - 1)) / 2;
  const seedsNeeded = minimumSeeds(comparisons);
  const verdicts = judgeCells(summaries, eligible, comparisons, seedsNeeded);
  const judged = {
    name: scenario.name,
    title: scenario.title,
    refusedShareMax: scenario.refusedShareMax,
    seeds,
    comparisons,
    seedsNeeded,
    moreSeeds: Math.max(0, seedsNeeded - seeds),
    margin: practicalMargin,
    cells: verdicts,
  };
  const proposal = verdicts.find(({ strategy }) => strategy === scenario.proposal);
  return {
    ...judged,
    pairs: seeds < seedsNeeded ? [] : allPairs(verdicts.filter(({ standing }) => standing === 'eligible')),
    finding: findingOf(judged),
    overBudgetWinner: overBudgetWinner(verdicts),
    proposal:
      proposal === undefined
        ? null
        : { strategy: proposal.strategy, class: proposal.class, estimate: estimateOf(proposal) },
    claims: tally(scenario.claims),
  };
}

/** Relative difference with the lowest eligible: 0 for itself, null when unknown. */
export function estimateOf(cell: CellVerdict): number | null {
  return cell.lowest ? 0 : (cell.comparison?.estimate ?? null);
}

/** Counts claims by verdict. */
export function tally(claims: readonly Pick<ClaimResult, 'verdict'>[]): ClaimTally {
  const count = (verdict: ClaimResult['verdict']) => claims.filter((claim) => claim.verdict === verdict).length;
  return {
    holds: count('holds'),
    depends: count('depends'),
    refuted: count('refuted'),
    notRun: count('not run'),
    total: claims.length,
  };
}

/** @param eligible by makespan */
function judgeCells(
  summaries: readonly Summary[],
  eligible: readonly Summary[],
  comparisons: number,
  seedsNeeded: number,
): CellVerdict[] {
  const unbeaten = bestSet(eligible);
  const first = stability(eligible);
  // Who is beaten cannot be the reference, though its median may be the lowest; when beating goes round in a circle, the lowest median is.
  const reference = eligible[Math.max(0, unbeaten.indexOf(true))] ?? null;
  const judged = summaries.map((summary): Omit<CellVerdict, 'rank'> => {
    const place = eligible.indexOf(summary);
    const lowest = summary === reference;
    const compared = reference === null || lowest ? null : compare(summary, reference, comparisons);
    const inBestSet = place >= 0 && unbeaten[place]!;
    const comparison = summary.standing === 'loses jobs' ? null : compared;
    return {
      ...summary,
      class: classOf(summary.standing, comparison, inBestSet),
      lowest,
      inBestSet,
      comparison,
      regret: lowest ? 0 : comparison && Math.max(0, comparison.estimate),
      firstShare: place < 0 ? null : first[place]!,
      seedsToSettle: null,
    };
  });
  return judged
    .map((cell) => (cell.lowest ? { ...cell, class: classOfLowest(cell, judged, seedsNeeded) } : cell))
    .map((cell) => ({ ...cell, seedsToSettle: settling(cell, seedsNeeded) }))
    .toSorted((a, b) => byStanding(a, b) || Number(b.lowest) - Number(a.lowest) || byMakespan(a, b))
    .map((cell, index) => ({ ...cell, rank: index + 1 }));
}

/** Class of any cell but the lowest. */
function classOf(standing: Standing, comparison: Comparison | null, inBestSet: boolean): CellClass {
  if (standing === 'not run') return 'none';
  if (standing === 'loses jobs') return 'failed';
  if (standing === 'over budget') return 'over';
  if (!comparison?.interval) return 'unsure';
  const { low, high } = comparison.interval;
  const within = low >= -practicalMargin && high <= practicalMargin;
  if (within) return inBestSet ? 'tied' : 'same';
  // Slower is said only where the interval printed beside it says so too.
  return !inBestSet && low > 0 ? 'slower' : 'unsure';
}

/** `best` only when everything else eligible is told apart and beyond the margin; too few seeds allow no verdict at all. */
function classOfLowest(
  lowest: Pick<CellVerdict, 'strategy' | 'seeds'>,
  cells: readonly Omit<CellVerdict, 'rank'>[],
  seedsNeeded: number,
): CellClass {
  if (lowest.seeds < seedsNeeded) return 'unsure';
  const others = cells.filter(({ standing, strategy }) => standing === 'eligible' && strategy !== lowest.strategy);
  const beyond = others.every(
    ({ class: own, comparison }) => own === 'slower' && comparison!.interval!.low > practicalMargin,
  );
  return beyond ? 'best' : 'tied';
}

function settling(cell: Omit<CellVerdict, 'rank'>, least: number): number | null {
  if (cell.class !== 'unsure') return null;
  if (cell.lowest || !cell.comparison?.interval) return least;
  const { estimate, interval, seeds } = cell.comparison;
  const [low, high] = [Math.log1p(interval.low), Math.log1p(interval.high)];
  return seedsToSettle({
    seeds,
    estimate: Math.log1p(estimate),
    low,
    high,
    margin: Math.log1p(practicalMargin),
    least,
  });
}

function overBudgetWinner(cells: readonly CellVerdict[]): OverBudgetWinner | null {
  const lowest = cells.find((cell) => cell.lowest) ?? null;
  const fastest = cells
    .filter(({ standing }) => standing === 'eligible' || standing === 'over budget')
    .toSorted(byMakespan)[0];
  if (fastest === undefined || fastest.standing === 'eligible' || fastest.makespanMs === null) return null;
  const estimate = lowest && (fastest.comparison?.estimate ?? null);
  if (estimate !== null && estimate >= 0) return null;
  const winner = {
    strategy: fastest.strategy,
    title: fastest.title,
    makespanMs: fastest.makespanMs.median,
    refusedShare: fastest.refusedShare,
    estimate,
    refusedRatio: lowest && lowest.rejectedMean > 0 ? fastest.rejectedMean / lowest.rejectedMean : null,
  };
  return { ...winner, sentence: overBudgetSentence(winner) };
}

const standings: readonly Standing[] = ['eligible', 'over budget', 'loses jobs', 'not run'];

function byStanding(a: Pick<Summary, 'standing'>, b: Pick<Summary, 'standing'>): number {
  return standings.indexOf(a.standing) - standings.indexOf(b.standing);
}

/** Lowest median first; then fewer failed seeds, fewer refusals, and the spec's letters, so that the order is total. */
function byMakespan(a: Summary, b: Summary): number {
  return (
    (a.makespanMs?.median ?? Infinity) - (b.makespanMs?.median ?? Infinity) ||
    a.failedSeeds - b.failedSeeds ||
    a.refusedShare - b.refusedShare ||
    (a.strategy < b.strategy ? -1 : 1)
  );
}
