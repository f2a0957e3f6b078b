/**
 * Results: the versioned file that every report, comparison and gate is a pure function of.
 */
import type { Policy } from '../../mock-server/policy.ts';
import type { TrialMetrics } from '../metrics/metrics.ts';
import type { StrategyFamily } from '../strategies/strategy.ts';

/** Why a trial has no valid outcome. */
export interface TrialFailure {
  readonly reason:
    | 'threw'
    | 'deadline'
    | 'too-many-attempts'
    | 'too-many-events'
    | 'busy-waiting'
    | 'process-exit'
    | 'unhandled-rejection'
    | 'invariant'
    | 'stalled'
    | 'real-io'
    | 'out-of-memory'
    | 'gateway-lost';
  readonly detail: string;
}

/** One scenario x strategy x seed. */
export interface TrialResult {
  readonly seed: number;
  readonly failure: TrialFailure | null;
  /** Present also for failed trials as far as they got; null when nothing could be measured. */
  readonly metrics: TrialMetrics | null;
  /** Hex SHA-256 over every attempt and job of the trial. */
  readonly digest: string;
  /** Only of trials on the wire. */
  readonly wire?: WireDelays;
}

/** How long the calls of a wire trial were on their way, real ms. */
export interface WireDelays {
  /** Scaled ms per real ms. */
  readonly speed: number;
  /** From the strategy's call to the gateway's decision. */
  readonly thereMs: WaySpread;
  /** From the moment that the answer was due to the moment that the strategy had it. */
  readonly backMs: WaySpread;
  /** How late the timers of the client ran. */
  readonly timerMs: WaySpread;
}

/** Quantiles of one way of all calls of a trial, real ms. */
export interface WaySpread {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** All seeds of one strategy in one variant of a scenario. */
export interface CellResult {
  /** '' for the scenario as it stands; else the variant's name. */
  readonly variant: string;
  /** Canonical spec, for example `token-bucket:ratePerSecond=5+retry-after`. */
  readonly strategy: string;
  readonly title: string;
  readonly family: StrategyFamily;
  readonly what: string;
  /** Libraries that the strategy drove, with their versions. Only where there are some. */
  readonly packages?: readonly { readonly name: string; readonly version: string }[];
  readonly trials: readonly TrialResult[];
}

/** What became of one claim of a thread. */
export interface ClaimResult {
  readonly id: string;
  readonly kind: 'symptom' | 'cause' | 'cure' | 'trap' | 'wire' | 'done';
  /** The claim, paraphrased. */
  readonly says: string;
  readonly verdict: 'holds' | 'refuted' | 'depends' | 'not run';
  /** One or two sentences with the numbers. */
  readonly evidence: string;
  /** For `depends`: where it turns, for example `fails at 200 ms, works from 500 ms`. '' otherwise. */
  readonly boundary: string;
  /** The one to four figures that decide, for two-to-four bars. */
  readonly bars: readonly {
    readonly label: string;
    readonly value: number;
    readonly text: string;
    readonly lead: boolean;
  }[];
  /** Limits with source `reported` or `assumed` on which the verdict rests. */
  readonly restsOn: readonly string[];
}

/** One strategy's run over time, binned, for lanes and heat map. */
export interface Timeline {
  readonly strategy: string;
  readonly seed: number;
  readonly binMs: number;
  /** Epoch ms of the first bin. */
  readonly startsAtMs: number;
  /** The bucket drawn: the most charged bucket of the limit that sets the lower bound, or where none does, of the one that rejects most. */
  readonly bucket: {
    readonly limit: string;
    readonly key: string;
    readonly capacity: number;
    readonly free: readonly number[];
  } | null;
  readonly admitted: readonly number[];
  readonly rejected: readonly number[];
  readonly inFlight: readonly number[];
  /** Jobs available and not done at the bin's end. */
  readonly backlog: readonly number[];
  /** Rows by harm, worst first, at most 40; `other` sums the rest. Values: rejections per bin of `heatBinMs`. */
  readonly heat: {
    readonly binMs: number;
    readonly orgs: readonly string[];
    readonly rejections: readonly (readonly number[])[];
  };
  readonly penalties: readonly {
    readonly name: string;
    readonly key: string;
    readonly fromMs: number;
    readonly toMs: number;
  }[];
}

/** Figures that nobody here produced, beside what was measured here. */
export interface PublishedComparison {
  readonly source: string;
  readonly note: string;
  readonly figures: readonly {
    readonly label: string;
    /** Canonical spec. */
    readonly strategy: string;
    readonly quantity: string;
    readonly unit: string;
    readonly published: number;
    readonly publishedText: string;
    /** Mean over the trials that did not fail, with its 95 % interval (Student's t); null when there are fewer than two. */
    readonly measured: {
      readonly trials: number;
      readonly mean: number;
      readonly low: number;
      readonly high: number;
    } | null;
    /** measured / published - 1; null when nothing was measured or the published figure is 0. */
    readonly difference: number | null;
    /** |measured - published| in standard errors of both means together; null where a single run was published. */
    readonly standardErrors: number | null;
    readonly note: string;
  }[];
}

/** Everything about one scenario. */
export interface ScenarioResults {
  readonly name: string;
  readonly title: string;
  /** The thread's own question and the advice it got, paraphrased. */
  readonly thread: { readonly says: readonly string[]; readonly advice: readonly string[] };
  readonly policy: Policy;
  /** Facts for people: `fifty organizations`, `5,000 jobs`. */
  readonly facts: readonly string[];
  readonly parameters: Readonly<
    Record<string, { readonly value: number | string | boolean; readonly source: string; readonly note: string }>
  >;
  /** Most share of attempts that may be refused for a strategy to be eligible. */
  readonly refusedShareMax: number;
  /** Spec of the strategy that the thread itself proposes, drawn beside the pick. */
  readonly proposal: string;
  readonly cells: readonly CellResult[];
  readonly claims: readonly ClaimResult[];
  readonly timelines: readonly Timeline[];
  /** Only of scenarios about which others published results. */
  readonly published?: PublishedComparison;
}

/** The file `results.json`. */
export interface SuiteResults {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'ratelab'; readonly version: string };
  /** `virtual`: simulated time, the gateway in process. `wire`: real time (scaled), over HTTP; not the same bytes twice. */
  readonly mode: 'virtual' | 'wire';
  readonly seeds: readonly number[];
  /** Hex SHA-256 over all trials' digests in order; equal digests mean equal results to the bit. */
  readonly digest: string;
  /** False when the run was interrupted and holds only what was done. */
  readonly complete: boolean;
  /** The command that makes this file again. */
  readonly replay: string;
  readonly scenarios: readonly ScenarioResults[];
}
