/** What a rejection tells: Retry-After and the numbers for rate headers. */
import type { HeldBucket } from './buckets.ts';
import type { KeyedRandom, RateSnapshot } from './gateway.ts';
import type { Plan } from './identities.ts';
import type { HeaderHint, RetryAfterHint } from './policy.ts';

/** Retry-After of one rejection. */
export interface RetryAfter {
  readonly afterMs: number | null;
  readonly asHttpDate: boolean;
}

/** What a limit's Retry-After says, null: nothing. `waitMs` is the true wait, finite. */
export function retryAfterMs(
  hint: RetryAfterHint,
  waitMs: number,
  nowMs: number,
  held: HeldBucket,
  random: KeyedRandom,
): number | null {
  switch (hint.kind) {
    case 'exact':
      return wholeSecondsMs(waitMs);
    case 'absent':
      return null;
    case 'fixed':
      return wholeSecondsMs(hint.afterMs);
    case 'uniform':
      return uniformMs(hint.fromMs, hint.toMs, nowMs, held, random);
    case 'http-date':
  }
  return Math.ceil((nowMs + waitMs) / 1000) * 1000 - nowMs;
}

/** Rounds a wait up to what a header of whole seconds can say, at least one second. */
export function wholeSecondsMs(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000)) * 1000;
}

/** A whole number of seconds in the range, each as likely. The dice belong to the limit, the bucket and the ms, so that no other bucket's luck matters. */
function uniformMs(fromMs: number, toMs: number, nowMs: number, held: HeldBucket, random: KeyedRandom): number {
  const ms = Math.floor(nowMs);
  held.hints = held.hintMs === ms ? held.hints + 1 : 0;
  held.hintMs = ms;
  const fromSeconds = Math.max(1, Math.ceil(fromMs / 1000));
  const seconds = Math.max(fromSeconds, Math.floor(toMs / 1000)) - fromSeconds + 1;
  const share = random('retry-after', `${held.limit.name}|${held.key}|${ms}`, held.hints);
  return (fromSeconds + Math.floor(share * seconds)) * 1000;
}

/** The numbers for rate headers after a decision; null where none stand. `speaksOf` is the index of the limit they are of. */
export function rateSnapshot(
  headers: HeaderHint,
  speaksOf: number,
  plan: Plan,
  admitted: boolean,
  nowMs: number,
): RateSnapshot | null {
  if (headers.dialect === 'none' || headers.on === (admitted ? 'rejected' : 'admitted')) return null;
  const at = plan.charges.findIndex((charge) => charge.limit === speaksOf);
  const held = plan.held[at];
  if (held === undefined) return null;
  const shown = held.mirror ?? held.bucket;
  return {
    limit: held.bucket.capacity,
    remaining: Math.floor(shown.free(nowMs)),
    resetMs: Math.ceil(shown.resetMs(nowMs)),
  };
}
