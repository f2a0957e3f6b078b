/** Plays one strategy through one workload against one gateway, and records it. */
import type { Caller, Gateway } from '../../mock-server/gateway.ts';
import { type Detour, jobOutcome, type TrialRecord } from '../metrics/record.ts';
import type { RandomSource } from '../random/random.ts';
import type { TrialFailure } from '../results/results.ts';
import type { Fetch, Pipeline, Strategy, StrategyContext } from '../strategies/strategy.ts';
import type { Clock } from '../time/clock.ts';
import type { VirtualOutcome } from '../time/virtual-time.ts';
import type { Job, Sender } from '../workload/workload.ts';
import { Driver } from './driver.ts';
import { Observer, OpenWork } from './observer.ts';
import type { LinkedPlan } from './plan.ts';
import { AttemptTable, PlannedTable } from './record.ts';
import { bearer, createTransport, type Respond, type TransportTime } from './transport.ts';

/** The time that a trial runs in. */
export interface TrialTime extends TransportTime {
  readonly clock: Clock;
  run<T>(main: () => Promise<T>): Promise<VirtualOutcome<T>>;
}

/** Options of {@link play}. */
export interface PlayOptions {
  readonly gateway: Gateway;
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
  /** Default: lazy responses. */
  readonly respond?: Respond;
}

/** How a trial went. */
export interface Played {
  readonly record: TrialRecord;
  readonly failure: TrialFailure | null;
}

/** Runs until every job has ended or a watchdog stops it. Never rejects because of what the strategy does. */
export async function play(options: PlayOptions): Promise<Played> {
  const { gateway, time, startsAtMs, senders, plan } = options;
  const attempts = new AttemptTable();
  const planned = new PlannedTable(plan.releaseMs);
  const callers: readonly Caller[] = senders;
  const authorizations = senders.map(({ token }) => bearer(token));
  const work = new OpenWork(senders.length, plan.jobs.length);
  const observer = new Observer({
    gateway,
    startsAtMs,
    plan: plan.jobs,
    releaseMs: planned.releaseMs,
    callers,
    work,
    levels: options.levels,
  });
  const detours = new Map<number, Detour>();
  let firstError: string | null = null;

  const outcome = await time.run(async (): Promise<TrialFailure | null> => {
    let stop: (failure: TrialFailure) => void = () => {};
    const stopped = new Promise<TrialFailure>((resolve) => (stop = resolve));
    const transport = createTransport({
      gateway,
      time,
      startsAtMs,
      callers,
      authorizations,
      plan: plan.jobs,
      rowById: plan.rowById,
      attempts,
      planned,
      detours,
      work,
      observer,
      attemptsPerJobMax: options.attemptsPerJobMax,
      onTooManyAttempts: (detail) => stop({ reason: 'too-many-attempts', detail }),
      ...(options.respond === undefined ? {} : { respond: options.respond }),
    });
    const context: StrategyContext = {
      clock: time.clock,
      random: options.random,
      identify: transport.identify,
      note: () => {},
    };
    const wire = options.client === undefined ? transport.fetch : options.client(transport.fetch, context);
    const fetch: Fetch = options.strategy.pipeline(wire, context);
    const driver = new Driver({
      fetch,
      time,
      startsAtMs,
      authorizations,
      plan: plan.jobs,
      planned,
      predecessor: plan.predecessor,
      work,
      observer,
    });
    const failure = await Promise.race([driver.run().then(() => null), stopped]);
    firstError = driver.firstError;
    return failure;
  });

  const endMs = time.nowMs - startsAtMs;
  observer.catchUp(time.nowMs);
  attempts.closeAll(endMs);
  const { samples } = observer;
  const record = {
    startsAtMs,
    endMs,
    senders,
    jobs: options.jobs,
    plan: plan.jobs,
    attempts,
    planned,
    detours,
    samples,
  };
  return { record: { ...record, causes: gateway.causes }, failure: failureOf(outcome, planned, firstError) };
}

function failureOf(
  outcome: VirtualOutcome<TrialFailure | null>,
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
