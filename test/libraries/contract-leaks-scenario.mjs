/** A small scenario for the test of leaks: three organizations, GETs and POSTs, so many at once that pacers pace, a limit that refuses some. */
import { createWorkload, senders } from '../../dist/src/index.js';

const ORGS = 3;
const JOBS = 36;

export default {
  name: 'leaks',
  title: 'Leaks',
  thread: { says: [], advice: [] },
  startsAt: '2026-01-05T09:00:00Z',
  policy: {
    name: 'leaks',
    limits: [
      {
        name: 'org',
        scope: ['org'],
        algorithm: { kind: 'token-bucket', capacity: 6, refillPerSecond: 2 },
      },
    ],
    latency: [{ medianMs: 80, sigma: 0.3 }],
    rejectionMs: 10,
  },
  parameters: {},
  workload: (_, random) => {
    const dice = random.stream('leaks');
    const drafts = Array.from({ length: JOBS }, (_, index) => ({
      sender: index % ORGS,
      method: index % 4 === 3 ? 'POST' : 'GET',
      path: `/api/v2/users?pageNumber=${index}`,
      body: index % 4 === 3 ? '{}' : null,
      availableMs: Math.floor(dice.next() * 500),
    }));
    return createWorkload(senders(ORGS), drafts);
  },
  facts: () => [],
  strategies: ['none'],
  proposal: 'none',
  refusedShareMax: 1,
  deadlineMs: 86_400_000,
  attemptsPerJobMax: 1000,
  variants: [],
  claims: [],
};
