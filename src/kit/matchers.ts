/** What the matchers decide, without vitest: a result and a question in; pass, and what to print, out. Every seed is judged; the worst is named. */
import { causesOf } from '../../mock-server/gateway.ts';
import {
  attemptsText,
  fairAmongOrgs,
  type FairnessOptions,
  type Law,
  neverBeforeRetryAfter,
  neverMoreThan,
  type RateOptions,
  recoversWithin,
  type RetryAfterOptions,
  type Violation,
  violationsOf,
  wastesAtMost,
} from '../laws/index.ts';
import { inputError, showValue } from '../results/input-error.ts';
import { formatCount, formatDuration, formatShare } from '../wording/format.ts';
import { lawList } from './check-scenario.ts';
import { ScenarioResult, type ScenarioTrial } from './run-scenario.ts';
import { type Duration, durationMs, type Share, shareOf } from './units.ts';

/** What a matcher answers. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** One seed, judged. */
interface Judged {
  readonly holds: boolean;
  /** The larger, the worse. */
  readonly badness: number;
  /** What was measured, as a sentence's end: `it took 2m31s`. */
  readonly said: string;
  /** What to show of the trial. */
  readonly violation: Violation | null;
}

/** Attempts shown of a counterexample. */
const LINES_MAX = 14;
/** Failures that are the limiter's way to behave; all others say that it did not run at all. */
const JUDGED_FAILURES = new Set(['deadline', 'too-many-attempts', 'stalled']);

/** All jobs done, within a time from the first job's arrival. */
export function finishWithin(received: unknown, within: Duration): Verdict {
  const limitMs = durationMs('check toFinishWithin', within);
  return verdict(received, `finish within ${formatDuration(limitMs)}`, (trial) => {
    const unfinished = unfinishedText(trial);
    const makespanMs = trial.metrics?.makespanMs ?? Infinity;
    if (unfinished !== null) return { holds: false, badness: Infinity, said: unfinished, violation: null };
    return {
      holds: makespanMs <= limitMs,
      badness: makespanMs,
      said: `it took ${formatDuration(makespanMs)} (the least possible is ${formatDuration(trial.metrics!.bound.ms)})`,
      violation: null,
    };
  });
}

/** How near it comes to what is possible at all. */
export function reach(received: unknown, percent: number, of: string): Verdict {
  if (!(typeof percent === 'number' && percent > 0 && percent <= 100))
    throw inputError(
      'check toReach',
      showValue(percent),
      `it must be a number above 0, at most 100, current value is ${showValue(percent)}`,
    );
  if (of !== 'percent of optimum')
    throw inputError(
      'check toReach',
      showValue(of),
      `the unit must be 'percent of optimum', current value is ${showValue(of)}`,
    );
  return verdict(received, `reach ${percent} percent of optimum`, (trial) => {
    const unfinished = unfinishedText(trial);
    if (unfinished !== null) return { holds: false, badness: Infinity, said: unfinished, violation: null };
    const { boundRatio, makespanMs, bound } = trial.metrics!;
    const reached = 100 / boundRatio;
    return {
      // The ratio of two doubles may be off by its last bit.
      holds: reached >= percent - 1e-9,
      badness: -reached,
      said: `it reached ${reached.toFixed(1)} percent (${formatDuration(makespanMs)}, the least possible is ${formatDuration(bound.ms)}, set by ${bound.limit})`,
      violation: null,
    };
  });
}

/** Every job is done: none lost, none given up. */
export function loseNothing(received: unknown): Verdict {
  return verdict(received, 'lose nothing', (trial) => {
    const unfinished = unfinishedText(trial);
    const { done = 0, total = 0 } = trial.metrics?.jobs ?? {};
    return {
      holds: unfinished === null,
      badness: unfinished === null ? 0 : total - done + 1,
      said: unfinished ?? `all ${formatCount(total)} jobs were done`,
      violation: null,
    };
  });
}

/** At most this share of the attempts is refused. */
export function wasteAtMost(received: unknown, share: Share): Verdict {
  const most = shareOf('check toWasteAtMost', share);
  return verdict(received, `waste at most ${formatShare(most)}`, (trial) => {
    const { attempts } = trial.history();
    const wasted = attempts.filter(({ outcome }) => outcome === 'rejected').length;
    const measured = attempts.length === 0 ? 0 : wasted / attempts.length;
    const said = `${formatCount(wasted)} of ${formatCount(attempts.length)} calls were refused (${formatShare(measured)})`;
    return { holds: measured <= most, badness: measured, said, violation: wastesAtMost(most)(trial.history()) };
  });
}

/** No limit and no penalty of the policy refuses anything; or, with a promise of one's own, that is kept. */
export function stayWithinLimits(received: unknown, promise?: RateOptions): Verdict {
  if (promise !== undefined) {
    const each = typeof promise.by === 'string' && promise.by !== 'all' ? ` for each ${promise.by}` : '';
    return byLaw(
      received,
      `never start more than ${promise.limit} calls in ${formatDuration(promise.windowMs)}${each}`,
      neverMoreThan(promise),
      (measured) => measured,
    );
  }
  const causes = new Set(causesOf(resultOf(received).policy).map(({ name }) => name));
  return verdict(received, 'stay within the limits of the policy', (trial) => {
    const refused = trial
      .history()
      .attempts.filter(({ outcome, cause }) => outcome === 'rejected' && cause !== null && causes.has(cause));
    const [first] = refused;
    if (first === undefined) return { holds: true, badness: 0, said: 'no limit refused anything', violation: null };
    const names = [...new Set(refused.map(({ cause }) => cause))].join(', ');
    const said = `${formatCount(refused.length)} calls were refused by ${names}, the first at ${formatDuration(first.startMs)} (job ${first.job} of ${first.org})`;
    const violation = {
      law: 'toStayWithinLimits',
      sentence: said,
      atMs: first.startMs,
      attempts: [first.index],
      jobs: [first.job],
      measured: refused.length,
      allowed: 0,
    };
    return { holds: false, badness: refused.length, said, violation };
  });
}

/** Nothing is sent before a Retry-After has passed. */
export function honourRetryAfter(received: unknown, options?: RetryAfterOptions): Verdict {
  const law = neverBeforeRetryAfter(options);
  return byLaw(received, 'honour Retry-After', law, (measured, allowed) => allowed - measured);
}

/** After an outage or a refusal, work gets through again within a time. */
export function recoverWithin(received: unknown, within: Duration): Verdict {
  const ms = durationMs('check toRecoverWithin', within);
  return byLaw(received, `recover within ${formatDuration(ms)}`, recoversWithin({ ms }), (measured) => measured);
}

/** No organization gets much less than an equal share. */
export function treatOrgsFairly(received: unknown, options?: FairnessOptions): Verdict {
  const asked = `treat organizations fairly (at least ${formatShare(options?.shareAtLeast ?? 0.5)} of an equal share for each)`;
  return byLaw(received, asked, fairAmongOrgs(options), (measured) => -measured);
}

/** Laws of one's own, or those of the kit. */
export function obey(received: unknown, laws: Law | readonly Law[]): Verdict {
  const list = lawList(laws);
  return byLaw(received, 'obey the laws', named(list), () => 0);
}

/** The first of several that is broken, by its name: the question does not say which it was. */
function named(laws: readonly Law[]): Law {
  return (history) => {
    const [first] = violationsOf(history, laws);
    return first === undefined ? null : { ...first, sentence: `${first.law}: ${first.sentence}` };
  };
}

function byLaw(
  received: unknown,
  asked: string,
  law: Law,
  badness: (measured: number, allowed: number) => number,
): Verdict {
  return verdict(received, asked, (trial) => {
    const violation = law(trial.history());
    if (violation === null) return { holds: true, badness: -Infinity, said: 'it did', violation };
    const { sentence, measured, allowed } = violation;
    return { holds: false, badness: badness(measured, allowed), said: sentence, violation };
  });
}

/** Judges every seed. It passes when all hold; the worst of those that do not is shown. */
function verdict(received: unknown, asked: string, judge: (trial: ScenarioTrial) => Judged): Verdict {
  const result = resultOf(received);
  const judged = result.trials.map((trial) => {
    requireRun(result, trial);
    return { trial, ...judge(trial) };
  });
  const broken = judged.filter(({ holds }) => !holds);
  const pass = broken.length === 0;
  // Of equals the first: seeds are read in order.
  const worst = (pass ? judged : broken).reduce((a, b) => (b.badness > a.badness ? b : a));
  const who = `${result.limiter} in ${result.scenario}`;
  const message = () => {
    const { trial, said } = worst;
    const seeds = judged.length === 1 ? '' : `, the worst of ${judged.length} seeds`;
    if (pass)
      return `Expected ${who} not to ${asked} on every seed, but it did. Seed ${trial.seed}${seeds}: ${said}.\n\nReplay: ${trial.replay}`;
    const failing = judged.length === 1 ? '' : ` (${broken.length} of ${judged.length} seeds fail)`;
    return [
      `Expected ${who} to ${asked}. Seed ${trial.seed}${seeds}: ${said}${failing}.`,
      '',
      shown(worst),
      '',
      `Replay: ${trial.replay}`,
    ].join('\n');
  };
  return { pass, message };
}

/** The trial around what was judged; where that is its length, its end. */
function shown({ trial, violation }: Judged & { readonly trial: ScenarioTrial }): string {
  const history = trial.history();
  return attemptsText(history, { violation: violation ?? endOf(history.endMs), linesMax: LINES_MAX });
}

function endOf(atMs: number): Violation {
  return { law: '', sentence: '', atMs, attempts: [], jobs: [], measured: 0, allowed: 0 };
}

/** What of the work was not done, in words; null: all of it was. */
function unfinishedText({ metrics, failure, history }: ScenarioTrial): string | null {
  const { stopped } = history();
  const why = stopped === null ? '' : `; ${failure?.reason}: ${failure?.detail}`;
  if (metrics === null) return `it did not finish${why}`;
  const { total, done, failed, lost } = metrics.jobs;
  if (done === total && stopped === null) return null;
  const parts = [
    ...(failed > 0 ? [`${formatCount(failed)} given up`] : []),
    ...(lost > 0 ? [`${formatCount(lost)} lost`] : []),
  ];
  return `${formatCount(total - done)} of ${formatCount(total)} jobs were not done (${parts.join(', ') || 'none ended'})${why}`;
}

function resultOf(received: unknown): ScenarioResult {
  if (received instanceof ScenarioResult) return received;
  const hint = received instanceof Promise ? '; await it first' : '';
  throw inputError(
    'check',
    'this value',
    `expect() must be given the result of runScenario${hint}, current value is ${showValue(received)}`,
  );
}

/** A limiter that crashed shows nothing, neither that it is right nor that it is wrong: with `.not`, a crash must not pass. */
function requireRun({ limiter, scenario }: ScenarioResult, { seed, failure, history, replay }: ScenarioTrial): void {
  if (failure === null || JUDGED_FAILURES.has(failure.reason)) return;
  if (failure.reason === 'threw' && history().stopped === null) return;
  throw new Error(
    `Cannot judge ${limiter} in ${scenario}: seed ${seed} did not run to its end (${failure.reason}: ${failure.detail})\n\nReplay: ${replay}`,
  );
}
