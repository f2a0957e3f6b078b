/** Intervals and durations in ISO 8601, as analytics queries have them. */
import { z } from 'zod';
import { badRequest } from './replies.ts';

/** From `fromMs` (epoch ms) up to and without `toMs`. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 86_400_000;
/** The longest interval of one query. */
export const INTERVAL_DAYS_MAX = 31;
const DURATION = /^P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/;
const UNITS_MS = [7 * DAY_MS, DAY_MS, 3_600_000, 60_000, 1000];
const instant = z.iso.datetime({ offset: true, local: true });

/** A field of a body: an interval of at most `daysMax` days, two instants with a `/` between. Without a zone they are UTC. */
export function intervalField(daysMax: number) {
  const rule = 'an interval in ISO 8601, for example 2026-03-04T00:00:00Z/2026-03-05T00:00:00Z';
  return z
    .string(rule)
    .max(80, rule)
    .transform((text, context): Interval => {
      const read = readInterval(text);
      const isLong = read !== null && read.toMs - read.fromMs > daysMax * DAY_MS;
      if (read !== null && !isLong) return read;
      context.addIssue({ code: 'custom', message: isLong ? `an interval of at most ${daysMax} days` : rule });
      return z.NEVER;
    });
}

/** An interval as the platform writes it. */
export function intervalText({ fromMs, toMs }: Interval): string {
  return `${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}`;
}

/** A duration such as `PT30M` or `P1D` in ms. `name` is the field or parameter that it was sent in. */
export function readDuration(name: string, text: string): number {
  const parts = DURATION.exec(text);
  const durationMs = (parts ?? []).slice(1).reduce((sum, part, at) => sum + Number(part ?? 0) * UNITS_MS[at]!, 0);
  if (durationMs > 0) return durationMs;
  throw badRequest(`${name} must be a duration in ISO 8601, for example PT30M.`);
}

function readInterval(text: string): Interval | null {
  const [from, to, more] = text.split('/').map(readInstant);
  if (from === undefined || to === undefined || more !== undefined) return null;
  return from < to ? { fromMs: from, toMs: to } : null;
}

/** NaN when it is none. Seconds and zone may be absent. */
function readInstant(text: string): number {
  const seconds = text.replace(/(T\d\d:\d\d)(?=Z|[+-]|$)/, '$1:00');
  if (!instant.safeParse(seconds).success) return Number.NaN;
  return Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(seconds) ? seconds : `${seconds}Z`);
}
