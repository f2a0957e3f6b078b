/** What stands in the museum: limiters with a bug that somebody documented, and limiters without one, each with its promises as laws. */
import type { ScenarioOptions } from '../../src/kit/fast-check.ts';
import type { Law } from '../../src/laws/index.ts';
import type { Strategy } from '../../src/strategies/strategy.ts';

/** A limiter and what it promises. */
export interface Limiter {
  readonly name: string;
  readonly strategy: Strategy;
  /** What its documentation promises, nothing more. */
  readonly promises: readonly Law[];
  /** For what platform and traffic it promises that. */
  readonly where: ScenarioOptions;
}

/** Nothing is refused: what happens is the limiter's doing. Traffic that puts five a second to the test. */
export const QUIET: ScenarioOptions = {
  limits: 'none',
  refusals: false,
  outages: false,
  promise: { limit: 5, windowMs: 1000 },
  orgsMax: 1,
  callsMax: 15,
};

/** Single calls are refused, with any Retry-After that a client has to understand. */
export const REFUSING: ScenarioOptions = { limits: 'none', outages: false, orgsMax: 2, callsMax: 12 };

/** A limiter that breaks one of its promises. */
export interface Bug extends Limiter {
  /** What its users saw. */
  readonly what: string;
  /** Where it was reported, and when (ISO 8601 date); null: nowhere yet, the kit found it. */
  readonly reported: { readonly at: string; readonly on: string } | null;
  /** How it comes about, in two sentences. */
  readonly mechanism: string;
  /** `library`: the real version. `reproduction`: the mechanism in a few lines. */
  readonly made: 'library' | 'reproduction';
  /** Name of the law that it breaks. */
  readonly breaks: string;
}
