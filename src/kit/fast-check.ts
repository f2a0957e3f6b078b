/**
 * `ratelab/fast-check`: property tests for limiters. Arbitraries for policies, traffic and whole scenarios; the laws; properties that put both
 * together, with a minimal timeline printed as text when one fails. Needs the package fast-check.
 */
export {
  limitArbitrary,
  type Loose,
  policyArbitrary,
  type Promised,
  RETRY_AFTERS,
  scenarioArbitrary,
  type ScenarioOptions,
  trafficArbitrary,
  type TrafficOptions,
  workloadArbitrary,
} from './arbitraries.ts';
export { checkLimiter, type CheckOptions, limiterProperty, replayScenario } from './property.ts';
export { type Checked, checkScenario, LawBrokenError } from './check-scenario.ts';
export { runKitTrial, type KitTrial } from './kit-trial.ts';
export { type Limiter } from './limiter.ts';
export { type SmallCall, smallScenario, type SmallScenario } from './small-scenario.ts';
export { type RetryAfterText, type Trouble } from './troubled-gateway.ts';
export * from '../laws/index.ts';
