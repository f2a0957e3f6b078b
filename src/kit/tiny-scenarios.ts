/** Scenarios for unit tests: over in a few ms each, and every kind of limiter bug shows in one of them. */
import type { Scenario } from '../../scenarios/scenario.ts';
import type { RandomSource } from '../random/random.ts';
import { createWorkload, type JobDraft, senders } from '../workload/create-workload.ts';
import { smallScenario } from './small-scenario.ts';
import type { Trouble } from './troubled-gateway.ts';

const PER_ORG = {
  name: 'per-org',
  scope: ['org'],
  algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 10 },
};
const SHARED = { name: 'shared', scope: [], algorithm: { kind: 'token-bucket', capacity: 20, refillPerSecond: 20 } };

/** Three organizations with 40 calls each that come within half a second; 10 calls a second each after a burst of 10. */
const tiny = make('tiny', 'Three organizations, 10 calls a second each', PER_ORG, [], 3, threeOrgs);

/** The same with an outage: from second 2 to second 5 everything is answered 503, Retry-After: 1. */
const tinyOutage = make(
  'tiny-outage',
  'Three organizations and an outage of three seconds',
  PER_ORG,
  [{ kind: 'outage', fromMs: 2000, toMs: 5000, retryAfter: '1' }],
  3,
  threeOrgs,
);

/** One organization with 100 calls at once, and four with five calls each that come later, behind one limit of 20 calls a second. */
const tinyShared = make('tiny-shared', 'One large organization, four small, one limit', SHARED, [], 5, oneLarge);

/** The scenarios of this file. */
export const tinyScenarios: readonly Scenario[] = [tiny, tinyOutage, tinyShared];

function make(
  name: string,
  title: string,
  limit: Readonly<Record<string, unknown>>,
  troubles: readonly Trouble[],
  orgs: number,
  drafts: (random: RandomSource) => JobDraft[],
): Scenario {
  return smallScenario(
    { limits: [limit], orgs, serviceMs: 50, calls: [], troubles, seed: 1 },
    {
      name,
      title,
      policy: { name, limits: [limit], latency: [{ medianMs: 50, sigma: 0.25 }], rejectionMs: 10 },
      workload: (_values, random) => createWorkload(senders(orgs), drafts(random)),
    },
  );
}

function threeOrgs(random: RandomSource): JobDraft[] {
  return Array.from({ length: 120 }, (_, index) =>
    call(index % 3, index, Math.floor(500 * random.at('arrival', `call-${index}`, 0))),
  );
}

function oneLarge(random: RandomSource): JobDraft[] {
  const large = Array.from({ length: 100 }, (_, index) => call(0, index, 0));
  const small = Array.from({ length: 20 }, (_, index) =>
    call(1 + (index % 4), index, 200 + Math.floor(3000 * random.at('arrival', `call-${index}`, 0))),
  );
  return [...large, ...small];
}

function call(sender: number, page: number, availableMs: number): JobDraft {
  return { sender, path: `/api/v2/users?pageNumber=${page + 1}`, availableMs };
}
