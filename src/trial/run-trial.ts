/**
 * One trial: a scenario, a strategy and a seed in; metrics, digest and record out. A pure function of its arguments: nothing waits, and
 * nothing comes from outside.
 */
import { createGateway } from '../../mock-server/gateway.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { makespansByOrg } from '../metrics/fairness.ts';
import { digestRecord } from '../metrics/measure.ts';
import type { TrialRecord } from '../metrics/record.ts';
import { timelineOf } from './timeline/timeline.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import type { RandomSource } from '../random/random.ts';
import type { Timeline, TrialResult } from '../results/results.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { createVirtualTime } from '../time/virtual-time.ts';
import type { Job, Workload } from '../workload/workload.ts';
import { type Delays, delayedTransport, lateTime } from './delays.ts';
import { lendFetch } from './global-fetch.ts';
import { loadForeign } from './load-foreign.ts';
import { type LinkedPlan, planOrFailure } from './plan.ts';
import { type Played, play } from './play.ts';
import { measureTrial } from './result.ts';
import { type Setting, settingOf } from './setting.ts';
import { createTransport } from './transport.ts';

/** Options of {@link runTrial}. */
export interface TrialOptions {
  readonly scenario: Scenario;
  /** Name of one of the scenario's variants. Default '': the scenario as it stands. */
  readonly variant?: string;
  readonly strategy: Strategy;
  /** Fixes workload, background, service times, hints, and the strategy's own dice. */
  readonly seed: number;
  /** Also run each organization's jobs alone, for the worst slowdown. Default false. */
  readonly isolate?: boolean;
  /** Also make a timeline. Changes neither metrics nor digest. Default false. */
  readonly trace?: boolean;
  /** Patch `Date`, timers, `performance` and `Math.random` while it runs, for code that reads them itself. Default: when the strategy is foreign code. */
  readonly ambient?: boolean;
  /** How long calls are on their way and how late timers are. Default: neither takes time, as the gateway is in process and time virtual. */
  readonly delays?: Delays;
}

/** What a trial gives. */
export interface TrialOutcome {
  readonly result: TrialResult;
  /** Only of traced trials. */
  readonly timeline: Timeline | null;
  readonly record: TrialRecord;
}

/**
 * Runs one trial. What the strategy does wrong becomes `result.failure`; metrics then tell how far it got.
 *
 * @throws (rejects) for faults of the scenario: a bad policy, an unknown variant, a workload that throws.
 */
export async function runTrial(options: TrialOptions): Promise<TrialOutcome> {
  const { strategy, seed } = options;
  // Before time becomes virtual: loading is real work, which virtual time would outrun.
  if (strategy.foreign !== undefined) await loadForeign(strategy.foreign);
  const setting = settingOf(options.scenario, options.variant);
  const random = createRandomSource(seed);
  const workload = setting.workload(random);
  const whole = await runJobs({ setting, random, workload, jobs: workload.jobs, options });
  const isolated = options.isolate === true ? await runIsolated(setting, random, workload, options, whole) : null;

  const measured = measureTrial({ ...whole, setting, seed, isolatedMakespanMs: isolated });
  return {
    result: measured.result,
    timeline:
      options.trace === true
        ? timelineOf(measured.digested, {
            policy: setting.policy,
            binding: measured.binding,
            strategy: strategy.spec,
            seed,
          })
        : null,
    record: whole.record,
  };
}

interface JobsRun extends Played {
  readonly linked: LinkedPlan;
}

/** Plans and plays some of a workload's jobs with a gateway of their own. */
async function runJobs(run: {
  readonly setting: Setting;
  readonly random: RandomSource;
  readonly workload: Workload;
  readonly jobs: readonly Job[];
  readonly options: TrialOptions;
}): Promise<JobsRun> {
  const { setting, random, workload, jobs, options } = run;
  const { scenario, policy, startsAtMs } = setting;
  const { strategy, delays } = options;
  const { senders } = workload;
  const { linked, failure } = planOrFailure(strategy, jobs, { random, startsAtMs, senders });
  const time = createVirtualTime({
    startsAtMs,
    deadlineMs: startsAtMs + scenario.deadlineMs,
    // Hundreds of times what a client does that is not stuck, however many jobs it has at once.
    eventsPerInstantMax: WATCHDOG_FLOOR + WATCHDOG_PER_JOB * jobs.length,
    readsPerEventMax: WATCHDOG_FLOOR + WATCHDOG_PER_JOB * jobs.length,
    ...((options.ambient ?? strategy.foreign !== undefined) ? { ambient: true, random } : {}),
  });
  const gateway = (scenario.platform ?? createGateway)(policy, {
    random: (stream, entity, index) => random.at(stream, entity, index),
  });
  const played = await play({
    connect: (carried) => {
      const transport = createTransport({ ...carried, gateway });
      return delays === undefined ? transport : delayedTransport(transport, time, delays);
    },
    gateway,
    causes: gateway.causes,
    time: delays === undefined ? time : lateTime(time, delays.timerMs),
    startsAtMs,
    random,
    senders,
    jobs,
    plan: linked,
    strategy,
    ...(scenario.client === undefined ? {} : { client: scenario.client }),
    attemptsPerJobMax: scenario.attemptsPerJobMax,
    levels: options.trace === true,
    ...(strategy.foreign === undefined ? {} : { loan: lendFetch() }),
  });
  return { ...played, linked, failure: failure ?? played.failure };
}

const WATCHDOG_FLOOR = 100_000;
const WATCHDOG_PER_JOB = 20;

/** Makespan of each organization when nobody else works: same seed, same policy, same background traffic. */
async function runIsolated(
  setting: Setting,
  random: RandomSource,
  workload: Workload,
  options: TrialOptions,
  whole: JobsRun,
): Promise<Map<string, number>> {
  const jobsByOrg = new Map<string, Job[]>();
  for (const job of workload.jobs) {
    const { org } = workload.senders[job.sender]!;
    const jobs = jobsByOrg.get(org);
    if (jobs === undefined) jobsByOrg.set(org, [job]);
    else jobs.push(job);
  }
  // Who is alone anyway has just been run alone.
  if (jobsByOrg.size === 1) return makespansByOrg(whole.record, digestRecord(whole.record).outcomes);
  const makespans = new Map<string, number>();
  for (const [org, jobs] of jobsByOrg) {
    const { record } = await runJobs({ setting, random, workload, jobs, options: { ...options, trace: false } });
    const makespanMs = makespansByOrg(record, digestRecord(record).outcomes).get(org);
    if (makespanMs !== undefined) makespans.set(org, makespanMs);
  }
  return makespans;
}
