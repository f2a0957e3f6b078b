/** What was found about one limiter: plain figures, from which the whole page is made. */
import { median } from '../../src/statistics/quantiles.ts';
import type { TrialResult } from '../../src/results/results.ts';
import { packageVersion } from '../../src/suite/package-version.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import type { LimiterCase } from './cases.ts';
import { refusals, waitAfter, type WaitsMs } from './header-probe.ts';
import { FIVE_A_SECOND, windowFinding, type WindowFinding } from './window-probe.ts';

/** Seeds of each scenario. */
export const SEEDS = [1, 2, 3] as const;

/** One limiter in one scenario: medians over the seeds unless said otherwise, shares from 0 to 1. */
export interface ScenarioFinding {
  /** Jobs that were not done, of all; of the seed with most. */
  readonly undoneShare: number;
  /** Attempts that were refused, of all. */
  readonly wastedShare: number;
  /** Soonest possible end over the real one; null where jobs were left undone. */
  readonly optimumShare: number | null;
  /** Jain's index over the organizations' mean slowdowns; null where jobs were left undone, since who gives up early waits little. */
  readonly jain: number | null;
  /** Longest time that an organization with work open saw none of it admitted. */
  readonly starvedMs: number;
  /** Why trials were stopped, each reason once; empty: none was. */
  readonly stopped: readonly string[];
}

/** All that the page says about one limiter. */
export interface LimiterFinding extends LimiterCase {
  readonly title: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  /** Of the library alone; null for those that are told a limit, which send nothing again. */
  readonly waitsMs: WaitsMs | null;
  /** Null for those that do not pace. */
  readonly window: WindowFinding | null;
  readonly scenarios: Readonly<Record<string, ScenarioFinding>>;
}

/** The probes' part of a finding. */
export type ProbeFinding = Pick<LimiterFinding, 'waitsMs' | 'window'>;

/** Runs all probes of one limiter, in this thread. */
export async function probe({ kind, alone, promise }: LimiterCase): Promise<ProbeFinding> {
  const strategy = parseStrategy(alone);
  const waits: [string, number | null][] = [];
  if (promise === null) {
    for (const refusal of refusals) waits.push([refusal.name, await waitAfter(strategy, refusal)]);
  }
  return {
    waitsMs: waits.length === 0 ? null : (Object.fromEntries(waits) as WaitsMs),
    window: promise === null && kind !== 'paces' ? null : await windowFinding(strategy, promise ?? FIVE_A_SECOND),
  };
}

/** What stands about a strategy in its own file. */
export function about({ spec }: LimiterCase): Pick<LimiterFinding, 'title' | 'packages'> {
  const { title, foreign } = parseStrategy(spec);
  const packages = (foreign?.packages ?? []).map((name) => ({ name, version: packageVersion(name) ?? 'unknown' }));
  return { title, packages };
}

/** The trials of one limiter in one scenario, summed up. */
export function scenarioFinding(trials: readonly TrialResult[]): ScenarioFinding {
  const measured = trials.flatMap(({ metrics }) => metrics ?? []);
  const over = (value: (metrics: (typeof measured)[number]) => number) => median(measured.map(value)) ?? 1;
  const stopped = [...new Set(trials.flatMap(({ failure }) => failure?.reason ?? []))].toSorted();
  const complete = stopped.length === 0 && measured.every(({ jobs }) => jobs.done === jobs.total);
  return {
    // Not the median: one seed of three that loses jobs is a limiter that loses jobs.
    undoneShare: rounded(Math.max(0, ...measured.map(({ jobs }) => 1 - jobs.done / jobs.total))),
    wastedShare: rounded(over(({ wastedShare }) => wastedShare)),
    optimumShare: complete ? rounded(over(({ boundRatio }) => 1 / boundRatio)) : null,
    jain: complete ? rounded(over(({ fairness }) => fairness.jain)) : null,
    starvedMs: Math.round(over(({ fairness }) => fairness.longestStarvationMs)),
    stopped,
  };
}

/** Enough digits for any table, few enough to be read. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
