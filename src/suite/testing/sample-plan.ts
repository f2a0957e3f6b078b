/** Plans for tests: one made-up scenario; strategies that do nothing. */
import type { Claim, Scenario } from '../../../scenarios/scenario.ts';
import { customStrategy } from '../../strategies/index.ts';
import { planSuite, type PlannedScenario, type SuitePlan } from '../plan.ts';

/** A scenario with two jobs, for planning; it is never run. */
export function sampleScenario(claims: readonly Claim[] = []): Scenario {
  return {
    name: 'sample',
    title: 'A sample',
    thread: { says: ['It fails.'], advice: ['Wait.'] },
    startsAt: '2026-03-02T09:00:00Z',
    policy: { name: 'sample', limits: [] },
    parameters: { orgs: { value: 2, source: 'assumed', note: '' } },
    workload: () => ({ senders: [], jobs: [] }),
    facts: () => ['two jobs'],
    strategies: ['none'],
    proposal: 'retry-after',
    refusedShareMax: 0.2,
    deadlineMs: 1000,
    attemptsPerJobMax: 10,
    variants: [{ name: 'twice', what: 'twice the load' }],
    claims,
  };
}

/** What a user's file is marked with. */
const usersCode = { packages: [], keepsState: true, load: () => Promise.resolve() };

/** The scenario as planned, with strategies by name; a name that starts with a dot stands for a user's file. */
export function samplePlanned(names: readonly string[], claims: readonly Claim[] = []): PlannedScenario {
  return {
    source: { name: 'sample', file: null, policy: null },
    scenario: sampleScenario(claims),
    strategies: names.map((name) => ({
      source: { spec: name, file: name.startsWith('.') ? `/somewhere/${name}` : null },
      strategy: customStrategy(name, (fetch) => fetch, name.startsWith('.') ? { foreign: usersCode } : {}),
    })),
    claimsSkipped: '',
  };
}

/** The plan of {@link samplePlanned}. */
export function samplePlan(names: readonly string[], seeds: readonly number[]): SuitePlan {
  return planSuite([samplePlanned(names)], seeds);
}
