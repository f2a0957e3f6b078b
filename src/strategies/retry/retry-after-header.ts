/** Reads Retry-After (RFC 9110, section 10.2.3): delta seconds or an HTTP date. */
import { parseHttpDate } from './http-date.ts';

/**
 * Milliseconds to wait, or null when the text is no Retry-After. Rounded up, never down: a client that truncates comes up to
 * one second early. Seconds with a fraction are understood though the standard has none; a date in the past is 0. A huge value is
 * returned as it is (also Infinity): whoever waits decides what is too long.
 */
export function parseRetryAfterMs(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  const value = text.trim();
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const dateMs = parseHttpDate(value);
  return dateMs === null ? null : Math.max(0, Math.ceil(dateMs - nowMs));
}

/**
 * The Retry-After of a response in milliseconds from now, or null. A date is compared with the response's own `Date` where it has
 * one, so that a wrong clock on this side does no harm.
 */
export function retryAfterMs(response: Response, nowMs: number): number | null {
  const text = response.headers.get('retry-after');
  if (text === null) return null;
  // Seconds, the usual form, need no Date; a date has letters.
  const sentAt = /[A-Za-z]/.test(text) ? response.headers.get('date') : null;
  return parseRetryAfterMs(text, (sentAt === null ? null : parseHttpDate(sentAt)) ?? nowMs);
}
