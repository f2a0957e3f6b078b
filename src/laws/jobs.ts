/** What must become of every job. */
import { countOf } from '../wording/format.ts';
import type { History, HistoryJob } from './history.ts';
import type { Law, Violation } from './law.ts';
import { exactMs } from './windows.ts';

/** Every job has an outcome: the limiter says that it is done or that it gave up. A dropped call, or one that never settles, is lost. */
export const noJobLost: Law = (history) => {
  const lost = history.jobs.filter(({ outcome }) => outcome === 'lost');
  return jobsViolation(history, 'noJobLost', lost, (first) => {
    const handed =
      first.handedMs === null
        ? 'was never handed over'
        : `was handed over at ${exactMs(first.handedMs)} and never settled`;
    return `${countOf(lost.length, 'job was', 'jobs were')} lost: job ${first.id} of ${first.org} ${handed}`;
  });
};

/** Every job is done: none lost, none given up. */
export const everyJobDone: Law = (history) => {
  const open = history.jobs.filter(({ outcome }) => outcome !== 'done');
  return jobsViolation(
    history,
    'everyJobDone',
    open,
    (first) =>
      `${countOf(open.length, 'job was', 'jobs were')} not done: job ${first.id} of ${first.org} ${first.outcome === 'lost' ? 'was lost' : `was given up at ${exactMs(first.endedMs ?? history.endMs)}`}`,
  );
};

/** No job is done twice: at most one admitted and answered request each. */
export const noJobDoubled: Law = (history) => {
  const doubled = history.jobs.filter(({ answers }) => answers > 1);
  return jobsViolation(
    history,
    'noJobDoubled',
    doubled,
    (first) =>
      `${countOf(doubled.length, 'job was', 'jobs were')} done more than once: job ${first.id} of ${first.org} ${first.answers} times`,
  );
};

/** The trial comes to its end: nothing retries for ever, waits for ever or keeps the process busy. */
export const terminates: Law = ({ stopped, endMs, jobs }) => {
  if (stopped === null) return null;
  const open = jobs.filter(({ outcome }) => outcome === 'lost').map(({ id }) => id);
  return {
    law: 'terminates',
    sentence: `it did not come to its end: ${stopped}`,
    atMs: endMs,
    attempts: [],
    jobs: open,
    measured: open.length,
    allowed: 0,
  };
};

function jobsViolation(
  history: History,
  law: string,
  broken: readonly HistoryJob[],
  say: (first: HistoryJob) => string,
): Violation | null {
  const [first] = broken;
  if (first === undefined) return null;
  const ids = new Set(broken.map(({ id }) => id));
  const attempts = history.attempts.filter(({ job }) => job === first.id);
  return {
    law,
    sentence: say(first),
    atMs: first.endedMs ?? attempts.at(-1)?.startMs ?? first.handedMs ?? first.availableMs,
    attempts: attempts.map(({ index }) => index),
    jobs: [...ids],
    measured: ids.size,
    allowed: 0,
  };
}
