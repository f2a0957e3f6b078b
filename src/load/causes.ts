/** What an answer says of why it was rejected. Data from a stranger: bounded before it is kept. */
import { type Answer, headerOf } from './connections.ts';

/** Most causes told apart; the rest are one. */
const CAUSES_MAX = 50;
/** Longest name of a cause, in characters. */
const NAME_MAX = 200;
/** A longer body is not read. */
const BODY_MAX = 64 * 1024;

/** Whether an answer is a rejection. */
export function isRejection(status: number): boolean {
  return status === 429 || status === 503;
}

/** The key of the limit that a rejection's body names (`{"limit":{"key":"..."}}`, as the platform writes it); `unknown` without one. */
export function causeInBody({ body }: Answer): string {
  if (body.length > BODY_MAX) return 'unknown';
  try {
    const { limit } = JSON.parse(body) as { limit?: { key?: unknown } };
    const key = limit?.key;
    return typeof key === 'string' && key !== '' ? key.slice(0, NAME_MAX) : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Gives each cause the name it is counted by: its own, or `further causes` when there are too many. */
export function boundedNames(): (cause: string) => string {
  const known = new Set<string>();
  return (cause) => {
    if (known.size < CAUSES_MAX) known.add(cause);
    return known.has(cause) ? cause : 'further causes';
  };
}

/** What Retry-After says, ms from now; null when there is none, or none that can be read. */
export function retryAfterMs({ headers }: Answer, nowMs: number): number | null {
  const text = headerOf(headers, 'retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const dateMs = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
