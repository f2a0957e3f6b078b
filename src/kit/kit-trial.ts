/** A trial whose answers are listened to: the limiter's history beside the trial's result. */
import { createGateway, type Decision, type Gateway, type GatewayRequest } from '../../mock-server/gateway.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { type History, historyOf } from '../laws/index.ts';
import { jobOutcome, type TrialRecord } from '../metrics/record.ts';
import type { Timeline, TrialResult } from '../results/results.ts';
import { runTrial, type TrialOptions } from '../trial/run-trial.ts';
import { alone } from './alone.ts';
import { outagesOf } from './small-scenario.ts';

/** What a trial of the kit gives. */
export interface KitTrial {
  readonly result: TrialResult;
  /** Only of traced trials. */
  readonly timeline: Timeline | null;
  /** Made when it is first asked for, and kept. */
  readonly history: () => History;
}

/**
 * Runs a trial, after those that were asked for before it, and notes what each refusal told. The notes are taken between the gateway and the transport:
 * neither the limiter nor the trial can tell.
 */
export function runKitTrial(options: TrialOptions): Promise<KitTrial> {
  return alone(async () => {
    const told: (string | null)[] = [];
    const { result, timeline, record } = await runTrial({ ...options, scenario: listenedTo(options.scenario, told) });
    let made: History | null = null;
    const history = () =>
      (made ??= historyOf(record, { told, stopped: stoppedWhy(result, record), outages: outagesOf(options.scenario) }));
    return { result, timeline, history };
  });
}

/**
 * Why the trial did not come to its end, in words. A limiter that gives up every job by throwing has come to its end, though the trial counts as
 * failed: nothing was done.
 */
function stoppedWhy({ failure }: TrialResult, { planned }: TrialRecord): string | null {
  const hasOpenJobs = planned.count === 0 || planned.outcome.includes(jobOutcome.open);
  return failure !== null && hasOpenJobs ? `${failure.reason}: ${failure.detail}` : null;
}

/** The scenario with its first gateway listened to: those of isolated runs come after it. */
function listenedTo(scenario: Scenario, told: (string | null)[]): Scenario {
  let isFirst = true;
  return {
    ...scenario,
    platform: (policy, gatewayOptions) => {
      const gateway = (scenario.platform ?? createGateway)(policy, gatewayOptions);
      if (!isFirst) return gateway;
      isFirst = false;
      return new ListenedGateway(gateway, told);
    },
  };
}

/** There is one decision per attempt, in the order of the record's rows. */
class ListenedGateway implements Gateway {
  readonly policy: Gateway['policy'];
  readonly causes: Gateway['causes'];
  readonly #gateway: Gateway;
  readonly #told: (string | null)[];

  constructor(gateway: Gateway, told: (string | null)[]) {
    this.policy = gateway.policy;
    this.causes = gateway.causes;
    this.#gateway = gateway;
    this.#told = told;
  }

  get bucketCount(): number {
    return this.#gateway.bucketCount;
  }

  decide(request: GatewayRequest, nowMs: number): Decision {
    const decision = this.#gateway.decide(request, nowMs);
    this.#told.push(this.#toldBy(request, decision));
    return decision;
  }

  wouldAdmit(...parameters: Parameters<Gateway['wouldAdmit']>): boolean {
    return this.#gateway.wouldAdmit(...parameters);
  }

  complete(...parameters: Parameters<Gateway['complete']>): void {
    this.#gateway.complete(...parameters);
  }

  render(...parameters: Parameters<Gateway['render']>): ReturnType<Gateway['render']> {
    return this.#gateway.render(...parameters);
  }

  levels(...parameters: Parameters<Gateway['levels']>): ReturnType<Gateway['levels']> {
    return this.#gateway.levels(...parameters);
  }

  /** The text as the client's response has it. Seconds, the usual form, need no rendering. */
  #toldBy(request: GatewayRequest, decision: Decision): string | null {
    if (decision.admitted || decision.retryAfterMs === null) return null;
    if (!decision.asHttpDate) return String(Math.ceil(decision.retryAfterMs / 1000));
    // With an id given, rendering throws no dice.
    const { headers } = this.#gateway.render(request, decision, 'listening');
    return headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? null;
  }
}
