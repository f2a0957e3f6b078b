/** The two strategies a scenario's figures speak of: the thread's own proposal, and the pick. */
import type { Tone } from '../charts/kit.ts';
import type { ScenarioResults } from '../../results/results.ts';
import type { CellVerdict, ScenarioVerdict } from '../../verdicts/verdict.ts';

/** At least one cell; `lead` is drawn blue, `other` rust. */
export interface Focus {
  /** The pick where it ran without losing jobs, else the lowest, else the first. Null only where nothing ran. */
  readonly lead: CellVerdict | null;
  /** The thread's proposal; when that is the lead, the fastest over the budget or the runner-up. */
  readonly other: CellVerdict | null;
  /** True when `other` is the thread's own proposal. */
  readonly otherIsProposal: boolean;
}

/** Chooses them, preferring strategies whose timelines were kept. */
export function focusOf(results: ScenarioResults, verdict: ScenarioVerdict, pick: string | null): Focus {
  const find = (spec: string | null | undefined) =>
    verdict.cells.find(({ strategy, standing }) => strategy === spec && standing !== 'not run');
  const picked = find(pick);
  const lead =
    (picked && picked.standing !== 'loses jobs' ? picked : undefined) ??
    verdict.cells.find(({ lowest }) => lowest) ??
    picked ??
    verdict.cells[0] ??
    null;
  const kept = results.timelines.map(({ strategy }) => find(strategy));
  const candidates = [
    find(results.proposal),
    ...kept,
    find(verdict.overBudgetWinner?.strategy),
    find(verdict.finding.runnerUp),
    ...verdict.cells,
  ];
  const other = candidates.find((cell) => cell && cell.strategy !== lead?.strategy) ?? null;
  return { lead, other, otherIsProposal: other !== null && other.strategy === results.proposal };
}

/** The tone of one strategy. */
export function toneOf(focus: Focus, strategy: string): Tone {
  if (strategy === focus.lead?.strategy) return 'lead';
  return strategy === focus.other?.strategy ? 'other' : 'rest';
}
