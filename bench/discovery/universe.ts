/**
 * The fixed universe of the discovery benchmark: who a discovery may speak as, and what it may ask. Eight identities around the first one: each
 * label differs from the first identity's in at least one of them while every label that it does not imply stays the same. A token implies all
 * others (a call is known by its token alone), a client and a user imply their org; nothing else is implied, so that every two sets of labels
 * that are not closed under these rules to the same set cut the identities differently.
 */
import type { Caller } from '../../mock-server/gateway.ts';
import type { Identity, Label, ProbeRoute } from '../../src/discovery/black-box.ts';

/** Labels of an identity, in the order of the policy schema. */
export const LABELS: readonly Label[] = ['org', 'client', 'token', 'user', 'app', 'ip'];

const caller = (org: number, client: number, token: number, user: number, app: number, ip: number): Caller => ({
  org: `org-${org}`,
  client: `client-${client}`,
  token: `token-${token}`,
  user: `user-${user}`,
  app: `app-${app}`,
  ip: `10.0.0.${ip}`,
  tier: 'standard',
  permitted: true,
});

/** Two organizations with two clients each, eight tokens, four users, two apps, two addresses. */
export const CALLERS: readonly Caller[] = [
  caller(1, 1, 1, 1, 1, 1),
  caller(1, 1, 2, 1, 1, 1),
  caller(1, 1, 3, 2, 1, 1),
  caller(1, 1, 4, 1, 1, 2),
  caller(1, 1, 5, 1, 2, 1),
  caller(1, 2, 6, 1, 1, 1),
  caller(2, 3, 7, 3, 1, 1),
  caller(2, 4, 8, 4, 2, 2),
];

/** The same as discovery is told of them. */
export const IDENTITIES: readonly Identity[] = CALLERS.map((one, index) => ({
  name: `identity-${index + 1}`,
  labels: Object.fromEntries(LABELS.map((label) => [label, one[label]])),
  headers: { authorization: `Bearer ${one.token}` },
}));

const route = (name: string, method: string, path: string): ProbeRoute => ({
  name,
  method,
  path,
  headers: {},
  body: '',
});

/** Four routes on four paths. */
export const ROUTES: readonly ProbeRoute[] = [
  route('users', 'GET', '/api/v2/users'),
  route('flows', 'GET', '/api/v2/flows'),
  route('conversations', 'GET', '/api/v2/conversations'),
  route('query', 'POST', '/api/v2/analytics/query'),
];
