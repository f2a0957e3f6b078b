/** Runs tasks over real HTTP: several trials at once from this process, their gateways in another. */
import type { Executor, TaskEnd } from '../suite/executor.ts';
import { messageOf } from '../suite/load-module.ts';
import { failedTrial, type TrialTask } from '../suite/run-task.ts';
import { loadScenario, loadStrategy } from '../suite/sources.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { TrialResult } from '../results/results.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { runWireTrial } from './run-wire-trial.ts';

/** Options of {@link wireExecutor}. */
export interface WireExecutorOptions {
  /** Trials at once, at least 1. */
  readonly concurrency: number;
  /** Scaled ms per real ms; null: what each scenario says, else 1. */
  readonly speed: number | null;
}

/** An executor that knows no isolated runs and no traces: both belong to virtual time. */
export function wireExecutor(options: WireExecutorOptions): Executor {
  const lanes = new WireLanes(options);
  return {
    slots: options.concurrency,
    seedsPerTaskMax: 1,
    run: (task, emit) => lanes.run(task, (trial) => emit({ trial, timeline: null })),
    stop: () => lanes.stop(),
    close: () => lanes.close(),
  };
}

/** The speed of a scenario's wire trials. */
export function speedOf({ wireSpeed = 1 }: Scenario, chosen: number | null): number {
  return chosen ?? wireSpeed;
}

class WireLanes {
  readonly #options: WireExecutorOptions;
  readonly #stopped = new AbortController();
  readonly #scenarios = new Map<string, Promise<Scenario>>();
  #gateways: Promise<GatewayProcess> | null = null;

  constructor(options: WireExecutorOptions) {
    this.#options = options;
  }

  async run(task: TrialTask, emit: (trial: TrialResult) => void): Promise<TaskEnd> {
    for (const seed of task.seeds) {
      const trial = this.#stopped.signal.aborted ? null : await this.#trial(task, seed);
      if (trial === null) return { kind: 'stopped' };
      emit(trial);
    }
    return { kind: 'done' };
  }

  stop(): void {
    this.#stopped.abort();
  }

  async close(): Promise<void> {
    const gateways = await this.#gateways?.catch(() => null);
    await gateways?.close();
  }

  async #trial(task: TrialTask, seed: number): Promise<TrialResult | null> {
    try {
      const scenario = await this.#scenario(task);
      const trial = await runWireTrial({
        scenario,
        variant: task.variant,
        strategy: await loadStrategy(task.strategy),
        seed,
        speed: speedOf(scenario, this.#options.speed),
        gateways: await this.#process(),
        signal: this.#stopped.signal,
      });
      // Another process for the next trial.
      if (trial?.failure?.reason === 'gateway-lost') await this.#forget();
      return trial;
    } catch (error) {
      await this.#forget();
      return failedTrial(seed, 'threw', messageOf(error));
    }
  }

  #scenario({ scenario: source }: TrialTask): Promise<Scenario> {
    const key = JSON.stringify(source);
    const known = this.#scenarios.get(key) ?? loadScenario(source);
    this.#scenarios.set(key, known);
    return known;
  }

  #process(): Promise<GatewayProcess> {
    return (this.#gateways ??= startGatewayProcess());
  }

  async #forget(): Promise<void> {
    const gateways = await this.#gateways?.catch(() => null);
    if (gateways?.isGone === false) return;
    this.#gateways = null;
  }
}
