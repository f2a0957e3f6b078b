/** What a limit charges for a call, and which bucket it charges: the policy read with the eyes of somebody who only counts work. */
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
  const route = limit.cost.routes.find((candidate) => matches(candidate.match, call));
  const { base, perItem } = route ?? limit.cost;
  return base + perItem * (call.items - 1);
}

/**
 * Key of the bucket that a call charges. The route is taken at its finest, method and path: a gateway that counts coarser puts more work
 * into one bucket than is assumed here, so that a bound stays valid.
 */
export function bucketKey(limit: Limit, call: ChargedCall): string {
  return limit.scope
    .map((key) => (key === 'route' ? `${call.method} ${pathOf(call)}` : call.sender[key]))
    .join('\u0000');
}

/** Whether a limit looks at a call. Empty lists match everything; `*` is one segment, `**` any rest. */
export function matches(match: RequestMatch, call: Pick<ChargedCall, 'method' | 'path'>): boolean {
  if (match.methods.length > 0 && !match.methods.includes(call.method)) return false;
  if (match.paths.length === 0) return true;
  const segments = pathOf(call).split('/');
  return match.paths.some((pattern) => segmentsMatch(pattern.split('/'), 0, segments, 0));
}

/**
 * The numbers that hold for a bucket used by callers of these tiers: the most generous of them in every field, since a bucket shared by
 * several tiers admits at most what the most generous would admit alone.
 */
export function algorithmFor(limit: Limit, tiers: Iterable<string>): Algorithm {
  let generous: Algorithm | null = null;
  for (const tier of tiers) {
    const own = withTier(limit, tier);
    generous = generous === null ? own : moreGenerous(generous, own);
  }
  return generous ?? limit.algorithm;
}

function withTier(limit: Limit, tier: string): Algorithm {
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

function moreGenerous(a: Algorithm, b: Algorithm): Algorithm {
  if (a.kind === 'token-bucket' && b.kind === 'token-bucket') {
    return {
      ...a,
      capacity: Math.max(a.capacity, b.capacity),
      refillPerSecond: Math.max(a.refillPerSecond, b.refillPerSecond),
    };
  }
  if (a.kind === 'token-bucket' || b.kind === 'token-bucket') return a;
  return a.limit >= b.limit ? a : b;
}

function pathOf(call: Pick<ChargedCall, 'path'>): string {
  const query = call.path.indexOf('?');
  return query < 0 ? call.path : call.path.slice(0, query);
}

function segmentsMatch(pattern: readonly string[], p: number, segments: readonly string[], s: number): boolean {
  if (p === pattern.length) return s === segments.length;
  if (pattern[p] === '**') {
    for (let rest = s; rest <= segments.length; rest++) {
      if (segmentsMatch(pattern, p + 1, segments, rest)) return true;
    }
    return false;
  }
  if (s === segments.length) return false;
  return (pattern[p] === '*' || pattern[p] === segments[s]) && segmentsMatch(pattern, p + 1, segments, s + 1);
}
