/** Tenants of the scenario, for the traffic of their other integrations. */
const TENANTS = Array.from({ length: 8 }, (_, index) => `org-${String(index + 1).padStart(2, '0')}`);

/** The platform as thread 2 reports it: a tenant-wide limit that charges the internal calls of an update. */
export const architectSyncPolicy: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'architect-sync',
  title: 'Architect flows, as reported',
  description:
    'All requests of a tenant count against ten a second, with a minute’s worth of burst. One flow update charges its internal calls too, so the endpoint limit is not the one that fires.',
  limits: [
    {
      name: 'tenant-wide',
      scope: ['org'],
      match: { methods: [], paths: [] },
      algorithm: { kind: 'token-bucket', capacity: 600, refillPerSecond: 10, stepMs: 0 },
      cost: {
        base: 1,
        perItem: 0,
        routes: [{ match: { methods: ['POST'], paths: ['/api/v2/architect/flows'] }, base: 3, perItem: 2 }],
      },
      retryAfter: { kind: 'exact' },
      source: 'reported',
      note: 'Ten requests a second per tenant is the thread’s figure, and a reply says that an update causes internal calls. Two internal calls per flow, so a charge of 3, are assumed, and so is a burst of one minute: it lets small tenants pass, as reported.',
    },
    {
      name: 'flows-endpoint',
      scope: ['org'],
      match: { methods: [], paths: ['/api/v2/architect/flows'] },
      algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 10, stepMs: 0 },
      retryAfter: { kind: 'exact' },
      source: 'assumed',
      note: 'The endpoint’s own limit that the thread’s client respects. Assumed equal to the tenant’s, one charge per visible request.',
    },
  ],
  headers: { dialect: 'x-rate-limit', on: 'rejected', speaksOf: 'tenant-wide', staleMs: 0 },
  background: TENANTS.map((org) => ({
    name: `other integrations of ${org}`,
    identity: { org, client: 'other-integration', app: 'other-integration' },
    method: 'GET',
    path: '/api/v2/users',
    items: 1,
    ratePerSecond: 1.5,
    timeZone: 'UTC',
    byHour: Array.from({ length: 24 }, () => 1),
    source: 'assumed',
  })),
  latency: [
    { match: { methods: ['GET'], paths: [] }, medianMs: 150, sigma: 0.4, perItemMs: 0, loadFactor: 0 },
    { match: { methods: ['POST'], paths: [] }, medianMs: 400, sigma: 0.4, perItemMs: 100, loadFactor: 0 },
  ],
  rejectionMs: 30,
  quirks: {
    requestIdReuse: { windowMs: 10_000, header: 'X-Genesys-Request-Id', source: 'reported' },
    forbiddenAs429: {
      match: { methods: ['POST'], paths: ['/api/v2/architect/flows'] },
      share: 1,
      source: 'reported',
    },
  },
};
