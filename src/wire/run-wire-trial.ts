/** One trial over real HTTP: the same workload, plans, driver and measures as in virtual time, another way to the gateway and another clock. */
import type { Scenario } from '../../scenarios/scenario.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import type { RandomSource } from '../random/random.ts';
import type { TrialResult } from '../results/results.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { wallMs } from '../time/scaled-time.ts';
import { lendFetchSideBySide } from '../trial/global-fetch.ts';
import { loadForeign } from '../trial/load-foreign.ts';
import { type LinkedPlan, planOrFailure } from '../trial/plan.ts';
import { type Played, play } from '../trial/play.ts';
import { measureTrial } from '../trial/result.ts';
import { type Setting, settingOf } from '../trial/setting.ts';
import type { Workload } from '../workload/workload.ts';
import { attributed, delaysOf } from './attribution.ts';
import type { GatewayProcess, RemoteGateway } from './gateway-process.ts';
import { type Connections, connectTo } from './connections.ts';
import { createHttpTransport } from './http-transport.ts';
import { createWireTime, type WireTime } from './wire-time.ts';

/** Options of {@link runWireTrial}. */
export interface WireTrialOptions {
  readonly scenario: Scenario;
  /** Name of one of the scenario's variants. Default '': the scenario as it stands. */
  readonly variant?: string;
  readonly strategy: Strategy;
  readonly seed: number;
  /** Scaled ms per real ms, more than 0. */
  readonly speed: number;
  /** Where its gateway is opened. */
  readonly gateways: GatewayProcess;
  /** Most real ms that the trial may take. Default 5 minutes. */
  readonly realMsMax?: number;
  /** Gives the trial up. */
  readonly signal?: AbortSignal;
}

const REAL_MS_MAX = 300_000;
/** Real ms between the order of a gateway and the start of its trial: time to open it and to connect. Doubled when it was not enough. */
const LEAD_MS = 150;
const LEAD_MS_MAX = 20_000;
/** Connections that are made before the start, so that the first calls of a trial do not wait for theirs. */
const CONNECTIONS_WARMED = 48;

/**
 * Runs one trial; null when it was given up. What goes wrong becomes its failure.
 *
 * @throws (rejects) for faults of the scenario, and when no gateway can be opened.
 */
export async function runWireTrial(options: WireTrialOptions): Promise<TrialResult | null> {
  const setting = settingOf(options.scenario, options.variant);
  refuseOwnPlatform(options.scenario);
  if (options.strategy.foreign !== undefined) await loadForeign(options.strategy.foreign);
  const random = createRandomSource(options.seed);
  const workload = setting.workload(random);
  for (let leadMs = LEAD_MS; ; leadMs *= 2) {
    const originMs = wallMs() + leadMs;
    const gateway = await opened(options, setting, workload, originMs);
    const connections = connectTo(gateway.url);
    await warm(connections);
    // Too late to start in time: another gateway, and more time to open it.
    if (wallMs() < originMs || leadMs >= LEAD_MS_MAX)
      return new WireTrial(options, { setting, random, workload, gateway, connections, originMs }).run();
    connections.close();
    await gateway.close();
  }
}

function opened(
  { seed, speed, gateways }: WireTrialOptions,
  { policy, startsAtMs }: Setting,
  { senders }: Workload,
  originMs: number,
): Promise<RemoteGateway> {
  return gateways.open({ policy, seed, callers: senders, startsAtMs, speed, originMs });
}

/** Asks without a token, which reaches no limit, on several connections at once. */
async function warm(connections: Connections): Promise<void> {
  const ask = () => connections.send({ method: 'GET', target: '/', headers: {}, body: null, signal: null });
  await Promise.allSettled(Array.from({ length: CONNECTIONS_WARMED }, ask));
}

/** What a trial has when it begins. */
interface Stage {
  readonly setting: Setting;
  readonly random: RandomSource;
  readonly workload: Workload;
  readonly gateway: RemoteGateway;
  readonly connections: Connections;
  /** Real ms since the epoch. */
  readonly originMs: number;
}

class WireTrial {
  readonly #options: WireTrialOptions;
  readonly #stage: Stage;
  readonly #time: WireTime;

  constructor(options: WireTrialOptions, stage: Stage) {
    this.#options = options;
    this.#stage = stage;
    const { startsAtMs, scenario } = stage.setting;
    const { speed, realMsMax = REAL_MS_MAX } = options;
    const { originMs } = stage;
    this.#time = createWireTime({ startsAtMs, speed, originMs, deadlineMs: scenario.deadlineMs, realMsMax });
  }

  async run(): Promise<TrialResult | null> {
    const { strategy, seed, signal, speed } = this.#options;
    const { setting, random, workload, gateway } = this.#stage;
    const { startsAtMs } = setting;
    const { senders, jobs } = workload;
    const { linked, failure } = planOrFailure(strategy, jobs, { random, startsAtMs, senders });
    const giveUp = () => this.#time.fail('threw', 'given up');
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    gateway.lost.catch((error: unknown) => this.#time.fail('gateway-lost', String(error)));
    const played = await this.#played(linked);
    signal?.removeEventListener('abort', giveUp);
    const log = await gateway.close();
    if (signal?.aborted === true) return null;
    const record = log === null ? played.record : attributed(played.record, log);
    const { result } = measureTrial({
      record,
      failure: failure ?? played.failure,
      setting,
      seed,
      linked,
      isolatedMakespanMs: null,
    });
    return log === null ? result : { ...result, wire: delaysOf(record, log, { speed, lateMs: this.#time.lateMs }) };
  }

  async #played(plan: LinkedPlan): Promise<Played> {
    const { setting, random, workload, gateway, connections } = this.#stage;
    const { scenario, startsAtMs } = setting;
    const onBroken = (detail: string) =>
      this.#time.fail('gateway-lost', `a call was neither answered nor refused: ${detail}`);
    try {
      return await play({
        connect: (carried) => createHttpTransport({ ...carried, connections, onBroken }),
        gateway: null,
        causes: gateway.causes,
        time: this.#time,
        startsAtMs,
        random,
        senders: workload.senders,
        jobs: workload.jobs,
        plan,
        strategy: this.#options.strategy,
        ...(scenario.client === undefined ? {} : { client: scenario.client }),
        attemptsPerJobMax: scenario.attemptsPerJobMax,
        levels: false,
        ...(this.#options.strategy.foreign === undefined ? {} : { loan: lendFetchSideBySide() }),
      });
    } finally {
      connections.close();
    }
  }
}

function refuseOwnPlatform({ name, platform }: Scenario): void {
  if (platform === undefined) return;
  throw new RangeError(
    `Cannot run ${name} on the wire: its platform must be the gateway of its policy, current value is one of its own`,
  );
}
