/** The platform as thread 0 reports it: a hard cap on concurrent segment creations per organization, under a rate that looks ample. */
export const bulkSegmentsPolicy: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'bulk-segments',
  title: 'Analytics segments, as reported',
  description:
    'Creating segments is capped per organization by how many are in service at once. The rate headers speak of another, roomier limit.',
  limits: [
    {
      name: 'segment-creations',
      scope: ['org'],
      match: { methods: ['POST'], paths: ['/api/v2/analytics/segments'] },
      algorithm: { kind: 'concurrency', limit: 3 },
      retryAfter: { kind: 'exact' },
      source: 'reported',
      note: 'The reply names a hard cap on concurrent segment creations per organization, the same in every tier. The number 3 is assumed.',
    },
    {
      name: 'analytics-rate',
      scope: ['org'],
      match: { methods: [], paths: ['/api/v2/analytics/**'] },
      algorithm: { kind: 'fixed-window', limit: 300, windowMs: 60_000, anchor: 'first-request' },
      retryAfter: { kind: 'exact' },
      tiers: [{ tier: 'premium', limit: 1200, refillPerSecond: null }],
      source: 'assumed',
      note: 'The limit whose ample capacity the headers show. Its numbers are assumed: the documented 300 a minute, four times that for Premium.',
    },
  ],
  headers: { dialect: 'x-ratelimit', on: 'admitted', speaksOf: 'analytics-rate', staleMs: 0 },
  latency: [
    {
      match: { methods: ['POST'], paths: ['/api/v2/analytics/segments'] },
      medianMs: 4000,
      sigma: 0.5,
      perItemMs: 1000,
      loadFactor: 0,
    },
  ],
  rejectionMs: 40,
};
