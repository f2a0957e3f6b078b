/** What traffic shows of one way to count: staircase, recovery, and what Retry-After was worth. */
import type { FoundLimit } from '../../results/discovery-results.ts';
import type { Stretch } from './bounds.ts';
import type { Counted } from './scopes.ts';
import type { Traffic } from './traffic.ts';

/** Most points of a staircase, and of a recovery. */
const POINTS = { staircase: 400, recovery: 400 };

/** Retry-After is told in whole seconds, rounded up. */
const ROUNDING_MS = 1000;

/** Offered and admitted, added up over all that it concerns. */
export function staircaseIn({ events }: Traffic, { routes }: Counted): FoundLimit['evidence']['staircase'] {
  const concerned = new Set(routes);
  const own = events.filter(({ route }) => concerned.has(route));
  const every = Math.max(1, Math.ceil(own.length / POINTS.staircase));
  const startMs = own[0]?.sentMs ?? 0;
  const points: { atMs: number; offered: number; admitted: number }[] = [];
  let admitted = 0;
  for (const [at, { sentMs, outcome }] of own.entries()) {
    if (outcome === 'admitted') admitted += 1;
    if (at % every === 0 || at === own.length - 1) points.push({ atMs: sentMs - startMs, offered: at + 1, admitted });
  }
  return points;
}

/** After the last admission before a rejection: when was what came then rejected, when admitted again? */
export function recoveryIn({ stretches }: Counted): FoundLimit['evidence']['recovery'] {
  const points: { afterMs: number; outcome: 'admitted' | 'rejected' }[] = [];
  for (const stretch of stretches) {
    for (const point of recoveries(stretch)) {
      if (points.length >= POINTS.recovery) return points;
      points.push(point);
    }
  }
  return points;
}

function* recoveries({ sentMs, outcomes }: Stretch): Generator<{ afterMs: number; outcome: 'admitted' | 'rejected' }> {
  let fullMs: number | null = null;
  for (let at = 0; at < sentMs.length; at++) {
    if (outcomes[at] === 2) continue;
    const nowMs = sentMs[at] as number;
    const isRejected = outcomes[at] === 1;
    const wasRejected = at > 0 && outcomes[at - 1] === 1;
    if (fullMs !== null && (isRejected || wasRejected))
      yield { afterMs: nowMs - fullMs, outcome: isRejected ? 'rejected' : 'admitted' };
    if (!isRejected) fullMs = nowMs;
  }
}

/**
 * Retry-After against what came next in the same bucket: admitted before the told time, it was longer than needed; rejected after it with nothing admitted
 * since, it was too short. That it is exact, traffic does not prove.
 */
export function retryAfterIn({ routes }: Counted, { events }: Traffic, slackMs: number): FoundLimit['retryAfter'] {
  const concerned = new Set(routes);
  const told: number[] = [];
  const errors: number[] = [];
  let [early, late, onTime] = [0, 0, 0];
  /** By identity and route: the latest rejection that told a time. Only the same asker on the same route is surely in the same bucket. */
  const waiting = new Map<number, { readonly sentMs: number; readonly dueMs: number }>();
  let admittedMs = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    if (!concerned.has(event.route) || event.outcome === 'unknown') continue;
    const point = event.identity * 100_000 + event.route;
    const before = waiting.get(point);
    if (before !== undefined) {
      const errorMs = before.dueMs - event.sentMs;
      if (event.outcome === 'admitted') {
        waiting.delete(point);
        if (errorMs > slackMs + ROUNDING_MS) {
          late += 1;
          errors.push(errorMs);
        } else onTime += 1;
      } else if (errorMs < -slackMs && admittedMs < before.sentMs) {
        early += 1;
        errors.push(errorMs);
      }
    }
    if (event.outcome === 'admitted') admittedMs = event.sentMs;
    if (event.outcome === 'rejected' && event.told.retryAfterMs !== null) {
      told.push(event.told.retryAfterMs);
      waiting.set(point, { sentMs: event.sentMs, dueMs: event.answeredMs + event.told.retryAfterMs });
    }
  }
  const range = (values: readonly number[]) =>
    values.length === 0
      ? { low: null, high: null }
      : { low: values.reduce((a, b) => Math.min(a, b)), high: values.reduce((a, b) => Math.max(a, b)) };
  const anyRejected = events.some(({ outcome }) => outcome === 'rejected');
  const kind =
    told.length === 0
      ? anyRejected
        ? 'absent'
        : 'untested'
      : early > 0 && late > 0
        ? 'random'
        : early > 0
          ? 'early'
          : late > 0
            ? 'late'
            : 'untested';
  return { kind, told: range(told), errorMs: range(errors), tested: early + late + onTime };
}
