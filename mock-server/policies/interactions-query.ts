/** Organizations of the scenario, for the traffic that their own people cause beside the reports. */
const ORGANIZATIONS = Array.from({ length: 20 }, (_, index) => `org-${String(index + 1).padStart(2, '0')}`);

/** Office hours: full from 08:00 to 20:00, a tenth in the night. Assumed. */
const OFFICE_HOURS = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 20 ? 1 : 0.1));

/** The platform as thread 1 reports it: analytics has a small burst and a pool of concurrent queries, and its 429s say nothing. */
export const interactionsQueryPolicy: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'interactions-query',
  title: 'Analytics queries, as reported',
  description:
    'Heavy analytics queries have a small burst per organization and share a pool of concurrent queries. No 429 carries Retry-After.',
  limits: [
    {
      name: 'analytics-burst',
      scope: ['org'],
      match: { methods: [], paths: ['/api/v2/analytics/**'] },
      algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 2, stepMs: 0 },
      retryAfter: { kind: 'absent' },
      source: 'reported',
      note: 'The thread reports a burst far below that of the interactions API and 429s at 50 requests a second. Burst 10 and 2 a second are assumed.',
    },
    {
      name: 'query-pool',
      scope: ['org'],
      match: { methods: ['POST'], paths: ['/api/v2/analytics/interactions/query'] },
      algorithm: { kind: 'concurrency', limit: 5 },
      retryAfter: { kind: 'absent' },
      source: 'reported',
      note: 'A reply names a pool that the concurrent queries of one organization share. The number 5 is assumed.',
    },
    {
      name: 'interactions-api',
      scope: ['org'],
      match: { methods: [], paths: ['/api/v2/conversations/**'] },
      algorithm: { kind: 'token-bucket', capacity: 300, refillPerSecond: 50, stepMs: 0 },
      retryAfter: { kind: 'absent' },
      source: 'reported',
      note: 'The interactions API, for comparison: 50 a second is the rate the thread throttles to, the burst of 300 is assumed.',
    },
    {
      name: 'recording-exports',
      scope: ['org'],
      match: { methods: [], paths: ['/api/v2/recording/**'] },
      algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 2, stepMs: 0 },
      retryAfter: { kind: 'absent' },
      source: 'reported',
      note: 'A reply says that the recording exports have limits of their own. The numbers are assumed.',
    },
  ],
  headers: { dialect: 'none', on: 'always', speaksOf: 'analytics-burst', staleMs: 0 },
  background: ORGANIZATIONS.map((org) => ({
    name: `dashboards of ${org}`,
    identity: { org, client: 'dashboards', app: 'dashboards' },
    method: 'POST',
    path: '/api/v2/analytics/queues/observations/query',
    items: 1,
    ratePerSecond: 0.5,
    timeZone: 'America/New_York',
    byHour: OFFICE_HOURS,
    source: 'assumed',
  })),
  latency: [
    {
      match: { methods: ['POST'], paths: ['/api/v2/analytics/interactions/query'] },
      medianMs: 1500,
      sigma: 0.6,
      perItemMs: 300,
      loadFactor: 0,
    },
  ],
  rejectionMs: 40,
};
