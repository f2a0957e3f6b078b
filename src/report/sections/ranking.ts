/** The ranked verdict of one scenario. */
import type { CellVerdict, ScenarioVerdict } from '../../verdicts/verdict.ts';
import {
  countOf,
  formatCount,
  formatDuration,
  formatInterval,
  formatRatio,
  formatShare,
} from '../../wording/format.ts';
import type { RankRow, Ranking } from '../shape.ts';
import { differenceText, lossText } from './answer.ts';
import { classWords } from './words.ts';

/** The ranking, grouped by standing. `pick` and `proposal` are specs. */
export function rankingOf(scenario: ScenarioVerdict, pick: string | null, proposal: string): Ranking {
  const budget = formatShare(scenario.refusedShareMax).replace('.0', '');
  const labels = [
    ['eligible', `In budget: at most ${budget} of calls refused, no job lost`],
    ['over budget', `Over budget: more than ${budget} of calls refused`],
    ['loses jobs', 'Not eligible: loses jobs'],
  ] as const;
  const groups = labels.map(([standing, label]) => ({
    label,
    rows: scenario.cells.filter((cell) => cell.standing === standing).map((cell) => rankRow(cell, pick, proposal)),
  }));
  return {
    heading: scenario.finding.headline,
    note: note(scenario),
    groups: groups.filter(({ rows }) => rows.length > 0),
  };
}

function note(scenario: ScenarioVerdict): string {
  const seeds = `Medians of ${countOf(scenario.seeds, 'paired seed')}.`;
  if (scenario.moreSeeds > 0)
    return `${seeds} A verdict needs ${scenario.seedsNeeded}; ${countOf(scenario.moreSeeds, 'more seed')} would do.`;
  if (scenario.comparisons === 0) return seeds;
  return `${seeds} Interval: paired Hodges–Lehmann estimate with exact signed-rank bounds, 95\u00A0% shared over ${countOf(scenario.comparisons, 'comparison')}.`;
}

function rankRow(cell: CellVerdict, pick: string | null, proposal: string): RankRow {
  const interval = cell.comparison?.interval;
  const lost = cell.standing === 'loses jobs';
  return {
    strategy: cell.strategy,
    title: cell.title,
    class: cell.class,
    word: classWords[cell.class].word,
    isPick: cell.strategy === pick,
    isProposal: cell.strategy === proposal,
    standing: cell.standing,
    makespan: lost ? '–' : formatDuration(cell.makespanMs?.median ?? null),
    difference: lost ? lossText(cell) : differenceText(cell),
    interval: interval && !lost ? formatInterval(interval.low, interval.high) : '',
    boundRatio: lost || !cell.bound || cell.bound.ms.median === 0 ? '–' : formatRatio(cell.boundRatio?.median ?? null),
    rejected: formatCount(cell.rejectedMean),
    refused: formatShare(cell.refusedShare),
    refusedBar: cell.refusedShare,
    waitP95: lost ? '–' : formatDuration(cell.waitMsP95),
    worstOrg: lost || cell.worstOrgSlowdown === null ? '–' : `${formatRatio(cell.worstOrgSlowdown.median)}×`,
    seeds: cell.comparison && !lost ? `${cell.comparison.wins}–${cell.comparison.ties}–${cell.comparison.losses}` : '',
  };
}
