/** Thread 0: fifty segment definitions a minute over several organizations, with one multi-org client (a token belongs to one organization). */
import { bulkSegmentsPolicy } from '../mock-server/policies/bulk-segments.ts';
import { createWorkload, senders, type JobDraft } from '../src/workload/create-workload.ts';
import type { Random, RandomSource, Workload } from '../src/workload/workload.ts';
import { bulkSegmentsClaims, KNOWN_CAP, PROPOSAL, SPACED } from './bulk-segments-claims.ts';
import { COMMON_STRATEGIES } from './common-strategies.ts';
import { assumed, fromThread } from './parameters.ts';
import { changeLatency, changeLimit, withoutLimit } from './policy-changes.ts';
import { defineScenario, type Values } from './scenario.ts';

const parameters = {
  organizations: assumed(5, 'The thread says "multiple organizations".'),
  definitionsPerMinute: fromThread(50, 'About fifty segment definitions a minute, over all organizations.'),
  minutes: assumed(8, 'How long the job goes on.'),
  burstMs: assumed(2000, 'The fifty of a minute are sent within this time ("simultaneously").'),
  tier: fromThread('premium', 'The app has the Premium tier.'),
  batchItemsMax: assumed(10, 'Most definitions that one batch may carry.'),
};

/** Each minute a burst of definitions; the k-th organization gets a share in proportion to 1/k. */
function makeWorkload(values: Values<typeof parameters>, random: RandomSource): Workload {
  const callers = senders(values.organizations, () => ({ client: 'multi-org-client', tier: values.tier }));
  const dice = random.stream('workload', 'bulk-segments');
  const drafts: JobDraft[] = [];
  for (let minute = 0; minute < values.minutes; minute++) {
    for (let index = 0; index < values.definitionsPerMinute; index++) {
      const sender = drawByRank(dice, values.organizations);
      drafts.push({
        sender,
        method: 'POST',
        path: '/api/v2/analytics/segments',
        body: JSON.stringify({ name: `segment-${minute}-${index}` }),
        availableMs: minute * 60_000 + dice.integer(0, values.burstMs),
        mergeKey: callers[sender]!.org,
        mergeItemsMax: values.batchItemsMax,
      });
    }
  }
  return createWorkload(callers, drafts);
}

/** An index from 0 to `count - 1`, the k-th with probability in proportion to 1/(k + 1). */
function drawByRank(dice: Random, count: number): number {
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1));
  let left = dice.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => (left -= weight) < 0);
  return drawn < 0 ? count - 1 : drawn;
}

/** The scenario `bulk-segments`. */
export const bulkSegments = defineScenario({
  name: 'bulk-segments',
  title: 'Creating segments for several organizations',
  thread: {
    says: [
      'A job creates about fifty segment definitions a minute over several organizations with one multi-org token.',
      'It gets 429 though the rate headers of the successes before show ample capacity, in the Premium tier, and with exponential backoff.',
    ],
    advice: [
      'The limit is on concurrent creations per organization, whatever the tier.',
      'Queue the calls, leave 200 to 500 ms between two to the same organization, and back off exponentially.',
      'Wait the Retry-After of the 429, and batch where possible.',
    ],
  },
  startsAt: '2026-03-04T10:00:00Z',
  policy: bulkSegmentsPolicy,
  parameters,
  workload: makeWorkload,
  facts: (values) => [
    `${values.organizations} organizations, one multi-org client`,
    `${values.definitionsPerMinute * values.minutes} segment definitions, ${values.definitionsPerMinute} at the start of each of ${values.minutes} minutes`,
    'the largest organization gets 44 % of them',
    'a creation is in service for 4 s (median)',
  ],
  strategies: [...COMMON_STRATEGIES, PROPOSAL, SPACED, KNOWN_CAP],
  proposal: PROPOSAL,
  refusedShareMax: 0.2,
  deadlineMs: 2 * 3_600_000,
  attemptsPerJobMax: 500,
  wireSpeed: 10,
  variants: [
    {
      name: 'without-creation-cap',
      what: 'No limit on concurrent creations.',
      policy: (loose) => withoutLimit(loose, 'segment-creations'),
    },
    {
      name: 'cap-per-client',
      what: 'The cap of three counts over the multi-org client, not per organization.',
      policy: (loose) => changeLimit(loose, 'segment-creations', { scope: ['client'] }),
    },
    { name: 'standard-tier', what: 'The app has the standard tier.', parameters: { tier: 'standard' } },
    {
      name: 'premium-raises-cap',
      what: 'Premium raises the cap from 3 to 8.',
      policy: (loose) =>
        changeLimit(loose, 'segment-creations', { tiers: [{ tier: 'premium', limit: 8, refillPerSecond: null }] }),
    },
    {
      name: 'header-of-the-cap',
      what: 'The rate headers speak of the creation cap.',
      policy: (loose) => ({
        ...loose,
        headers: { dialect: 'x-ratelimit', on: 'admitted', speaksOf: 'segment-creations', staleMs: 0 },
      }),
    },
    {
      name: 'quick-creations',
      what: 'A creation is in service for 0.6 s (median) instead of 4 s.',
      policy: (loose) => changeLatency(loose, { medianMs: 600 }),
    },
    {
      name: 'ten-a-minute',
      what: 'Ten definitions a minute instead of fifty.',
      parameters: { definitionsPerMinute: 10 },
    },
    {
      name: 'batch-saves-nothing',
      what: 'Each further definition of a batch takes as long as a call of its own.',
      policy: (loose) => changeLatency(loose, { perItemMs: 4000 }),
    },
  ],
  claims: bulkSegmentsClaims,
});
