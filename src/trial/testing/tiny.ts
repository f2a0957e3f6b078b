/** Small scenarios for tests: one limit, a few organizations, constant service time. */
import type { Scenario } from '../../../scenarios/scenario.ts';
import { customStrategy } from '../../strategies/index.ts';
import type { Pipeline, Plan, Strategy } from '../../strategies/strategy.ts';
import { createWorkload, type JobDraft, senders } from '../../workload/create-workload.ts';
import { runTrial, type TrialOptions } from '../run-trial.ts';

/** Start of all tiny trials. */
const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9);

/** Five calls a second per organization, 100 ms each, refusals after 10 ms. */
export const TINY_POLICY = {
  name: 'tiny',
  limits: [{ name: 'org', scope: ['org'], algorithm: { kind: 'token-bucket', capacity: 5, refillPerSecond: 5 } }],
  latency: [{ medianMs: 100, sigma: 0 }],
  rejectionMs: 10,
};

/** A scenario from jobs; everything else has a default. */
export function tinyScenario(
  drafts: readonly JobDraft[],
  changes: Partial<Scenario> & { readonly orgs?: number } = {},
): Scenario {
  const { orgs = 2, ...rest } = changes;
  return {
    name: 'tiny',
    title: 'Tiny',
    thread: { says: [], advice: [] },
    startsAt: new Date(STARTS_AT_MS).toISOString(),
    policy: TINY_POLICY,
    parameters: {},
    workload: () => createWorkload(senders(orgs), drafts),
    facts: () => [],
    strategies: [],
    proposal: '',
    refusedShareMax: 0.2,
    deadlineMs: 3_600_000,
    attemptsPerJobMax: 100,
    variants: [],
    claims: [],
    ...rest,
  };
}

/** `count` jobs at once, dealt to `orgs` organizations in turn. */
export function jobsAtOnce(count: number, orgs = 1): JobDraft[] {
  return Array.from({ length: count }, (_, index) => ({
    sender: index % orgs,
    path: `/api/v2/users?pageNumber=${index}`,
  }));
}

/** A strategy from a pipeline (default: none) and plans. */
export function strategyOf(pipeline: Pipeline = (fetch) => fetch, plans: readonly Plan[] = []): Strategy {
  return customStrategy('test', pipeline, { plans });
}

/** Sends every refused request again, `delayMs` after the refusal. */
export function retryEvery(delayMs: number): Pipeline {
  return (fetch, { clock }) =>
    async (input, init) => {
      for (;;) {
        const response = await fetch(input, init);
        if (response.ok) return response;
        await new Promise<void>((resolve) => clock.setTimer(resolve, delayMs));
      }
    };
}

/** Runs a tiny trial with seed 1. */
export function runTiny(
  scenario: Scenario,
  pipeline?: Pipeline,
  options: Partial<TrialOptions> & { readonly plans?: readonly Plan[] } = {},
) {
  const { plans, ...rest } = options;
  return runTrial({ scenario, strategy: strategyOf(pipeline, plans), seed: 1, ...rest });
}

/** The headers that the driver gave, as the plain object they are. */
export function plainHeaders(init: RequestInit | undefined): Record<string, string> {
  return { ...(init?.headers as Record<string, string>) };
}
