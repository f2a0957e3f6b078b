/** A history as a small timeline in ASCII: one line per attempt, those of a violation marked. */
import type { History, HistoryAttempt } from './history.ts';
import type { Violation } from './law.ts';
import { exactMs } from './windows.ts';

/** Options of {@link attemptsText}. */
export interface AttemptsTextOptions {
  /** Its attempts are marked with `>`, and the lines around them are shown when not all fit. Default null. */
  readonly violation?: Violation | null;
  /** Most attempts shown. Default 30. */
  readonly linesMax?: number;
}

const HEAD = ['', 'time', 'org', 'job', 'try', 'answered', 'answer'];

/**
 * For example
 *
 *         time  org     job  try  answered  answer
 *         0 ms  org-01    0    1    100 ms  200
 *         0 ms  org-01    1    1     10 ms  429 per-org, Retry-After: 1
 *     >  10 ms  org-01    1    2     20 ms  429 per-org, Retry-After: 1
 */
export function attemptsText(history: History, { violation = null, linesMax = 30 }: AttemptsTextOptions = {}): string {
  const marked = new Set(violation?.attempts ?? []);
  const shown = shownAttempts(history, violation, linesMax);
  const rows = [HEAD, ...shown.map((attempt) => rowOf(attempt, marked.has(attempt.index)))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => aligned(cell, widths[column]!, column))
      .join('  ')
      .trimEnd(),
  );
  const outages = history.outages.map(({ fromMs, toMs }) => `outage: from ${exactMs(fromMs)} to ${exactMs(toMs)}`);
  const open = history.jobs.filter(({ outcome }) => outcome !== 'done');
  return [
    lines[0]!,
    ...shown.flatMap((attempt, row) => [...gapText(history, shown[row - 1], attempt), lines[row + 1]!]),
    ...gapText(history, shown.at(-1), undefined),
    ...outages,
    ...open
      .slice(0, 5)
      .map(
        ({ id, org, availableMs, outcome, endedMs }) =>
          `job ${id} of ${org}, available at ${exactMs(availableMs)}: ${outcome}${endedMs === null ? '' : ` at ${exactMs(endedMs)}`}`,
      ),
    ...(open.length > 5 ? [`... and ${open.length - 5} more jobs that were not done`] : []),
    `the trial ended at ${exactMs(history.endMs)}${history.stopped === null ? '' : `: ${history.stopped}`}`,
  ].join('\n');
}

/** What stands for the attempts that are left out between two shown ones; undefined: the beginning, the end. */
function gapText(history: History, before: HistoryAttempt | undefined, after: HistoryAttempt | undefined): string[] {
  const from = before === undefined ? 0 : history.attempts.indexOf(before) + 1;
  const to = after === undefined ? history.attempts.length : history.attempts.indexOf(after);
  if (to <= from) return [];
  const where = before === undefined ? ' before' : after === undefined ? ' after' : '';
  return [`  ... ${to - from}${where}`];
}

/** As many attempts as fit: those around the first marked one, and where the last marked one lies too far from it, those around that one as well. */
function shownAttempts(history: History, violation: Violation | null, linesMax: number): readonly HistoryAttempt[] {
  const { attempts } = history;
  const count = attempts.length;
  if (count <= linesMax) return attempts;
  const later = attempts.findIndex(({ startMs }) => startMs >= (violation?.atMs ?? 0));
  const first = violation?.attempts[0] ?? (later < 0 ? count : later);
  const last = violation?.attempts.at(-1) ?? first;
  if (last - first < linesMax) return rangeAround(attempts, first, last, linesMax);
  const half = Math.floor(linesMax / 2);
  const both = [...rangeAround(attempts, first, first, half), ...rangeAround(attempts, last, last, linesMax - half)];
  return [...new Set(both)];
}

/** `size` attempts with those from `first` to `last` in their middle, as far as the ends allow. */
function rangeAround(attempts: readonly HistoryAttempt[], first: number, last: number, size: number): HistoryAttempt[] {
  const spare = Math.max(0, size - (last - first + 1));
  const from = Math.max(0, Math.min(first - Math.ceil(spare / 2), attempts.length - size));
  return attempts.slice(from, from + size);
}

function rowOf(attempt: HistoryAttempt, isMarked: boolean): string[] {
  return [
    isMarked ? '>' : ' ',
    exactMs(attempt.startMs),
    attempt.org,
    attempt.job < 0 ? '-' : String(attempt.job),
    String(attempt.ordinal),
    exactMs(attempt.endMs),
    answerOf(attempt),
  ];
}

function answerOf({ outcome, status, cause, retryAfter }: HistoryAttempt): string {
  if (outcome === 'cancelled') return 'hung up before the answer';
  const by = cause === null ? '' : ` ${cause}`;
  return `${status}${by}${retryAfter === null ? '' : `, Retry-After: ${retryAfter}`}`;
}

/** Text is left-aligned, numbers right. */
function aligned(cell: string, width: number, column: number): string {
  return column === 2 || column === 6 ? cell.padEnd(width) : cell.padStart(width);
}
