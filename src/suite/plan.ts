/** The plan of a suite: which cells are run, on which seeds, before anything runs. Pure. */
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { parseStrategy } from '../strategies/index.ts';
import type { ScenarioSource, StrategySource } from './sources.ts';

/** Claim cells use this many of the suite's seeds, from the first. */
export const CLAIM_SEEDS = 5;

/**
 * Name under which a cell stands in the results that runs the scenario as it stands, but only for a claim and only on the claim
 * seeds. It is not '', so that no ranking ever takes it for a full cell.
 */
export const CLAIMS_VARIANT = 'claims only';

/**
 * Isolated runs are made on this many seeds, from the first: one trial of fifty organizations needs fifty of them, each against the whole
 * background traffic, and a median over three says which organization suffers nearly as well as one over twenty.
 */
export const ISOLATED_SEEDS = 3;

/** One cell to run. */
export interface PlannedCell {
  /** Index into {@link SuitePlan.scenarios}. */
  readonly scenario: number;
  /** Variant to run: '' for the scenario as it stands. */
  readonly variant: string;
  /** Variant under which the cell stands in the results. */
  readonly label: string;
  readonly source: StrategySource;
  readonly strategy: Strategy;
  readonly seeds: readonly number[];
  /** Seeds on which each organization is run alone too (fairness). Main matrix only. */
  readonly isolatedSeeds: readonly number[];
}

/** One scenario to run, with the strategies of its main matrix, in order. */
export interface PlannedScenario {
  readonly source: ScenarioSource;
  readonly scenario: Scenario;
  readonly strategies: readonly { readonly source: StrategySource; readonly strategy: Strategy }[];
  /** Why its claims are not checked; '' when they are. */
  readonly claimsSkipped: string;
}

/** The whole plan. */
export interface SuitePlan {
  readonly scenarios: readonly PlannedScenario[];
  readonly seeds: readonly number[];
  /** In the order in which cells stand in the results: by scenario; the matrix first, then claim cells. */
  readonly cells: readonly PlannedCell[];
}

/** Plans a suite: the main matrix on all seeds, then the further cells that claims need, on the first {@link CLAIM_SEEDS} seeds. */
export function planSuite(scenarios: readonly PlannedScenario[], seeds: readonly number[]): SuitePlan {
  const cells = scenarios.flatMap((planned, scenario) => [
    ...matrixCells(planned, scenario, seeds),
    ...claimCells(planned, scenario, seeds),
  ]);
  return { scenarios, seeds, cells };
}

/**
 * A spec in its canonical form, in which cells are keyed; the text itself when it does not parse (a claim that needs it then finds no
 * cell, and says so).
 */
export function canonicalSpec(spec: string): string {
  try {
    return parseStrategy(spec).spec;
  } catch {
    return spec;
  }
}

function matrixCells(planned: PlannedScenario, scenario: number, seeds: readonly number[]): PlannedCell[] {
  return planned.strategies.map(({ source, strategy }) => ({
    scenario,
    variant: '',
    label: '',
    source,
    strategy,
    seeds,
    isolatedSeeds: seeds.slice(0, ISOLATED_SEEDS),
  }));
}

function claimCells(planned: PlannedScenario, scenario: number, seeds: readonly number[]): PlannedCell[] {
  if (planned.claimsSkipped !== '') return [];
  const seen = new Set(planned.strategies.map(({ strategy }) => cellKey(strategy.spec, '')));
  const cells: PlannedCell[] = [];
  for (const need of planned.scenario.claims.flatMap((claim) => claim.needs)) {
    const strategy = parsed(need.strategy);
    const variant = need.variant ?? '';
    const known = variant === '' || planned.scenario.variants.some(({ name }) => name === variant);
    if (strategy === null || !known || seen.has(cellKey(strategy.spec, variant))) continue;
    seen.add(cellKey(strategy.spec, variant));
    cells.push({
      scenario,
      variant,
      label: variant === '' ? CLAIMS_VARIANT : variant,
      source: { spec: strategy.spec, file: null },
      strategy,
      seeds: seeds.slice(0, CLAIM_SEEDS),
      isolatedSeeds: [],
    });
  }
  return cells;
}

function parsed(spec: string): Strategy | null {
  try {
    return parseStrategy(spec);
  } catch {
    return null;
  }
}

function cellKey(spec: string, variant: string): string {
  return JSON.stringify([spec, variant]);
}
