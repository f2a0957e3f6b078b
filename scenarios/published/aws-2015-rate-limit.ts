/** The same algorithms and clients as in the comparison of 2015, with a rate limit in the place of the contended row: does the ranking stay? */
import { createWorkload, senders } from '../../src/workload/create-workload.ts';
import type { Workload } from '../../src/workload/workload.ts';
import { assumed, documented } from '../parameters.ts';
import { defineScenario, type Values } from '../scenario.ts';
import { publishedBackoff, thread } from './aws-2015-backoff.ts';

const parameters = {
  clients: documented(100, 'As in the published comparison.'),
  requests: assumed(1, 'Requests of each client, all at the same moment.'),
};

function makeWorkload({ clients, requests }: Values<typeof parameters>): Workload {
  const drafts = Array.from({ length: clients * requests }, (_, index) => ({
    sender: index % clients,
    method: 'PUT',
    path: '/row',
  }));
  return createWorkload(senders(clients), drafts);
}

const plain = (jitter: Parameters<typeof publishedBackoff>[0]) => publishedBackoff(jitter, 1);

/** The scenario `aws-2015-rate-limit`. */
export const aws2015RateLimit = defineScenario({
  name: 'aws-2015-rate-limit',
  title: 'The algorithms of 2015 against a rate limit',
  thread,
  startsAt: '2026-03-04T10:00:00Z',
  policy: {
    name: 'aws-2015-rate-limit',
    title: 'One token bucket for all',
    description: 'Fifty requests a second after a burst of ten, counted over all clients together.',
    limits: [
      {
        name: 'shared',
        algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 50 },
        retryAfter: 'exact',
        note: 'Chosen so that 100 clients at once are ten times the burst.',
      },
    ],
    latency: [{ medianMs: 20, sigma: 0.14 }],
    rejectionMs: 20,
  },
  parameters,
  workload: makeWorkload,
  facts: ({ clients, requests }) => [
    `${clients} clients, ${requests === 1 ? 'one request' : `${requests} requests`} each, all at once`,
    '50 a second after a burst of 10, over all clients',
    'answers take 20 ms, as two messages of the published network do',
  ],
  strategies: [
    plain('none'),
    plain('decorrelated'),
    plain('equal'),
    plain('full'),
    'immediate-retry',
    'retry-after',
    'retry-after+token-bucket:by=all,ratePerSecond=50',
  ],
  proposal: plain('full'),
  refusedShareMax: 1,
  deadlineMs: 600_000,
  attemptsPerJobMax: 20_000,
  variants: [],
  claims: [],
});
