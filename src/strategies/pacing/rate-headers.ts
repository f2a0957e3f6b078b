/** The rate headers that are in use, read into one form. */
import { retryAfterMs } from '../retry/retry-after-header.ts';

/** What a response says about a limit. */
interface RateHeaders {
  /** Requests left. */
  readonly remaining: number;
  /** Milliseconds until more are allowed: Retry-After where there is one, else the reset; null when the response says neither. */
  readonly waitMs: number | null;
}

/** A reset from here on is a point in time (epoch seconds, from the year 2001 on), below it a number of seconds. */
const epochSecondsMin = 1_000_000_000;

/**
 * Reads `X-RateLimit-Remaining` and `-Reset`, `X-Rate-Limit-Remaining` and `-Reset`, or `inin-ratelimit-allowed`, `-count` and `-reset`.
 * Null when the response has none of them, or no number in them.
 */
export function readRateHeaders(response: Response, nowMs: number): RateHeaders | null {
  const { headers } = response;
  for (const prefix of ['x-ratelimit', 'x-rate-limit']) {
    const remaining = numberOf(headers.get(`${prefix}-remaining`));
    if (remaining !== null) return { remaining, waitMs: waitMs(response, `${prefix}-reset`, nowMs) };
  }
  const allowed = numberOf(headers.get('inin-ratelimit-allowed'));
  const count = numberOf(headers.get('inin-ratelimit-count'));
  if (allowed === null || count === null) return null;
  return { remaining: Math.max(0, allowed - count), waitMs: waitMs(response, 'inin-ratelimit-reset', nowMs) };
}

function waitMs(response: Response, resetName: string, nowMs: number): number | null {
  const toldMs = retryAfterMs(response, nowMs);
  if (toldMs !== null) return toldMs;
  const reset = numberOf(response.headers.get(resetName));
  if (reset === null) return null;
  return Math.ceil(reset >= epochSecondsMin ? Math.max(0, reset * 1000 - nowMs) : reset * 1000);
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}
