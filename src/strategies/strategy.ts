/**
 * The strategy port: what production code would use. A strategy is a *plan* (pure: jobs in, jobs out) and a *pipeline* around fetch.
 * It never sees the policy. The same object wraps the real fetch, an SDK's HTTP client or the simulated gateway.
 */
import type { RandomSource } from '../random/random.ts';
import type { Clock } from '../time/clock.ts';
import type { Job, Workload } from '../workload/workload.ts';

/** The fetch that is wrapped and returned: WHATWG-shaped. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What a client knows about a request of its own. */
export interface RequestIdentity {
  readonly org: string;
  readonly client: string;
  readonly token: string;
  /** Stable key of the unit of work, for keyed dice; '' when unknown. */
  readonly job: string;
}

/** What a strategy is given; never the policy. */
export interface StrategyContext {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Tells whose request this is. In production the user supplies it (default: everything is one org). Must be cheap. */
  readonly identify: (input: string | URL | Request, init?: RequestInit) => RequestIdentity;
  /** A note for the trial's trace: what the strategy believes (for example its estimated rate). */
  readonly note: (name: string, value: number) => void;
  /** Frees a response that nobody will read (a refusal that is tried again), so that its connection can be used; absent: left to the garbage collector. */
  readonly discard?: (response: Response) => void;
}

/** A layer around fetch. */
export type Pipeline = (fetch: Fetch, context: StrategyContext) => Fetch;

/** What a plan may know. `startsAtMs`: epoch ms of the trial's start. */
export interface PlanContext {
  readonly random: RandomSource;
  readonly startsAtMs: number;
  readonly senders: Workload['senders'];
}

/** Order, batching and timing of jobs: pure, jobs in, jobs out. */
export type Plan = (jobs: readonly Job[], context: PlanContext) => readonly Job[];

/**
 * Code that is not ours, run unmodified: a library, or a user's module. It reads the clock, timers and dice by their global names, so that a
 * trial in virtual time makes them virtual for as long as it lasts.
 */
export interface ForeignCode {
  /** Npm packages that it drives, the one that it is about first; results record their versions. Empty for a user's own module. */
  readonly packages: readonly string[];
  /** It keeps state in module scope (or may), so that every trial needs a thread of its own. */
  readonly keepsState: boolean;
  /** Loads the packages; must have settled before the pipeline is called. May be called again. Rejects when one cannot be loaded. */
  readonly load: () => Promise<void>;
}

/** One parameter of a strategy, documented. */
export interface ParameterDefinition {
  readonly kind: 'number' | 'integer' | 'choice' | 'boolean' | 'time-zone';
  readonly default: number | string | boolean;
  /** Unit for people: `ms`, `calls/s`, '' . */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly doc: string;
}

/** How a strategy behaves towards the limit: circle, square, triangle, diamond in charts. */
export type StrategyFamily = 'reacts' | 'paces' | 'adapts' | 'plans';

/** The parameters of one built strategy, all present. */
export type ParameterValues = Readonly<Record<string, number | string | boolean>>;

/** A named strategy: one source for code, command line and documentation page. */
export interface StrategyDefinition {
  readonly name: string;
  /** Short name for people, for example `Token bucket per org`. */
  readonly title: string;
  /** Title for these parameters, where they change what people should read; default: `title` and the parameters that differ. */
  readonly titleOf?: (parameters: ParameterValues) => string;
  readonly family: StrategyFamily;
  /** One sentence: what it does. */
  readonly what: string;
  /** When to use it, and when not. */
  readonly when: string;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  /** A rule between parameters that each hold alone: the parameter to blame and what it must be, or null when all is well. */
  readonly check?: (parameters: ParameterValues) => { readonly parameter: string; readonly rule: string } | null;
  /** Published references, one each. */
  readonly references: readonly string[];
  /** A spec that shows how to use it; default: its name. */
  readonly example?: string;
  /** It tells a layer around it something, so that alone or outermost it would do nothing: what has to stand around it, in words. */
  readonly inside?: string;
  /** Npm packages that it drives, the one that it is about first. Absent: code of our own. */
  readonly packages?: readonly string[];
  readonly build: (parameters: ParameterValues) => BuiltLayer;
}

/** What a definition builds. */
export interface BuiltLayer {
  readonly plan?: Plan;
  readonly pipeline?: Pipeline;
  /** Present where the pipeline is somebody else's code. */
  readonly foreign?: ForeignCode;
}

/** A strategy ready to run. `spec` is its canonical text, outermost layer first: `token-bucket:ratePerSecond=5+retry-after`. */
export interface Strategy {
  readonly spec: string;
  readonly title: string;
  readonly family: StrategyFamily;
  readonly what: string;
  /** Plans applied in order, first to last. */
  readonly plans: readonly Plan[];
  /** Wraps fetch; layers are applied so that the first named is outermost. */
  readonly pipeline: Pipeline;
  /** Present where some of it is somebody else's code; `load` must then have settled before `pipeline` is called. */
  readonly foreign?: ForeignCode;
}
