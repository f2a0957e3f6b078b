/** How many calls are under way at once. */
import { attemptsByKey, type KeyOf, type Law, ofKey, requireNumber } from './law.ts';
import type { HistoryAttempt } from './history.ts';
import { exactMs } from './windows.ts';

/** Options of {@link atMostInFlight}. */
export interface InFlightOptions {
  /** Most attempts at once. */
  readonly limit: number;
  /** What they are counted by. Default `all`. */
  readonly by?: KeyOf;
}

/**
 * Never more than `limit` attempts are under way at once. One that starts at the moment in which another ends does not overlap it: the answer
 * is there first, as a limiter that waits for it cannot do otherwise.
 *
 * @throws RangeError for a limit that is no whole number of at least 1
 */
export function atMostInFlight({ limit, by = 'all' }: InFlightOptions): Law {
  const name = 'atMostInFlight';
  requireNumber(name, 'limit', limit, 'a whole number, at least 1', Number.isInteger(limit) && limit >= 1);
  return (history) => {
    let worst: ReturnType<Law> = null;
    for (const [key, group] of attemptsByKey(history, by)) {
      const open = busiest(group);
      if (open.length <= Math.max(limit, worst?.measured ?? 0)) continue;
      const atMs = open.at(-1)!.startMs;
      worst = {
        law: name,
        sentence: `${open.length} calls${ofKey(key, by)} were under way at ${exactMs(atMs)}, at most ${limit} may`,
        atMs,
        attempts: open.map(({ index }) => index),
        jobs: [],
        measured: open.length,
        allowed: limit,
      };
    }
    return worst;
  };
}

/** The attempts that were under way when most were, in the order of their starts. */
function busiest(group: readonly HistoryAttempt[]): readonly HistoryAttempt[] {
  let open: HistoryAttempt[] = [];
  let most: readonly HistoryAttempt[] = [];
  for (const attempt of group) {
    open = open.filter(({ endMs }) => endMs > attempt.startMs);
    open.push(attempt);
    if (open.length > most.length) most = [...open];
  }
  return most;
}
