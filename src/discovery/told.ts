/** What an answer's headers tell about limits: hypotheses worth testing first, and never more. */
import { retryAfterMs } from '../strategies/retry/retry-after-header.ts';
import type { Told } from './record.ts';

const NOTHING: Told = { retryAfterMs: null, limit: null, remaining: null, resetMs: null };

/** Names under which servers tell limit, remaining and reset; the first that is there counts. */
const LIMIT = ['x-ratelimit-limit', 'ratelimit-limit', 'x-rate-limit-limit', 'inin-ratelimit-allowed'];
const REMAINING = ['x-ratelimit-remaining', 'ratelimit-remaining', 'x-rate-limit-remaining'];
const RESET = ['x-ratelimit-reset', 'ratelimit-reset', 'x-rate-limit-reset', 'inin-ratelimit-reset'];

/** Seconds beyond this are a time, not a wait: ten years. */
const WAIT_S_MAX = 315_360_000;

/** Reads what is told; null: no answer. */
export function toldBy(response: Response | null, nowMs: number): Told {
  if (response === null) return NOTHING;
  const { headers } = response;
  const limit = numberIn(headers, LIMIT);
  const count = numberIn(headers, ['inin-ratelimit-count']);
  const remaining =
    numberIn(headers, REMAINING) ?? (limit === null || count === null ? null : Math.max(0, limit - count));
  const reset = numberIn(headers, RESET);
  return {
    retryAfterMs: response.status >= 400 ? retryAfterMs(response, nowMs) : null,
    limit,
    remaining,
    resetMs: reset === null ? null : Math.max(0, reset > WAIT_S_MAX ? reset * 1000 - nowMs : reset * 1000),
  };
}

function numberIn(headers: Headers, names: readonly string[]): number | null {
  for (const name of names) {
    const text = headers.get(name);
    // `100, 100;w=60`: the first number counts.
    const found = text === null ? null : /^\s*(\d+(?:\.\d+)?)/.exec(text);
    if (found !== null) return Number(found[1]);
  }
  return null;
}
