/** A platform without limits, for probes: what a limiter does is then its own doing. A probe answers in the platform's place where it wants to. */
import { defineScenario, type Scenario } from '../../scenarios/scenario.ts';
import type { Pipeline } from '../../src/strategies/strategy.ts';
import { createWorkload, senders, type JobDraft } from '../../src/workload/create-workload.ts';

/** How long an admitted call takes, ms. */
export const SERVICE_MS = 50;

const DAY_MS = 86_400_000;

/** What differs between probes. */
export interface Probe {
  readonly name: string;
  /** How many organizations send; the n-th draft's `sender` counts them from 0. */
  readonly organizations: number;
  readonly drafts: readonly JobDraft[];
  /** Stands nearest to the wire: sees each attempt, and may answer it. */
  readonly client: Pipeline;
}

/** A probe as a scenario that any strategy can be run in. Its trial may last 60 virtual days. */
export function openPlatform({ name, organizations, drafts, client }: Probe): Scenario {
  return defineScenario({
    name,
    title: name,
    thread: { says: [], advice: [] },
    startsAt: '2026-03-04T10:00:00Z',
    policy: {
      name,
      title: name,
      description: 'No limit.',
      limits: [],
      latency: [{ medianMs: SERVICE_MS, sigma: 0 }],
      rejectionMs: SERVICE_MS,
    },
    parameters: {},
    workload: () => createWorkload(senders(organizations), drafts),
    facts: () => [],
    strategies: [],
    proposal: 'none',
    refusedShareMax: 1,
    deadlineMs: 60 * DAY_MS,
    attemptsPerJobMax: 1000,
    variants: [],
    claims: [],
    client,
  });
}
