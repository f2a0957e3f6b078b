/** Scenarios that are one small piece of JSON: limits, calls, troubles. What the arbitraries make, what shrinks, what a failure prints. */
import { createGateway } from '../../mock-server/gateway.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Outage } from '../laws/index.ts';
import { createWorkload, type JobDraft, senders } from '../workload/create-workload.ts';
import { type Trouble, troubledGateway } from './troubled-gateway.ts';

/** One call of the program. */
export interface SmallCall {
  /** Ms from the trial's start. */
  readonly atMs: number;
  /** Its organization, from 0. */
  readonly org: number;
  /** Default `/api/v2/users`. */
  readonly path?: string;
}

/** A scenario as data. */
export interface SmallScenario {
  /** Loose limits of the policy; none: nothing is refused but by troubles. */
  readonly limits: readonly Readonly<Record<string, unknown>>[];
  /** How many organizations there are. */
  readonly orgs: number;
  /** What an admitted call takes, ms, always the same. */
  readonly serviceMs: number;
  readonly calls: readonly SmallCall[];
  readonly troubles: readonly Trouble[];
  /** Fixes the limiter's own dice, and those of uniform hints. */
  readonly seed: number;
}

/** Parts of the scenario that may be others than its data say. */
export type SmallChanges = Partial<
  Pick<Scenario, 'name' | 'title' | 'policy' | 'workload' | 'deadlineMs' | 'attemptsPerJobMax'>
>;

/** Start of all small scenarios: a Monday morning, as good as any. */
const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9);
/** What a refusal takes, ms. */
const REJECTION_MS = 10;
/** Hours in which the slowest sensible limiter is through with a few dozen calls and the longest Retry-After. */
const DEADLINE_MS = 6 * 3_600_000;
/** Many times what a limiter needs that waits at all between two attempts. */
const ATTEMPTS_PER_JOB_MAX = 2000;

const outagesByScenario = new WeakMap<Scenario, readonly Outage[]>();

/** The outages of a scenario that was made here; of any other, none are known. */
export function outagesOf(scenario: Scenario): readonly Outage[] {
  return outagesByScenario.get(scenario) ?? [];
}

/** Another scenario, made from one whose outages it keeps. */
export function withOutagesOf(scenario: Scenario, made: Scenario): Scenario {
  outagesByScenario.set(made, outagesOf(scenario));
  return made;
}

/**
 * A small scenario as one that trials and suites can run. `changes` replace any of its parts.
 *
 * @throws when it is run: PolicyError for wrong limits, RangeError for wrong calls
 */
export function smallScenario(small: SmallScenario, changes: SmallChanges = {}): Scenario {
  const { limits, orgs, serviceMs, troubles } = small;
  const scenario: Scenario = {
    name: 'small',
    title: 'Small',
    thread: { says: [], advice: [] },
    startsAt: new Date(STARTS_AT_MS).toISOString(),
    policy: {
      name: 'small',
      limits: limits.map((limit, index) => ({ name: `limit-${index + 1}`, ...limit })),
      latency: [{ medianMs: serviceMs, sigma: 0 }],
      rejectionMs: REJECTION_MS,
    },
    parameters: {},
    workload: () => createWorkload(senders(orgs), small.calls.map(draftOf)),
    facts: () => [],
    strategies: [],
    proposal: '',
    refusedShareMax: 1,
    deadlineMs: DEADLINE_MS,
    attemptsPerJobMax: ATTEMPTS_PER_JOB_MAX,
    variants: [],
    claims: [],
    platform: (policy, options) => troubledGateway(createGateway(policy, options), STARTS_AT_MS, troubles),
    ...changes,
  };
  const outages = troubles.flatMap((trouble) => (trouble.kind === 'outage' ? [trouble] : []));
  outagesByScenario.set(
    scenario,
    outages.map(({ fromMs, toMs }) => ({ fromMs, toMs })).toSorted((a, b) => a.fromMs - b.fromMs),
  );
  return scenario;
}

/** The call as a job. */
export function draftOf({ atMs, org, path = '/api/v2/users' }: SmallCall): JobDraft {
  return { sender: org, path, availableMs: atMs };
}
