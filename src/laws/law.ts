/** The port of all laws: a law looks at a history and says how it was broken, or null. */
import type { History, HistoryAttempt } from './history.ts';

/** How a law was broken: the first or the worst case, never all of them. */
export interface Violation {
  /** Name of the law, for example `neverMoreThan`. */
  readonly law: string;
  /** What happened and what was allowed, for people: *11 calls of org-01 started within 1s (from 0s on), at most 10 may*. */
  readonly sentence: string;
  /** Ms from the trial's start: when it was broken. */
  readonly atMs: number;
  /** Indices of the attempts involved, in order; empty where none is (a job that was never sent). */
  readonly attempts: readonly number[];
  /** Ids of the jobs involved, where the law is about jobs. */
  readonly jobs: readonly number[];
  /** The quantity that was judged, in the unit of the law's option. */
  readonly measured: number;
  /** What was allowed, in the same unit. */
  readonly allowed: number;
}

/** A law: pure. `null`: the history obeys it. */
export type Law = (history: History) => Violation | null;

/** What attempts are counted by. `all`: one key for everything; a function gives the key itself. */
export type KeyOf = 'all' | 'org' | 'client' | 'token' | 'route' | 'job' | ((attempt: HistoryAttempt) => string);

/**
 * Times that differ by less than this cannot be told apart by a clock of whole milliseconds (`Date.now()`), nor hit by a timer. So no law calls a
 * limiter wrong for a fraction of it; with times in whole ms every law is exact.
 */
export const CLOCK_MS = 1;

/** The violations of several laws, in their order; empty: all are obeyed. */
export function violationsOf(history: History, laws: readonly Law[]): Violation[] {
  return laws.flatMap((law) => law(history) ?? []);
}

/** The key of an attempt, for people and maps. */
export function keyOf(attempt: HistoryAttempt, by: KeyOf): string {
  if (typeof by === 'function') return by(attempt);
  if (by === 'all') return '';
  if (by === 'job') return String(attempt.job);
  // A test in JavaScript may say anything, and one key for all would look like an answer.
  const key: string | undefined = attempt[by];
  if (key !== undefined) return key;
  throw new RangeError(
    `Cannot check law: by must be all, org, client, token, route, job or a function, current value is ${by}`,
  );
}

/** Attempts by key, keys in the order of their first attempt. */
export function attemptsByKey(history: History, by: KeyOf): Map<string, HistoryAttempt[]> {
  const groups = new Map<string, HistoryAttempt[]>();
  for (const attempt of history.attempts) {
    const key = keyOf(attempt, by);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [attempt]);
    else group.push(attempt);
  }
  return groups;
}

/** ` of org-01`, or '' where everything is one key; tokens are never shown. */
export function ofKey(key: string, by: KeyOf): string {
  if (by === 'all') return '';
  if (by === 'token') return ' of one access token';
  return by === 'job' ? ` of job ${key}` : ` of ${key}`;
}

/**
 * A number that a law is given.
 *
 * @throws RangeError *Cannot check <law>: <name> must be <rule>, current value is <x>*.
 */
export function requireNumber(law: string, name: string, value: number, rule: string, holds: boolean): void {
  if (typeof value === 'number' && holds) return;
  throw new RangeError(`Cannot check ${law}: ${name} must be ${rule}, current value is ${String(value)}`);
}
