/** What a limit charges for a call, and which bucket it charges: the policy as the gateway reads it, reduced to counting work. */
import type { Algorithm, Limit, RequestMatch } from '../../mock-server/policy.ts';
import type { Sender } from '../workload/workload.ts';

/** The part of a call that limits look at. `path` may carry a query, which is ignored. */
export interface ChargedCall {
  readonly sender: Sender;
  readonly method: string;
  readonly path: string;
  /** At least 1. */
  readonly items: number;
}

/** Cost of one call under a limit: `base + perItem x (items - 1)`, both of the first matching route of the cost table, else of the table itself. */
export function costOf(limit: Limit, call: ChargedCall): number {
  const { base, perItem } =
    limit.cost.routes.length === 0
      ? limit.cost
      : (limit.cost.routes.find((route) => matches(route.match, call)) ?? limit.cost);
  return base + perItem * (call.items - 1);
}

/** Key of the bucket that a call charges. Callers of a tier with numbers of its own have buckets of their own. */
export function bucketKey(limit: Limit, call: ChargedCall): string {
  const tier = limit.tiers.some((override) => override.tier === call.sender.tier) ? call.sender.tier : '';
  const values = limit.scope.map((key) => (key === 'route' ? routeOf(limit, call) : call.sender[key]));
  return [tier, ...values].join('\u0000');
}

/** Whether a limit looks at a call. Empty lists match everything; `*` is one segment that is not empty, a last `**` any rest, also none. */
export function matches(match: RequestMatch, call: Pick<ChargedCall, 'method' | 'path'>): boolean {
  if (match.methods.length > 0 && !match.methods.includes(call.method)) return false;
  if (match.paths.length === 0) return true;
  const path = pathOf(call);
  return match.paths.some((pattern) => pathMatches(pattern, path));
}

/** The numbers that hold for callers of a tier. */
export function algorithmFor(limit: Limit, tier: string): Algorithm {
  const override = limit.tiers.find((candidate) => candidate.tier === tier);
  const { algorithm } = limit;
  if (override === undefined) return algorithm;
  if (algorithm.kind !== 'token-bucket') return { ...algorithm, limit: override.limit ?? algorithm.limit };
  return {
    ...algorithm,
    capacity: override.limit ?? algorithm.capacity,
    refillPerSecond: override.refillPerSecond ?? algorithm.refillPerSecond,
  };
}

/** Method, and the limit's pattern that the path matches when it names every segment; else the path itself. */
function routeOf(limit: Limit, call: ChargedCall): string {
  const path = pathOf(call);
  const pattern = limit.match.paths.find((candidate) => pathMatches(candidate, path));
  return `${call.method} ${pattern === undefined || pattern.endsWith('/**') ? path : pattern}`;
}

function pathOf(call: Pick<ChargedCall, 'path'>): string {
  const end = call.path.indexOf('?');
  return end < 0 ? call.path : call.path.slice(0, end);
}

function pathMatches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const segments = path.split('/');
  const anyRest = wanted.at(-1) === '**';
  const fixed = anyRest ? wanted.length - 1 : wanted.length;
  if (anyRest ? segments.length < fixed : segments.length !== fixed) return false;
  for (let at = 0; at < fixed; at++) {
    if (wanted[at] === '*' ? segments[at] === '' : wanted[at] !== segments[at]) return false;
  }
  return true;
}
