/** Which of several counting rules admits least: where a finding is a class, the safe member stands for it. */
import type { Algorithm } from '../../../mock-server/policy.ts';
import type { FoundLimit } from '../../results/discovery-results.ts';

/** Requests per second that an algorithm admits in the long run; Infinity: as many as are answered in time. */
export function sustainedPerSecond(algorithm: Algorithm): number {
  if (algorithm.kind === 'concurrency') return Infinity;
  if (algorithm.kind === 'token-bucket') return algorithm.refillPerSecond;
  return (algorithm.limit / algorithm.windowMs) * 1000;
}

/** What fits at once into an idle bucket. */
export function capacityOf(algorithm: Algorithm): number {
  return algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
}

/**
 * The member that admits least: by its rate in the long run, then by what it lets through around a border (a sliding log never more than
 * its limit in any window, a window at fixed times up to twice), then by what fits at once.
 */
export function mostRestrictive(members: readonly [Algorithm, ...Algorithm[]]): Algorithm {
  return members.reduce((least, member) => (compare(member, least) < 0 ? member : least));
}

/** The algorithm that stands for a limit: what was found, or the most restrictive member of the class with the numbers on the safe side. */
export function standsFor({ status, algorithm, alternatives, intervals }: FoundLimit): Algorithm {
  if (status === 'found') return algorithm;
  const chosen = mostRestrictive([algorithm, ...alternatives]);
  if (chosen !== algorithm) return chosen;
  const { capacity, windowMs, refillPerSecond } = intervals;
  const units = Math.max(1, Math.min(capacityOf(chosen), capacity.low ?? Infinity));
  if (chosen.kind === 'concurrency') return { ...chosen, limit: units };
  if (chosen.kind !== 'token-bucket')
    return { ...chosen, limit: units, windowMs: Math.max(chosen.windowMs, windowMs?.high ?? 0) };
  const low = refillPerSecond?.low ?? null;
  const slowest = low !== null && low > 0 ? Math.min(low, chosen.refillPerSecond) : chosen.refillPerSecond;
  return { ...chosen, capacity: units, refillPerSecond: slowest };
}

/** Least first, where rate and capacity are the same. */
const AT_BORDERS = ['sliding-window-log', 'sliding-window-counter', 'first-request', 'token-bucket', 'epoch'];

function compare(a: Algorithm, b: Algorithm): number {
  const [fast, slow] = [sustainedPerSecond(a), sustainedPerSecond(b)];
  if (fast !== slow && !(Math.abs(fast - slow) <= 1e-9 * Math.min(fast, slow))) return fast - slow;
  return capacityOf(a) - capacityOf(b) || AT_BORDERS.indexOf(borderOf(a)) - AT_BORDERS.indexOf(borderOf(b));
}

function borderOf(algorithm: Algorithm): string {
  return algorithm.kind === 'fixed-window' ? algorithm.anchor : algorithm.kind;
}
