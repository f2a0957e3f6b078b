/** What the limiter has to cope with: a policy (the platform's limits) and a workload (your jobs). Change both to what you know of yours. */
import { createWorkload, defineScenario, senders } from 'ratelab';

export default defineScenario({
  name: 'my-scenario',
  title: 'Three organizations, forty calls each',
  thread: {
    says: ['Calls of one organization are refused when it makes many at once.'],
    advice: ['Pace them, and obey Retry-After.'],
  },
  startsAt: '2026-03-02T09:00:00Z',
  policy: {
    name: 'my-policy',
    limits: [
      {
        name: 'per-org',
        scope: ['org'],
        algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 10 },
        source: 'assumed',
      },
    ],
    latency: [{ medianMs: 50, sigma: 0.25 }],
  },
  parameters: {
    orgs: { value: 3, source: 'assumed', note: 'customers whose data is fetched at the same time' },
    callsPerOrg: { value: 40, source: 'assumed', note: 'pages of users' },
  },
  workload: ({ orgs, callsPerOrg }, random) =>
    createWorkload(
      senders(orgs),
      Array.from({ length: orgs * callsPerOrg }, (_, index) => ({
        sender: index % orgs,
        path: `/api/v2/users?pageNumber=${1 + Math.floor(index / orgs)}`,
        // They come within half a second, in another order with every seed.
        availableMs: Math.floor(500 * random.at('arrival', `call-${index}`, 0)),
      })),
    ),
  facts: ({ orgs, callsPerOrg }) => [`${orgs} organizations`, `${callsPerOrg} calls each`],
  strategies: ['none', 'retry-after', 'token-bucket:ratePerSecond=10,burst=10+retry-after'],
  proposal: 'token-bucket:ratePerSecond=10,burst=10+retry-after',
  refusedShareMax: 0.05,
  deadlineMs: 10 * 60_000,
  attemptsPerJobMax: 100,
  variants: [],
  claims: [],
});
