/** What Retry-After was worth, limit by limit: told against the release that the found limits give. A pure function of the record. */
import type { FoundLimit } from '../../results/discovery-results.ts';
import type { Identity } from '../black-box.ts';
import type { KnownLimit } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { LimitReplay } from './limit-replay.ts';

/** What Retry-After on a limit's rejections was worth. */
export type RetryAfterWorth = FoundLimit['retryAfter'];

/** Whole seconds, rounded up: an exact one is less than this too long. */
const ROUNDING_MS = 1000;
/** Told waits that are compared per limit; more tell nothing new. */
const COMPARED_MAX = 1000;

interface Heard {
  absent: number;
  toldMs: number[];
  /** Told minus true; `slackMs`: what the time under way leaves open. */
  errors: { readonly errorMs: number; readonly slackMs: number; readonly isLeast: boolean }[];
}

/**
 * One entry per limit, in their order. A rejection speaks for the limit that releases last of those that were full, and its wait is compared with the time
 * at which all limits let the same probe pass. `tested` counts those; concurrency limits, whose release nobody can foretell, compare with what was answered.
 */
export function retryAfterWorth(
  events: readonly ProbeEvent[],
  limits: readonly KnownLimit[],
  identities: readonly Identity[],
): RetryAfterWorth[] {
  const replays = limits.map((limit) => new LimitReplay(limit, identities));
  const heard = limits.map((): Heard => ({ absent: 0, toldMs: [], errors: [] }));
  let last: ProbeEvent | null = null;
  for (const event of events) {
    if (event.outcome === 'rejected') {
      const full = replays.map((replay) => replay.rejects(event, event.sentMs));
      for (const replay of replays) replay.note(event);
      // The rest of a burst is told the same.
      const isNew = last === null || !isSameTold(last, event);
      if (isNew && full.some((is, at) => is && (heard[at] as Heard).errors.length < COMPARED_MAX)) {
        hear(event, replays, full, heard);
      }
      last = event;
    } else {
      for (const replay of replays) replay.note(event);
    }
  }
  return heard.map(worthOf);
}

function isSameTold(one: ProbeEvent, other: ProbeEvent): boolean {
  const samePoint = one.identity === other.identity && one.route === other.route;
  return samePoint && one.sentMs === other.sentMs && one.told.retryAfterMs === other.told.retryAfterMs;
}

/**
 * The same without any limit to compare with, from what happened alone: `late` where a probe passed well before the told time, `early` where one was rejected
 * after it although none had passed in between. `bucket`: what an event falls into; null: it does not concern the limit.
 */
export function worthOutright(
  events: readonly ProbeEvent[],
  bucket: (event: ProbeEvent) => string | null,
): RetryAfterWorth {
  const lastTold = new Map<string, ProbeEvent>();
  const toldMs: number[] = [];
  let [absent, early, late, tested] = [0, 0, 0, 0];
  for (const event of events) {
    const key = event.outcome === 'unknown' ? null : bucket(event);
    if (key === null) continue;
    const before = lastTold.get(key);
    const beforeMs = before?.told.retryAfterMs;
    if (before !== undefined && beforeMs !== null && beforeMs !== undefined) {
      const overMs = event.sentMs - (before.answeredMs + beforeMs);
      if (overMs >= 0 || event.outcome === 'admitted') tested += 1;
      if (event.outcome === 'rejected' && overMs >= 0) early += 1;
      if (event.outcome === 'admitted' && event.answeredMs - before.sentMs <= beforeMs - ROUNDING_MS) late += 1;
    }
    lastTold.delete(key);
    if (event.outcome !== 'rejected') continue;
    if (event.told.retryAfterMs === null) absent += 1;
    else {
      toldMs.push(event.told.retryAfterMs);
      lastTold.set(key, event);
    }
  }
  const told = rangeOf(toldMs);
  const errorMs = { low: null, high: null };
  if (toldMs.length === 0) return { kind: absent > 0 ? 'absent' : 'untested', told, errorMs, tested: absent };
  const kind = early > 0 && late > 0 ? 'random' : early > 0 ? 'early' : late > 0 ? 'late' : 'untested';
  return { kind, told, errorMs, tested };
}

function hear(event: ProbeEvent, replays: readonly LimitReplay[], full: readonly boolean[], heard: Heard[]): void {
  const { sentMs, answeredMs, told } = event;
  let speaker = -1;
  let speakerMs = Number.NEGATIVE_INFINITY;
  let releaseMs = sentMs;
  for (const [at, replay] of replays.entries()) {
    const atMs = replay.releaseMs(event, sentMs);
    releaseMs = Math.max(releaseMs, atMs);
    if (full[at] === true && atMs > speakerMs) [speaker, speakerMs] = [at, atMs];
  }
  const of = heard[speaker];
  if (of === undefined || !Number.isFinite(releaseMs)) return;
  if (told.retryAfterMs === null) {
    of.absent += 1;
    return;
  }
  if (of.errors.length >= COMPARED_MAX) return;
  of.toldMs.push(told.retryAfterMs);
  of.errors.push({
    errorMs: Math.round(told.retryAfterMs - (releaseMs - sentMs)),
    slackMs: answeredMs - sentMs + 2,
    isLeast: told.retryAfterMs <= ROUNDING_MS,
  });
}

function worthOf({ absent, toldMs, errors }: Heard): RetryAfterWorth {
  const tested = errors.length;
  const told = rangeOf(toldMs);
  const errorMs = rangeOf(errors.map((one) => one.errorMs));
  if (tested === 0) return { kind: absent > 0 ? 'absent' : 'untested', told, errorMs, tested: absent };
  const early = errors.filter((one) => one.errorMs < -one.slackMs).length;
  const late = errors.filter((one) => one.errorMs >= ROUNDING_MS + one.slackMs).length;
  const kind = early === 0 && late === 0 ? 'exact' : early === 0 ? 'late' : late === 0 ? 'early' : 'random';
  return { kind, told, errorMs, tested };
}

function rangeOf(numbers: readonly number[]): { low: number | null; high: number | null } {
  if (numbers.length === 0) return { low: null, high: null };
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers) {
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  return { low, high };
}
