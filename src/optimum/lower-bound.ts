/**
 * The lower bound: no client, however clever, can finish these calls sooner under this policy.
 */
import type { Limit, Policy } from '../../mock-server/policy.ts';
import { concurrencyDone, countingDone } from './bucket-bound.ts';
import { explain } from './explain.ts';
import { type Bucket, bucketsOf, type Call, gridBelow, type Work, workOf } from './work.ts';

export type { Call } from './work.ts';

/** A lower bound and what dictates it. */
export interface LowerBound {
  /** From the first release to the last response, ms. */
  readonly ms: number;
  /** Name of the limit that binds; `service time` when one call or chain takes that long; `arrivals` when the last work comes that late. */
  readonly limit: string;
  /** The limit's algorithm in words (`token bucket`, `fixed window`, ...); else `longest call`, `chain` or `last arrival`. */
  readonly kind: string;
  /** For people, for example `2,000 calls at 10/s after a burst of 50`. */
  readonly explain: string;
}

/**
 * Lower bound on the makespan, (last response) - (first release), over all clients: the largest of what each bucket of each limit dictates
 * for all the work released from some moment on (field knowledge: (W - burst) / rate for token buckets, network calculus' busy period
 * argument for releases), of the longest chain of calls that wait for each other, and of the last arrival.
 *
 * Valid, not always attained. Left out, each of which can only make a client slower: refusals and what they charge (a perfect client has
 * none), penalties, background load, load-dependent service, the packing of unequal costs, and that several limits bind at once.
 * With an enforcement lag, charges of the last `enforcementLagMs` are not yet seen: any number of calls passes within one lag, so that no
 * limit bounds anything, and only service times, chains and arrivals are left.
 *
 * @param input.startsAtMs epoch ms of the trial's start, which fixes the phase of windows
 * @returns 0 ms for no calls
 * @throws RangeError when `after` is out of range or chains form a circle
 */
export function lowerBound(input: { policy: Policy; startsAtMs: number; calls: readonly Call[] }): LowerBound {
  const { policy, startsAtMs, calls } = input;
  if (calls.length === 0) return { ms: 0, limit: 'service time', kind: 'longest call', explain: 'no calls' };
  const work = workOf(calls, startsAtMs, policy.background.length > 0);
  let best: Bound = longestChain(work);
  // Charges of the last lag are not seen yet: with one, no limit bounds anything (see above).
  const limits = policy.enforcementLagMs > 0 ? [] : policy.limits;
  for (const limit of limits) {
    best = boundOfLimit(limit, work, best.ms) ?? best;
  }
  const { limit, kind } = best;
  return { ms: gridBelow(best.ms), limit, kind, explain: best.explained() };
}

/** A bound whose words are made only when it binds. */
type Bound = Omit<LowerBound, 'explain'> & { readonly explained: () => string };

/** The call whose answer, alone and undisturbed, comes last. */
function longestChain({ calls, earliestMs, firstReleaseMs }: Work): Bound {
  const doneMs = (index: number) => earliestMs[index]! + calls[index]!.serviceMs;
  let last = 0;
  for (let index = 1; index < calls.length; index++) if (doneMs(index) > doneMs(last)) last = index;
  const ms = doneMs(last) - firstReleaseMs;
  let length = 1;
  let first = last;
  // Walk back only while the wait was for the call before: a release in between starts afresh.
  for (let before = calls[first]!.after; before >= 0; before = calls[first]!.after) {
    if (doneMs(before) < calls[first]!.releaseMs) break;
    first = before;
    length++;
  }
  const arrivedMs = calls[first]!.releaseMs - firstReleaseMs;
  if (arrivedMs > ms - arrivedMs) {
    return { ms, limit: 'arrivals', kind: 'last arrival', explained: () => 'the last work to arrive' };
  }
  if (length === 1) return { ms, limit: 'service time', kind: 'longest call', explained: () => 'the longest call' };
  const explained = () => `a chain of ${length.toLocaleString('en-US')} calls, each waiting for the one before`;
  return { ms, limit: 'service time', kind: 'chain', explained };
}

/** The bucket of a limit that dictates most; null when none dictates more than `knownMs`. */
function boundOfLimit(limit: Limit, work: Work, knownMs: number): Bound | null {
  const costs = new Float64Array(work.calls.length);
  let best: Bucket | null = null;
  let bestDoneMs = work.firstReleaseMs + knownMs;
  for (const bucket of bucketsOf(limit, work, costs)) {
    const { algorithm } = bucket;
    const doneMs =
      algorithm.kind === 'concurrency'
        ? concurrencyDone(algorithm.limit, bucket, costs, work)
        : countingDone(algorithm, bucket, costs, work, bestDoneMs);
    if (doneMs <= bestDoneMs) continue;
    best = bucket;
    bestDoneMs = doneMs;
  }
  if (best === null) return null;
  const { algorithm, byEarliest, units } = best;
  return {
    ms: bestDoneMs - work.firstReleaseMs,
    limit: limit.name,
    kind: algorithm.kind.replaceAll('-', ' '),
    explained: () => explain(algorithm, byEarliest.length, units),
  };
}
