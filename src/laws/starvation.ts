/** Nobody with work waits for ever. */
import { formatDuration } from '../wording/format.ts';
import type { History } from './history.ts';
import { type Law, requireNumber } from './law.ts';
import { type OpenJob, openJobsByOrg } from './open-work.ts';
import { exactMs } from './windows.ts';

/** Options of {@link noStarvation}. */
export interface StarvationOptions {
  /** Longest time without an admission, ms; exactly so long obeys. */
  readonly withinMs: number;
  /** `org` (default): an organization with work open sees some of it admitted. `job`: every single job is. */
  readonly by?: 'org' | 'job';
}

/** A time without an admission while work was open. */
interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly jobs: readonly number[];
}

/**
 * Whoever has work open sees some of it admitted within `withinMs`. A job is open from the moment in which it could be sent until the start of the
 * attempt that does it; one that the limiter gives up is no longer open.
 *
 * @throws RangeError for a negative time
 */
export function noStarvation({ withinMs, by = 'org' }: StarvationOptions): Law {
  const name = 'noStarvation';
  requireNumber(name, 'withinMs', withinMs, 'at least 0', withinMs >= 0);
  return (history) => {
    let worst: ReturnType<Law> = null;
    for (const [org, open] of openJobsByOrg(history)) {
      const gaps = by === 'job' ? open.map(gapOfJob) : gapsOfOrg(open, admissionsOf(history, org));
      for (const gap of gaps) {
        const measured = gap.toMs - gap.fromMs;
        if (measured <= Math.max(withinMs, worst?.measured ?? 0)) continue;
        const who = by === 'job' ? `job ${gap.jobs[0]} of ${org} was not` : `nothing of ${org} was`;
        worst = {
          law: name,
          sentence: `${who} admitted for ${formatDuration(measured)} (from ${exactMs(gap.fromMs)} to ${exactMs(gap.toMs)}) though it could be sent, at most ${formatDuration(withinMs)} may pass`,
          atMs: gap.fromMs + withinMs,
          attempts: attemptsWithin(history, org, gap),
          jobs: gap.jobs,
          measured,
          allowed: withinMs,
        };
      }
    }
    return worst;
  };
}

function gapOfJob({ job, fromMs, toMs }: OpenJob): Gap {
  return { fromMs, toMs, jobs: [job.id] };
}

/** Busy periods (work open without a break), cut by the admissions in them. */
function gapsOfOrg(open: readonly OpenJob[], admissionsMs: readonly number[]): Gap[] {
  const gaps: Gap[] = [];
  let next = 0;
  for (const { fromMs, toMs } of busyPeriods(open)) {
    while (next < admissionsMs.length && admissionsMs[next]! < fromMs) next += 1;
    let sinceMs = fromMs;
    for (; next < admissionsMs.length && admissionsMs[next]! <= toMs; next++) {
      gaps.push({ fromMs: sinceMs, toMs: admissionsMs[next]!, jobs: [] });
      sinceMs = admissionsMs[next]!;
    }
    gaps.push({ fromMs: sinceMs, toMs, jobs: [] });
  }
  return gaps;
}

function busyPeriods(open: readonly OpenJob[]): { fromMs: number; toMs: number }[] {
  const periods: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of open.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = periods.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else periods.push({ fromMs, toMs });
  }
  return periods;
}

function admissionsOf(history: History, org: string): number[] {
  return history.attempts.flatMap((attempt) =>
    attempt.org === org && attempt.outcome === 'admitted' ? [attempt.startMs] : [],
  );
}

function attemptsWithin(history: History, org: string, { fromMs, toMs }: Gap): number[] {
  return history.attempts.flatMap((attempt) =>
    attempt.org === org && attempt.startMs > fromMs && attempt.startMs <= toMs ? [attempt.index] : [],
  );
}
