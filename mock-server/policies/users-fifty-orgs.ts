/** Other traffic of the partner's app by hour in California: 1 from nine to five, half beside it, a tenth in the night. Assumed. */
const PACIFIC_BUSINESS_HOURS = Array.from({ length: 24 }, (_, hour) =>
  hour >= 9 && hour < 17 ? 1 : hour >= 7 && hour < 19 ? 0.5 : 0.1,
);

/** The platform as thread 3 reports it: fifty a second per organization, and a gateway limit over all of the app's organizations. */
export const usersFiftyOrgsPolicy: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'users-fifty-orgs',
  title: 'Users of fifty organizations, as reported',
  description:
    'Every organization has fifty requests a second, but all organizations of the app share one gateway limit, drained by the app’s other traffic in business hours.',
  limits: [
    {
      name: 'users-per-org',
      scope: ['org'],
      match: { methods: ['GET'], paths: ['/api/v2/users'] },
      algorithm: { kind: 'token-bucket', capacity: 50, refillPerSecond: 50, stepMs: 0 },
      retryAfter: { kind: 'exact' },
      source: 'reported',
      note: 'Fifty requests a second per organization is the thread’s figure; the burst of one second is assumed.',
    },
    {
      name: 'app-gateway',
      scope: ['app'],
      match: { methods: [], paths: [] },
      algorithm: { kind: 'token-bucket', capacity: 50, refillPerSecond: 50, stepMs: 0 },
      retryAfter: { kind: 'uniform', fromMs: 1000, toMs: 30_000 },
      silent: true,
      source: 'reported',
      note: 'The thread suspects one limit over all organizations of the app and reports a Retry-After from 1 to 30 s. Its size is assumed: the same fifty a second, counted once for all.',
    },
  ],
  headers: { dialect: 'none', on: 'always', speaksOf: 'users-per-org', staleMs: 0 },
  background: [
    {
      name: 'other traffic of the app',
      identity: { org: 'other-installations', client: 'partner-client', app: 'partner-app', ip: '198.51.100.7' },
      method: 'GET',
      path: '/api/v2/presencedefinitions',
      items: 1,
      ratePerSecond: 30,
      timeZone: 'America/Los_Angeles',
      byHour: PACIFIC_BUSINESS_HOURS,
      source: 'assumed',
      note: '30 of the 50 calls a second in business hours.',
    },
  ],
  latency: [{ match: { methods: [], paths: [] }, medianMs: 120, sigma: 0.4, perItemMs: 0, loadFactor: 0 }],
  rejectionMs: 25,
};
