/** Thread 4: a daily export of 300 s intervals, one call after the other, at 02:00 in Seoul. */
import { dailyExportPolicy } from '../mock-server/policies/daily-export.ts';
import { createWorkload, senders, type JobDraft } from '../src/workload/create-workload.ts';
import type { RandomSource, Workload } from '../src/workload/workload.ts';
import { COMMON_STRATEGIES } from './common-strategies.ts';
import { dailyExportClaims, HAMMER, PATIENT_BACKOFF, PROPOSAL } from './daily-export-claims.ts';
import { assumed, fromThread } from './parameters.ts';
import { withBackgroundRate } from './policy-changes.ts';
import { defineScenario, type Values } from './scenario.ts';

const parameters = {
  intervals: fromThread(288, 'A daily job with intervals of 300 s: 24 x 12.'),
  intervalSeconds: fromThread(300, 'The granularity of the export.'),
  startWithinMs: assumed(1000, 'When the scheduler starts the job after 02:00.'),
};

/** One chain: the next interval is asked for when the one before is written. */
function makeWorkload(values: Values<typeof parameters>, random: RandomSource): Workload {
  const callers = senders(1, () => ({ client: 'export-client', app: 'export' }));
  const availableMs = random.stream('workload', 'daily-export').integer(0, values.startWithinMs);
  const drafts = Array.from({ length: values.intervals }, (_, index): JobDraft => ({
    sender: 0,
    path: `/api/v2/analytics/queues/summary?from=${index * values.intervalSeconds}&granularity=PT${values.intervalSeconds}S`,
    availableMs,
    after: index - 1,
  }));
  return createWorkload(callers, drafts);
}

/** The scenario `daily-export`. */
export const dailyExport = defineScenario({
  name: 'daily-export',
  title: 'A daily analytics export',
  thread: {
    says: ['A daily job reads queue summaries in intervals of 300 s and gets 429 after fifty intervals.'],
    advice: [
      'Read Retry-After, sleep exactly that long, 5 s when it is absent.',
      'Look at X-RateLimit-Remaining before the next request, and wait at 0.',
      'Do not use generic exponential backoff: who ignores Retry-After is blocked, then gets 503, then a temporary ban.',
    ],
  },
  startsAt: '2026-03-04T02:00:00+09:00',
  policy: dailyExportPolicy,
  parameters,
  workload: makeWorkload,
  facts: (values) => [
    'one organization, one export after another',
    `${values.intervals} intervals of ${values.intervalSeconds} s, one call each`,
    'fifty analytics calls a minute for the whole tenant',
    'three early calls lead to a block, six to 503, ten to a ban',
  ],
  strategies: [...COMMON_STRATEGIES, PATIENT_BACKOFF, HAMMER],
  proposal: PROPOSAL,
  refusedShareMax: 0.2,
  deadlineMs: 6 * 3_600_000,
  attemptsPerJobMax: 200,
  wireSpeed: 6,
  variants: [
    {
      name: '40-intervals',
      what: 'Forty intervals, no other analytics of the tenant.',
      parameters: { intervals: 40 },
      policy: (loose) => withBackgroundRate(loose, 0),
    },
    {
      name: '50-intervals',
      what: 'Fifty intervals, no other analytics of the tenant.',
      parameters: { intervals: 50 },
      policy: (loose) => withBackgroundRate(loose, 0),
    },
    {
      name: '51-intervals',
      what: 'Fifty-one intervals, no other analytics of the tenant.',
      parameters: { intervals: 51 },
      policy: (loose) => withBackgroundRate(loose, 0),
    },
    { name: 'idle-tenant', what: 'No other analytics of the tenant.', policy: (loose) => withBackgroundRate(loose, 0) },
    {
      name: 'busy-tenant',
      what: 'The tenant makes 0.5 other analytics calls a second instead of 0.1.',
      policy: (loose) => withBackgroundRate(loose, 0.5),
    },
    { name: 'at-14', what: 'The job starts at 14:00 in Seoul.', startsAt: '2026-03-04T14:00:00+09:00' },
    { name: 'half-minute', what: 'The job starts at 02:00:30.', startsAt: '2026-03-04T02:00:30+09:00' },
    { name: 'no-penalties', what: 'Early calls lead to nothing.', policy: (loose) => ({ ...loose, penalties: [] }) },
  ],
  claims: dailyExportClaims,
});
