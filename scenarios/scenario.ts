/** The scenario port: a policy, a workload, the strategies worth comparing, the claims to check. Data, not machinery. */
import type { CellResult, ClaimResult } from '../src/results/results.ts';
import type { WorkloadMaker } from '../src/workload/workload.ts';

/** One number of a scenario, with where it comes from. */
export interface Parameter<T extends number | string | boolean = number | string | boolean> {
  readonly value: T;
  readonly source: 'thread' | 'documented' | 'assumed';
  readonly note: string;
}

/** Values of a scenario's parameters. */
export type Values<P> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };

/** The scenario with something changed, for claims: parameters, and a change to the loose policy. */
export interface Variant<P> {
  readonly name: string;
  readonly what: string;
  readonly parameters?: Partial<Values<P>>;
  /** Receives a deep copy of the policy's loose JSON and returns the changed one. */
  readonly policy?: (loose: Record<string, unknown>) => unknown;
  /** Another start of the trial (ISO 8601 with offset). */
  readonly startsAt?: string;
}

/** What a claim's check may read. */
export interface Evidence {
  /** The cell of a strategy (canonical or loose spec) in a variant ('' = the scenario as it stands). Throws when it was not asked for. */
  cell(strategy: string, variant?: string): CellResult;
}

/** One row of claims.md as a check on results. */
export interface Claim {
  readonly id: string;
  readonly kind: ClaimResult['kind'];
  readonly says: string;
  /** Cells it reads. Those outside the main matrix are run with the suite's claim seeds. */
  readonly needs: readonly { readonly strategy: string; readonly variant?: string }[];
  readonly restsOn: readonly string[];
  readonly check: (evidence: Evidence) => Pick<ClaimResult, 'verdict' | 'evidence' | 'boundary' | 'bars'>;
}

/** A scenario. */
export interface Scenario<P extends Record<string, Parameter> = Record<string, Parameter>> {
  readonly name: string;
  readonly title: string;
  readonly thread: { readonly says: readonly string[]; readonly advice: readonly string[] };
  /** Start of the trial, ISO 8601 with offset, 2024 or later. */
  readonly startsAt: string;
  /** Loose policy, parsed by `parsePolicy`. */
  readonly policy: Record<string, unknown>;
  readonly parameters: P;
  readonly workload: WorkloadMaker<Values<P>>;
  /** Facts for people, computed from the parameters. */
  readonly facts: (values: Values<P>) => readonly string[];
  readonly strategies: readonly string[];
  readonly proposal: string;
  readonly refusedShareMax: number;
  /** A trial that is not over by then has failed. Virtual ms from its start. */
  readonly deadlineMs: number;
  /** A trial that makes more attempts than this per job has failed. */
  readonly attemptsPerJobMax: number;
  readonly variants: readonly Variant<P>[];
  readonly claims: readonly Claim[];
}

/** Types a scenario file; returns it unchanged. */
export function defineScenario<P extends Record<string, Parameter>>(scenario: Scenario<P>): Scenario<P> {
  return scenario;
}
