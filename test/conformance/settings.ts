/** The policies that the doors are compared under, and the shape of the traffic that brings each of them to its limits. */
import { policyOf } from '../../src/doors/gateway.ts';
import type { Policy } from '../../mock-server/policy.ts';

/** A policy with its traffic. */
export interface Setting {
  readonly policy: Policy;
  /** How many of the 10,000 requests are its. */
  readonly requests: number;
  /** Mean of the small steps of the clock, ms. */
  readonly stepMs: number;
  /** Requests, on average, between two jumps of the clock. */
  readonly burst: number;
  /** The jumps are of a second up to this. */
  readonly jumpMsMax: number;
  readonly routes: readonly (readonly [method: string, path: string])[];
}

/** What no shipped policy has, in one: the two sliding windows, steps, lag, stale headers, dates, rejected requests that charge, bans. */
const everything: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'everything',
  limits: [
    {
      name: 'log',
      scope: ['org'],
      algorithm: { kind: 'sliding-window-log', limit: 60, windowMs: 4096 },
      cost: { base: 1, perItem: 1, routes: [{ match: { methods: ['PUT'] }, base: 3, perItem: 0 }] },
      retryAfter: 'http-date',
      tiers: [{ tier: 'premium', limit: 90 }],
    },
    {
      name: 'counter',
      scope: ['client', 'route'],
      algorithm: { kind: 'sliding-window-counter', limit: 9, windowMs: 5000 },
      counts: 'all',
      retryAfter: { uniformMs: [200, 2000] },
    },
    {
      name: 'steps',
      scope: ['token'],
      match: { methods: ['GET'] },
      algorithm: { kind: 'token-bucket', capacity: 8, refillPerSecond: 4, stepMs: 500 },
      silent: true,
    },
    { name: 'places', scope: ['user'], match: { methods: ['POST'] }, algorithm: { kind: 'concurrency', limit: 3 } },
    {
      name: 'minute',
      scope: ['ip'],
      algorithm: { kind: 'fixed-window', limit: 400, windowMs: 60_000, anchor: 'epoch' },
    },
  ],
  headers: { dialect: 'inin-ratelimit', on: 'always', speaksOf: 'log', staleMs: 700 },
  enforcementLagMs: 40,
  penalties: [
    {
      name: 'impatience',
      scope: ['client'],
      memoryMs: 5000,
      graceMs: 100,
      stages: [
        { name: 'pause', afterStrikes: 40, effect: 'tenant-block', durationMs: 300 },
        { name: 'dark', afterStrikes: 46, effect: 'unavailable', durationMs: 300 },
        { name: 'ban', afterStrikes: 52, effect: 'ip-ban', durationMs: 400 },
      ],
    },
  ],
  background: [
    {
      name: 'others',
      identity: { org: 'org-01', ip: '127.0.0.1' },
      path: '/api/v2/users',
      ratePerSecond: 3,
    },
  ],
  latency: [{ match: {}, medianMs: 300, sigma: 0.5, perItemMs: 50, loadFactor: 0.1 }],
  rejectionMs: 15,
  quirks: {
    requestIdReuse: { windowMs: 5000, header: 'X-Request-Id' },
    forbiddenAs429: { match: { methods: ['GET'] }, share: 0.5 },
  },
};

const USERS = ['GET', '/api/v2/users'] as const;
const USER = ['GET', '/api/v2/users/*'] as const;
const ME = ['GET', '/api/v2/users/me'] as const;
const FLOWS = ['GET', '/api/v2/flows'] as const;
const FLOW = ['PUT', '/api/v2/flows/*'] as const;
const DETAILS = ['POST', '/api/v2/analytics/conversations/details/query'] as const;
const JOBS = ['POST', '/api/v2/analytics/conversations/details/jobs'] as const;
const UNKNOWN = ['GET', '/api/v2/no/such/*'] as const;
const SEGMENTS = ['POST', '/api/v2/analytics/segments'] as const;
const INTERACTIONS = ['POST', '/api/v2/analytics/interactions/query'] as const;
const REPORTED_FLOWS = '/api/v2/architect/flows';

function setting(
  policy: string | Record<string, unknown>,
  requests: number,
  [stepMs, burst, jumpMsMax]: readonly [stepMs: number, burst: number, jumpMsMax: number],
  routes: Setting['routes'],
): Setting {
  return { policy: policyOf(policy), requests, stepMs, burst, jumpMsMax, routes };
}

/** 10,000 requests in all. */
export const settings: readonly Setting[] = [
  setting(
    'documented-platform',
    2000,
    [10, 700, 200_000],
    [USERS, USER, ME, FLOWS, FLOW, DETAILS, JOBS, UNKNOWN, ['POST', '/api/v2/integrations/actions/*/execute']],
  ),
  setting(
    'bulk-segments',
    1000,
    [150, 150, 200_000],
    [SEGMENTS, SEGMENTS, ['GET', '/api/v2/analytics/queues/summary'], ME],
  ),
  setting(
    'interactions-query',
    1000,
    [100, 80, 60_000],
    [INTERACTIONS, DETAILS, ['GET', '/api/v2/conversations/*'], JOBS],
  ),
  setting('architect-sync', 1500, [15, 300, 200_000], [['POST', REPORTED_FLOWS], ['GET', REPORTED_FLOWS], USERS, ME]),
  setting('users-fifty-orgs', 1000, [12, 100, 60_000], [USERS, USERS, ME, ['GET', '/api/v2/presencedefinitions']]),
  setting(
    'daily-export',
    1000,
    [200, 30, 6_000_000],
    [['POST', '/api/v2/analytics/conversations/aggregates/query'], DETAILS, ME],
  ),
  setting('teaching-nested-limits', 500, [20, 60, 10_000], [USERS, ME, FLOWS]),
  setting(everything, 2000, [30, 60, 30_000], [USERS, USER, FLOW, DETAILS, JOBS, UNKNOWN]),
];
