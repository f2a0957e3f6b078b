/**
 * The documented platform: what Genesys itself says about its limits, up to November 2026. No rate headers on success; Retry-After is
 * exact; what the published table would say about most services is not known, so only the limits below are modelled.
 */
export const documentedPlatformPolicy: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'documented-platform',
  title: 'The platform as documented',
  description:
    'Each access token has 300 requests a minute, each organization, client and user together 3,000. Some services add limits of their own. Success carries no rate information.',
  limits: [
    {
      name: 'token.rate.per.minute',
      scope: ['token'],
      match: { methods: [], paths: [] },
      algorithm: { kind: 'fixed-window', limit: 300, windowMs: 60_000, anchor: 'first-request' },
      retryAfter: { kind: 'exact' },
      source: 'documented',
      note: '300 requests a minute per access token. That the window opens at the first request is inferred from observed reset values.',
    },
    {
      name: 'org.app.user.rate.per.minute',
      scope: ['org', 'client', 'user'],
      match: { methods: [], paths: [] },
      algorithm: { kind: 'fixed-window', limit: 3000, windowMs: 60_000, anchor: 'first-request' },
      retryAfter: { kind: 'exact' },
      source: 'documented',
      note: '3,000 requests a minute per organization, OAuth client and user. One user post says 300.',
    },
    {
      name: 'flows.rate.per.minute',
      scope: ['org'],
      match: { methods: ['GET'], paths: ['/api/v2/flows'] },
      algorithm: { kind: 'fixed-window', limit: 12_000, windowMs: 60_000, anchor: 'first-request' },
      // 300,000 flows a minute in all: items stand for pages of 25, so a page of 100 charges 4 and leaves 3,000 calls.
      cost: { base: 1, perItem: 1, routes: [] },
      retryAfter: { kind: 'exact' },
      source: 'documented',
      note: '300,000 / pageSize calls a minute since September 2025: 12,000 at the default page of 25. That it counts per organization is inferred.',
    },
    {
      name: 'ivrs.update.rate.per.minute',
      scope: ['org'],
      match: { methods: ['PUT'], paths: ['/api/v2/architect/ivrs/*'] },
      algorithm: { kind: 'fixed-window', limit: 100, windowMs: 60_000, anchor: 'first-request' },
      retryAfter: { kind: 'exact' },
      source: 'observed',
      note: '100 updates a minute, seen in code written against the live API. That it counts per organization is assumed.',
    },
    {
      name: 'actions.concurrent.executions.max',
      scope: ['org'],
      match: { methods: ['POST'], paths: ['/api/v2/integrations/actions/*/execute'] },
      algorithm: { kind: 'concurrency', limit: 50 },
      retryAfter: { kind: 'fixed', afterMs: 1000 },
      source: 'documented',
      note: 'Concurrent executions of data actions; 50 is the example of the help text. Retry-After of 1 s is assumed.',
    },
  ],
  headers: { dialect: 'none', on: 'always', speaksOf: 'token.rate.per.minute', staleMs: 0 },
  latency: [
    {
      match: { methods: ['POST'], paths: ['/api/v2/analytics/**'] },
      medianMs: 900,
      sigma: 0.6,
      perItemMs: 0,
      loadFactor: 0,
    },
    { match: { methods: [], paths: [] }, medianMs: 150, sigma: 0.4, perItemMs: 0, loadFactor: 0 },
  ],
  rejectionMs: 30,
};
