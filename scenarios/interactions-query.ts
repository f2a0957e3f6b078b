/** Thread 1: heavy analytics queries over many organizations at the end of the day. */
import { interactionsQueryPolicy } from '../mock-server/policies/interactions-query.ts';
import { createWorkload, senders, type JobDraft } from '../src/workload/create-workload.ts';
import type { RandomSource, Workload } from '../src/workload/workload.ts';
import { COMMON_STRATEGIES } from './common-strategies.ts';
import { DELAYED_CALLS, interactionsQueryClaims, PROPOSAL } from './interactions-query-claims.ts';
import { assumed } from './parameters.ts';
import { backgroundOf, changeEveryLimit, changeLimit, withoutLimit, type Loose } from './policy-changes.ts';
import { defineScenario, type Values } from './scenario.ts';

const parameters = {
  organizations: assumed(20, 'The thread says "multi-org".'),
  reportsLargest: assumed(
    60,
    'Reports of the largest organization; the k-th has this many divided by k to the power 0.8.',
  ),
  pagesPerReport: assumed(5, 'Pages that one report takes, fetched one after the other.'),
  releaseMs: assumed(60_000, 'All reports of the end of the day start within this time.'),
  pagesPerCallMax: assumed(10, 'Most pages that one larger page may stand for.'),
};

/** Each report is a chain of pages; a page can be asked for when the one before is there. */
function makeWorkload(values: Values<typeof parameters>, random: RandomSource): Workload {
  const callers = senders(values.organizations, () => ({ client: 'reporting', app: 'reporting', tier: 'premium' }));
  const drafts: JobDraft[] = [];
  callers.forEach(({ org }, sender) => {
    const dice = random.stream('workload', org);
    const reports = Math.max(1, Math.round(values.reportsLargest / fourFifthsPower(sender + 1)));
    for (let report = 0; report < reports; report++) {
      const availableMs = dice.integer(0, values.releaseMs);
      for (let page = 1; page <= values.pagesPerReport; page++) {
        drafts.push({
          sender,
          method: 'POST',
          path: '/api/v2/analytics/interactions/query',
          body: JSON.stringify({ report, paging: { pageSize: 100, pageNumber: page } }),
          availableMs,
          after: page === 1 ? -1 : drafts.length - 1,
          mergeKey: `${org}/report-${report}`,
          mergeItemsMax: values.pagesPerCallMax,
        });
      }
    }
  });
  return createWorkload(callers, drafts);
}

/** x^0.8 as x over its fifth root, by Newton's steps: engines differ in the last bit of `x ** 0.8`, and results must not. */
function fourFifthsPower(x: number): number {
  let root = x;
  for (let step = 0; step < 60; step++) root -= (root - x / (root * root * root * root)) / 5;
  return x / root;
}

/** Recording exports of every organization, as further background traffic. */
function withRecordingExports(policy: Loose): Loose {
  const exports = backgroundOf(policy).map((traffic, index) => ({
    ...traffic,
    name: `recording exports ${index + 1}`,
    method: 'GET',
    path: '/api/v2/recording/batchrequests',
    ratePerSecond: 1,
  }));
  return { ...policy, background: [...backgroundOf(policy), ...exports] };
}

const analyticsTier = (limit: number, refillPerSecond: number | null) => (loose: Loose) =>
  changeLimit(loose, 'analytics-burst', { tiers: [{ tier: 'premium', limit, refillPerSecond }] });

/** The scenario `interactions-query`. */
export const interactionsQuery = defineScenario({
  name: 'interactions-query',
  title: 'Analytics queries at the end of the day',
  thread: {
    says: [
      'End-of-day reports query analytics for many organizations and get 429 even at fifty requests a second per organization.',
      'The 429s carry no Retry-After, which leaves a static delay.',
    ],
    advice: [
      'Use a token bucket instead of backoff alone, and limit concurrent queries per organization.',
      'Run off-peak, and check whether the Premium tier has larger bursts.',
      'Delay each call by a random 10 to 30 s, by organization.',
    ],
  },
  startsAt: '2026-03-04T18:02:00-05:00',
  policy: interactionsQueryPolicy,
  parameters,
  workload: makeWorkload,
  facts: (values) => [
    `${values.organizations} organizations`,
    `up to ${values.reportsLargest} reports each, ${values.pagesPerReport} pages a report`,
    'no Retry-After on any 429',
  ],
  strategies: [...COMMON_STRATEGIES, PROPOSAL, DELAYED_CALLS],
  proposal: PROPOSAL,
  refusedShareMax: 0.2,
  deadlineMs: 12 * 3_600_000,
  attemptsPerJobMax: 500,
  wireSpeed: 8,
  variants: [
    {
      name: 'with-retry-after',
      what: 'Every 429 carries an exact Retry-After.',
      policy: (loose) => changeEveryLimit(loose, { retryAfter: { kind: 'exact' } }),
    },
    {
      name: 'few-reports-with-retry-after',
      what: 'Every 429 carries an exact Retry-After, and the largest organization has 15 reports instead of 60.',
      parameters: { reportsLargest: 15 },
      policy: (loose) => changeEveryLimit(loose, { retryAfter: { kind: 'exact' } }),
    },
    {
      name: 'roomy-analytics',
      what: 'Analytics has the numbers of the interactions API: burst 300 and 50 a second.',
      policy: (loose) =>
        changeLimit(loose, 'analytics-burst', {
          algorithm: { kind: 'token-bucket', capacity: 300, refillPerSecond: 50, stepMs: 0 },
        }),
    },
    {
      name: 'recording-exports-run',
      what: 'Every organization exports recordings at one call a second meanwhile.',
      policy: withRecordingExports,
    },
    {
      name: 'exports-share-the-bucket',
      what: 'The same exports, counted by the analytics limit.',
      policy: (loose) =>
        changeLimit(withRecordingExports(loose), 'analytics-burst', {
          match: { methods: [], paths: ['/api/v2/analytics/**', '/api/v2/recording/**'] },
        }),
    },
    {
      name: 'pool-only',
      what: 'No rate limit, only the pool of queries.',
      policy: (loose) => withoutLimit(loose, 'analytics-burst'),
    },
    { name: 'at-night', what: 'The reports start at 02:00 in New York.', startsAt: '2026-03-05T02:02:00-05:00' },
    { name: 'premium-burst-20', what: 'Premium doubles the burst to 20.', policy: analyticsTier(20, null) },
    {
      name: 'premium-rate-10',
      what: 'Premium raises burst to 20 and the rate to 10 a second.',
      policy: analyticsTier(20, 10),
    },
  ],
  claims: interactionsQueryClaims,
});
