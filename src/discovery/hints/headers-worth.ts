/** Which limit the rate headers speak of, and how truly: told numbers against the found limits, probe by probe. A pure function of the record. */
import type { DiscoveryResults } from '../../results/discovery-results.ts';
import type { Identity } from '../black-box.ts';
import type { KnownLimit } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { LimitReplay } from './limit-replay.ts';

/** What the rate headers were worth; `speaksOf` is the index of a limit here. */
export interface HeadersWorth extends Omit<DiscoveryResults['headers'], 'speaksOf'> {
  readonly speaksOf: number | null;
}

/** By how much numbers may lag behind, tried in this order, ms. */
const STALE_MS = [0, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000] as const;
const TRUE_SHARE = 0.95;
/** Told numbers that it takes. */
const TOLD_MIN = 5;
/** Told numbers that are compared; more tell nothing new. */
const TOLD_MAX = 4000;

/** Compares what the headers told with what the limits had left. */
export function headersWorth(
  record: readonly ProbeEvent[],
  limits: readonly KnownLimit[],
  identities: readonly Identity[],
): HeadersWorth {
  const events = untilTold(record, TOLD_MAX);
  const told = events.filter((event) => event.told.remaining !== null);
  const present = events.some(({ told: { limit, remaining, resetMs } }) => (limit ?? remaining ?? resetMs) !== null);
  if (!present) return { present, speaksOf: null, worth: 'absent', note: '' };
  if (told.length < TOLD_MIN)
    return { present, speaksOf: null, worth: 'unclear', note: `Only ${told.length} answers told what remains.` };
  const named = limits.flatMap((limit, at) =>
    told.some((event) => event.told.limit === limit.hypothesis.capacity) ? [at] : [],
  );
  // What never changes is no count, of now or of before.
  const varies = told.some((event) => event.told.remaining !== told[0]?.told.remaining);
  const fits = limits.flatMap((limit, at) =>
    (varies ? STALE_MS : STALE_MS.slice(0, 1)).map((staleMs) => ({
      at,
      staleMs,
      share: shareTold(events, limit, identities, staleMs),
    })),
  );
  const best = fits.reduce<(typeof fits)[number] | null>(
    (one, other) => (one === null || other.share > one.share + (other.staleMs > 0 ? 0.02 : 0) ? other : one),
    null,
  );
  const percent = best === null ? '' : `${Math.round(best.share * 100)} % of ${told.length} told numbers`;
  if (best !== null && best.share >= TRUE_SHARE) {
    const onlyZero = told.every((event) => event.told.remaining === 0);
    const how = onlyZero ? ' They never told anything but 0.' : '';
    if (best.staleMs === 0)
      return { present, speaksOf: best.at, worth: 'true', note: `${percent} are what the limit had left.${how}` };
    return {
      present,
      speaksOf: best.at,
      worth: 'stale',
      note: `${percent} are what the limit had left about ${best.staleMs} ms before.`,
    };
  }
  const [only] = named;
  if (only !== undefined) {
    const speaksOf = named.length === 1 ? only : null;
    return {
      present,
      speaksOf,
      worth: 'misleading',
      note: `They name its capacity, but at best ${percent} are what it had left.`,
    };
  }
  const least = told.length > 0 && best !== null && best.share < 0.5;
  return {
    present,
    speaksOf: null,
    worth: least ? 'misleading' : 'unclear',
    note: `They fit no limit that was found: at best ${percent === '' ? 'none' : percent}.`,
  };
}

/** A record up to its so manieth told number. */
function untilTold(record: readonly ProbeEvent[], most: number): readonly ProbeEvent[] {
  let told = 0;
  const end = record.findIndex((event) => event.told.remaining !== null && ++told > most);
  return end === -1 ? record : record.slice(0, end);
}

/** Share of the told numbers that a limit had left `staleMs` before; of probes that it does not see, none. */
function shareTold(
  events: readonly ProbeEvent[],
  limit: KnownLimit,
  identities: readonly Identity[],
  staleMs: number,
): number {
  const replay = new LimitReplay(limit, identities);
  let seen = 0;
  let told = 0;
  let right = 0;
  for (const event of events) {
    if (staleMs === 0) replay.note(event);
    else {
      for (
        let next = events[seen];
        next !== undefined && next.sentMs + staleMs <= event.sentMs;
        next = events[++seen]
      ) {
        replay.note(next);
      }
    }
    const { remaining } = event.told;
    if (remaining === null) continue;
    told += 1;
    if (replay.costOf(event) === 0) continue;
    // A bucket's tokens are told rounded down, and its rate is known to within its interval only.
    const slack = limit.hypothesis.shape.kind === 'token-bucket' ? 1 : 0;
    if (Math.abs(replay.free(event, event.sentMs - staleMs) - remaining) <= slack) right += 1;
  }
  return told === 0 ? 0 : right / told;
}
