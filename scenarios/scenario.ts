/** The scenario port: a policy, a workload, the strategies worth comparing, the claims to check. Data, not machinery. */
import type { Gateway, GatewayOptions } from '../mock-server/gateway.ts';
import type { Policy } from '../mock-server/policy.ts';
import type { CellResult, ClaimResult, TrialResult } from '../src/results/results.ts';
import type { Pipeline } from '../src/strategies/strategy.ts';
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

/** One number that somebody else published, and how it is measured here. */
export interface PublishedFigure {
  /** For people: `Full jitter`. */
  readonly label: string;
  /** Strategy (canonical or loose spec) that stands for what was published about. */
  readonly strategy: string;
  /** What is counted, for people: `calls`, `completion`. */
  readonly quantity: string;
  /** `ms`, `%`, or '' for plain counts. */
  readonly unit: string;
  readonly published: number;
  /** As printed there, with its spread where one is given: `799 ± 5`. */
  readonly publishedText: string;
  /** Standard error of the published mean; null where a single run was published. */
  readonly publishedStandardError: number | null;
  /** The same quantity of one trial, in the same unit; called for trials with metrics only. */
  readonly measure: (trial: TrialResult) => number;
  /** Why it agrees or not, or what is not comparable; '' when nothing needs to be said. */
  readonly note: string;
}

/** Results about this scenario that nobody here produced. */
export interface Published {
  /** Where they stand. */
  readonly source: string;
  /** How far this scenario is the published one. */
  readonly note: string;
  readonly figures: readonly PublishedFigure[];
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
  /**
   * Scaled ms per real ms of its trials over HTTP, unless the user says otherwise; default 1. As fast as its strategies need to end within a
   * minute, and no faster: what a call takes on the wire (about a millisecond) counts this many times.
   */
  readonly wireSpeed?: number;
  readonly claims: readonly Claim[];
  /** Another platform than the gateway of the policy, for results that were published about one; it must be no faster than the policy's limits allow. */
  readonly platform?: (policy: Policy, options: GatewayOptions) => Gateway;
  /** The client's own protocol, under every strategy and nearest to the wire: one call of a strategy may take several requests. */
  readonly client?: Pipeline;
  readonly published?: Published;
}

/** Types a scenario file; returns it unchanged. What its own parameters are is between its parts: to everybody else it is any scenario. */
export function defineScenario<P extends Record<string, Parameter>>(scenario: Scenario<P>): Scenario {
  return scenario as unknown as Scenario;
}
