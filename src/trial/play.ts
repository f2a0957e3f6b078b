/** Plays one strategy through one workload against one gateway, and records it. */
import type { Gateway } from '../../mock-server/gateway.ts';
import { type Detour, jobOutcome, type TrialRecord } from '../metrics/record.ts';
import type { RandomSource } from '../random/random.ts';
import type { TrialFailure } from '../results/results.ts';
import type { Fetch, Pipeline, Strategy, StrategyContext } from '../strategies/strategy.ts';
import type { Clock } from '../time/clock.ts';
import type { Job, Sender } from '../workload/workload.ts';
import { bearer } from './attempt-desk.ts';
import { Driver } from './driver.ts';
import type { FetchLoan } from './global-fetch.ts';
import { failNeverAdmitted } from './never-admitted.ts';
import { blindObserver, Observer, OpenWork, type Watching } from './observer.ts';
import type { LinkedPlan } from './plan.ts';
import { AttemptTable, PlannedTable } from './record.ts';
import type { Carried, Transport, TransportTime } from './transport.ts';

/** The time that a trial runs in. */
export interface TrialTime extends TransportTime {
  readonly clock: Clock;
  /** Calls `main` when the trial starts, and settles when it is over or the time is. */
  run<T>(main: () => Promise<T>): Promise<TimedOutcome<T>>;
}

/** How a run in some time ended. */
export type TimedOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly reason: TrialFailure['reason']; readonly detail: string };

/** Options of {@link play}. */
export interface PlayOptions {
  /** Makes the way to the platform: in process, or over HTTP. */
  readonly connect: (carried: Carried) => Transport;
  /** The gateway to look at while the trial runs; null: it is out of sight, and there are no samples. */
  readonly gateway: Gateway | null;
  /** Names of everything that can reject, as the attempts' causes point to them. */
  readonly causes: readonly string[];
  readonly time: TrialTime;
  /** Epoch ms; the present of `time`. */
  readonly startsAtMs: number;
  readonly random: RandomSource;
  readonly senders: readonly Sender[];
  /** The workload's jobs, before plans. */
  readonly jobs: readonly Job[];
  readonly plan: LinkedPlan;
  readonly strategy: Strategy;
  /** What stands between every strategy and the wire. Default: nothing. */
  readonly client?: Pipeline;
  readonly attemptsPerJobMax: number;
  /** Whether bucket levels are sampled. */
  readonly levels: boolean;
  /** Makes the trial's fetch what foreign code finds as `globalThis.fetch`. Default: that stays real. */
  readonly loan?: FetchLoan;
}

/** How a trial went. */
export interface Played {
  readonly record: TrialRecord;
  readonly failure: TrialFailure | null;
}

/** Runs until every job has ended or a watchdog stops it. Never rejects because of what the strategy does. */
export async function play(options: PlayOptions): Promise<Played> {
  const stage = new Stage(options);
  try {
    const outcome = await options.time.run(() => stage.run());
    return stage.close(outcome);
  } finally {
    options.loan?.end();
  }
}

/** The tables that a trial writes, and who writes them. */
class Stage {
  readonly #options: PlayOptions;
  readonly #attempts = new AttemptTable();
  readonly #planned: PlannedTable;
  readonly #detours = new Map<number, Detour>();
  readonly #work: OpenWork;
  readonly #observer: Watching;
  #driver: Driver | null = null;

  constructor(options: PlayOptions) {
    const { senders, plan } = options;
    this.#options = options;
    this.#planned = new PlannedTable(plan.releaseMs);
    this.#work = new OpenWork(senders.length, plan.jobs.length);
    this.#observer = this.#watching();
  }

  /** Settles when all jobs have ended, or with the failure that stops the trial. */
  async run(): Promise<TrialFailure | null> {
    const { time, senders, random, client, loan } = this.#options;
    const authorizations = senders.map(({ token }) => bearer(token));
    let stop: (failure: TrialFailure) => void = () => {};
    const stopped = new Promise<TrialFailure>((resolve) => (stop = resolve));
    const transport = this.#transport(authorizations, stop);
    const context: StrategyContext = {
      clock: time.clock,
      random,
      identify: transport.identify,
      note: () => {},
    };
    const wire = client === undefined ? transport.fetch : client(transport.fetch, context);
    const drive = () => this.#drive(wire, context, authorizations);
    const driven = loan === undefined ? drive() : loan.during(wire, drive);
    return Promise.race([driven.then(() => null), stopped]);
  }

  /** Puts the strategy around the network, and hands it the jobs. */
  #drive(wire: Fetch, context: StrategyContext, authorizations: readonly string[]): Promise<void> {
    const { time, startsAtMs, plan, strategy } = this.#options;
    this.#driver = new Driver({
      fetch: strategy.pipeline(wire, context),
      time,
      startsAtMs,
      authorizations,
      plan: plan.jobs,
      planned: this.#planned,
      predecessor: plan.predecessor,
      work: this.#work,
      observer: this.#observer,
    });
    return this.#driver.run();
  }

  #watching(): Watching {
    const { gateway, startsAtMs, senders, plan, levels } = this.#options;
    if (gateway === null) return blindObserver();
    const { releaseMs } = plan;
    return new Observer({
      gateway,
      startsAtMs,
      plan: plan.jobs,
      releaseMs,
      callers: senders,
      work: this.#work,
      levels,
    });
  }

  #transport(authorizations: readonly string[], stop: (failure: TrialFailure) => void): Transport {
    const { connect, time, startsAtMs, senders, plan, attemptsPerJobMax } = this.#options;
    return connect({
      time,
      startsAtMs,
      callers: senders,
      authorizations,
      plan: plan.jobs,
      rowById: plan.rowById,
      attempts: this.#attempts,
      planned: this.#planned,
      detours: this.#detours,
      work: this.#work,
      observer: this.#observer,
      attemptsPerJobMax,
      onTooManyAttempts: (detail) => stop({ reason: 'too-many-attempts', detail }),
    });
  }

  /** Ends what is open and hands over the record. */
  close(outcome: TimedOutcome<TrialFailure | null>): Played {
    const { time, startsAtMs, senders, jobs, plan, causes } = this.#options;
    const endMs = time.nowMs - startsAtMs;
    this.#observer.catchUp(time.nowMs);
    this.#attempts.closeAll(endMs);
    failNeverAdmitted(plan.jobs, this.#planned, this.#attempts);
    const record: TrialRecord = {
      startsAtMs,
      endMs,
      senders,
      jobs,
      plan: plan.jobs,
      attempts: this.#attempts,
      planned: this.#planned,
      detours: this.#detours,
      samples: this.#observer.samples,
      causes,
    };
    return { record, failure: failureOf(outcome, this.#planned, this.#driver?.firstError ?? null) };
  }
}

function failureOf(
  outcome: TimedOutcome<TrialFailure | null>,
  planned: PlannedTable,
  firstError: string | null,
): TrialFailure | null {
  if (outcome.kind === 'failed') return { reason: outcome.reason, detail: outcome.detail };
  if (outcome.value !== null) return outcome.value;
  // A module that throws on every call has not been throttled: it is broken.
  const nothingDone = planned.outcome.every((code) => code !== jobOutcome.done);
  if (firstError !== null && nothingDone) {
    return { reason: 'threw', detail: `no job was done; the first error was: ${firstError}` };
  }
  return null;
}
