/** Three small policies to learn from and to start an own policy with. All numbers are made up for teaching. */

/** One fixed window: the border between two windows lets twice the limit pass. */
export const fixedWindowExample: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'teaching-fixed-window',
  title: 'Example: one fixed window',
  description:
    'Sixty calls in each clock minute for everybody. Around the turn of the minute 120 calls can pass in a moment.',
  limits: [
    {
      name: 'per-minute',
      scope: [],
      algorithm: { kind: 'fixed-window', limit: 60, windowMs: 60_000, anchor: 'epoch' },
      retryAfter: { kind: 'exact' },
      source: 'assumed',
      note: 'Made up for teaching.',
    },
  ],
};

/** One token bucket per organization: a burst, then a steady rate. */
export const tokenBucketExample: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'teaching-token-bucket',
  title: 'Example: one token bucket per organization',
  description: 'Each organization may burst 20 calls and then make 5 a second.',
  limits: [
    {
      name: 'per-org',
      scope: ['org'],
      algorithm: { kind: 'token-bucket', capacity: 20, refillPerSecond: 5, stepMs: 0 },
      retryAfter: { kind: 'exact' },
      source: 'assumed',
      note: 'Made up for teaching.',
    },
  ],
};

/** Two limits at once: the smaller scope looks free while the larger one refuses. */
export const nestedLimitsExample: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'teaching-nested-limits',
  title: 'Example: an organization inside a gateway',
  description:
    'Ten calls a second per organization, thirty over all of them: four busy organizations refuse one another.',
  limits: [
    {
      name: 'per-org',
      scope: ['org'],
      algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 10, stepMs: 0 },
      retryAfter: { kind: 'exact' },
      source: 'assumed',
      note: 'Made up for teaching.',
    },
    {
      name: 'whole-gateway',
      scope: [],
      algorithm: { kind: 'token-bucket', capacity: 30, refillPerSecond: 30, stepMs: 0 },
      retryAfter: { kind: 'exact' },
      source: 'assumed',
      note: 'Made up for teaching.',
    },
  ],
};
