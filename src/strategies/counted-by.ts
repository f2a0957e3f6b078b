/** What a strategy keeps one state for: each org, each OAuth client, each token, or everything together. */
import type { RequestIdentity } from './strategy.ts';

/** The identity that a strategy counts by. */
export type CountedBy = 'org' | 'client' | 'token' | 'all';

/** The key of a request's state. */
export function keyBy(by: CountedBy): (identity: RequestIdentity) => string {
  switch (by) {
    case 'org':
      return (identity) => identity.org;
    case 'client':
      return (identity) => identity.client;
    case 'token':
      return (identity) => identity.token;
    default:
      return () => '';
  }
}

/** The parameter `by`, with its default. */
export function byParameter<const D extends CountedBy>(byDefault: D) {
  return {
    kind: 'choice',
    default: byDefault,
    unit: '',
    choices: ['org', 'client', 'token', 'all'],
    doc: 'What has one state of its own: each organization, OAuth client, access token, or all requests together.',
  } as const;
}

/** `per org`, `per client`, `per token`, `for all`: how titles say it. */
export function perText(by: CountedBy): string {
  return by === 'all' ? 'for all' : `per ${by}`;
}
