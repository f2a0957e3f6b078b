/** The platform as thread 4 reports it: one strict bucket for all analytics of the tenant, and a ladder of penalties for defying it. */
export const dailyExportPolicy: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'daily-export',
  title: 'Analytics of one tenant, as reported',
  description:
    'All analytics calls of the tenant share fifty a minute. Calling before Retry-After has passed leads to a block, then 503, then a ban.',
  limits: [
    {
      name: 'tenant-analytics',
      scope: ['org'],
      match: { methods: [], paths: ['/api/v2/analytics/**'] },
      algorithm: { kind: 'fixed-window', limit: 50, windowMs: 60_000, anchor: 'first-request' },
      retryAfter: { kind: 'exact' },
      source: 'reported',
      note: 'The thread reports the first 429 after 50 intervals. A window of one minute that opens at the tenant’s first request is assumed.',
    },
  ],
  headers: { dialect: 'x-ratelimit', on: 'always', speaksOf: 'tenant-analytics', staleMs: 0 },
  penalties: [
    {
      name: 'defiance',
      scope: ['org'],
      match: { methods: [], paths: ['/api/v2/analytics/**'] },
      graceMs: 0,
      memoryMs: 600_000,
      extends: true,
      stages: [
        { name: 'tenant-block', afterStrikes: 3, effect: 'tenant-block', durationMs: 300_000 },
        { name: 'unavailable', afterStrikes: 6, effect: 'unavailable', durationMs: 600_000 },
        { name: 'ip-ban', afterStrikes: 10, effect: 'ip-ban', durationMs: 1_800_000 },
      ],
      source: 'reported',
      note: 'Replies report a hard block of the tenant, then 503, then a temporary ban. The counts (3, 6, 10 early calls) and times (5, 10, 30 min) are assumed.',
    },
  ],
  background: [
    {
      name: 'other analytics of the tenant',
      identity: { org: 'org-01', client: 'supervisor-dashboards', app: 'dashboards' },
      method: 'POST',
      path: '/api/v2/analytics/queues/observations/query',
      items: 1,
      ratePerSecond: 0.1,
      timeZone: 'Asia/Seoul',
      byHour: Array.from({ length: 24 }, () => 1),
      source: 'assumed',
    },
  ],
  latency: [{ match: { methods: [], paths: [] }, medianMs: 400, sigma: 0.4, perItemMs: 0, loadFactor: 0 }],
  rejectionMs: 30,
};
