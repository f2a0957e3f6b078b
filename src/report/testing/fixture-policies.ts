/** Two qualified policies for the fixture: a shared client bucket with per-token windows, and one with penalties, quirks and background. */
import type { Cost, Limit, Policy, RequestMatch } from '../../../mock-server/policy.ts';

const everything: RequestMatch = { methods: [], paths: [] };
const costsOne: Cost = { base: 1, perItem: 0, routes: [] };

const sharedBucket: Limit = {
  name: 'client shared',
  scope: ['client'],
  match: everything,
  algorithm: { kind: 'token-bucket', capacity: 100, refillPerSecond: 50, stepMs: 0 },
  cost: costsOne,
  counts: 'admitted',
  retryAfter: { kind: 'uniform', fromMs: 1000, toMs: 30_000 },
  silent: false,
  tiers: [],
  source: 'reported',
  note: 'One bucket for all organizations under one client; the thread suspects it.',
};

const tokenWindow: Limit = {
  ...sharedBucket,
  name: 'token window',
  scope: ['token'],
  algorithm: { kind: 'fixed-window', limit: 300, windowMs: 60_000, anchor: 'first-request' },
  retryAfter: { kind: 'exact' },
  source: 'documented',
  note: 'The documented 300 requests a minute per access token.',
};

const concurrency: Limit = {
  ...sharedBucket,
  name: 'org concurrency',
  scope: ['org', 'route'],
  match: { methods: ['POST'], paths: ['/api/v2/analytics/**'] },
  algorithm: { kind: 'concurrency', limit: 3 },
  cost: { base: 1, perItem: 1, routes: [] },
  counts: 'all',
  retryAfter: { kind: 'absent' },
  silent: true,
  tiers: [{ tier: 'premium', limit: 6, refillPerSecond: null }],
  source: 'assumed',
  note: 'Three heavy queries at once per organization; the number is a guess.',
};

const plain: Policy = {
  schemaVersion: 1,
  name: 'fixture',
  title: 'Invented platform',
  description: 'For tests only.',
  limits: [sharedBucket, tokenWindow],
  headers: { dialect: 'none', on: 'always', speaksOf: 'token window', staleMs: 0 },
  penalties: [],
  background: [],
  latency: [{ match: everything, medianMs: 120, sigma: 0.3, perItemMs: 0, loadFactor: 0 }],
  rejectionMs: 20,
  enforcementLagMs: 0,
  quirks: { requestIdReuse: null, forbiddenAs429: null },
};

const strict: Policy = {
  ...plain,
  limits: [sharedBucket, tokenWindow, concurrency],
  headers: { dialect: 'x-rate-limit', on: 'always', speaksOf: 'token window', staleMs: 2000 },
  penalties: [
    {
      name: 'defiance',
      scope: ['org'],
      match: everything,
      graceMs: 500,
      memoryMs: 600_000,
      extends: true,
      stages: [
        { name: 'tenant block', afterStrikes: 5, effect: 'tenant-block', durationMs: 60_000 },
        { name: 'ip ban', afterStrikes: 20, effect: 'ip-ban', durationMs: 600_000 },
      ],
      source: 'reported',
      note: 'Ignoring Retry-After leads to a block of the whole tenant.',
    },
  ],
  background: [
    {
      name: 'other apps',
      identity: { org: 'org-07' },
      method: 'GET',
      path: '/api/v2/users',
      items: 1,
      ratePerSecond: 2,
      timeZone: 'America/Los_Angeles',
      byHour: Array.from({ length: 24 }, () => 1),
      source: 'assumed',
    },
  ],
  enforcementLagMs: 250,
  quirks: {
    requestIdReuse: { windowMs: 10_000, header: 'X-Genesys-Request-Id', source: 'reported' },
    forbiddenAs429: null,
  },
};

/** The two policies. */
export const fixturePolicies: readonly Policy[] = [strict, plain];
