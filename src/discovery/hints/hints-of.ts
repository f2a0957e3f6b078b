/** What the hints of a gateway were worth, for all limits in hand. */
import type { DiscoveryResults, FoundLimit } from '../../results/discovery-results.ts';
import type { Exploration, LimitInHand } from '../explore/exploration.ts';
import { merged } from '../explore/findings.ts';
import { bucketOf, type KnownLimit } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { headersWorth } from './headers-worth.ts';
import { retryAfterWorth, type RetryAfterWorth, worthOutright } from './retry-after-worth.ts';

/** The limits with what their Retry-After was worth, and what the rate headers were worth. `limits`: in the order of {@link merged}. */
export function withHints(
  { limits: inHand, box, prober }: Exploration,
  limits: readonly FoundLimit[],
): { readonly limits: FoundLimit[]; readonly headers: DiscoveryResults['headers'] } {
  const groups = merged(inHand);
  const known = groups.map(asOne);
  const worths = retryAfterWorth(prober.events, known, box.identities);
  const { speaksOf, ...headers } = headersWorth(prober.events, known, box.identities);
  const outright = (limit: KnownLimit): RetryAfterWorth =>
    worthOutright(prober.events, (event: ProbeEvent) =>
      (limit.costs.get(event.route) ?? 0) === 0 ? null : bucketOf(limit.scope, box.identities, event),
    );
  return {
    limits: limits.map((limit, at) => ({
      ...limit,
      // Told against a release that is a guess says nothing.
      retryAfter: limit.status === 'found' ? (worths[at] ?? limit.retryAfter) : outright(known[at] as KnownLimit),
    })),
    headers: { ...headers, speaksOf: speaksOf === null ? null : (limits[speaksOf]?.name ?? null) },
  };
}

/** Equal limits of single routes as the one that counts by the route. */
function asOne(group: readonly LimitInHand[]): KnownLimit {
  const { known } = group[0] as LimitInHand;
  if (group.length === 1) return known;
  const costs = new Map(group.flatMap((limit) => [...limit.known.costs]));
  return { ...known, scope: [...known.scope, 'route'], costs };
}
