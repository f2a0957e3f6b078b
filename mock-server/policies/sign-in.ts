/**
 * How often an OAuth client may mint a token. The platform does throttle that, its numbers are unknown; known is that ten tokens took about
 * a second to mint and fifty about sixty seconds. A tenth of a second each, a burst of ten, and forty a minute after it fit both.
 */
export const signInPolicy: Record<string, unknown> = {
  schemaVersion: 1,
  name: 'sign-in',
  title: 'Signing in',
  description: 'Each OAuth client may mint ten access tokens in a row and forty a minute after that.',
  limits: [
    {
      name: 'login/token.mint.rate.per.minute',
      scope: ['client'],
      algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 40 / 60, stepMs: 0 },
      retryAfter: { kind: 'absent' },
      source: 'assumed',
      note: 'Fitted to two observations: 10 tokens took about 1 s to mint, 50 about 60 s. That it counts per OAuth client is assumed.',
    },
  ],
  latency: [{ match: { methods: [], paths: [] }, medianMs: 100, sigma: 0, perItemMs: 0, loadFactor: 0 }],
  rejectionMs: 20,
};
