/**
 * `ratelab/vitest`: limiters in vitest suites. `runScenario` runs one in virtual time; importing this module adds matchers to vitest's `expect`.
 * Needs the package vitest.
 *
 *     import { runScenario } from 'ratelab/vitest';
 *
 *     test('finishes in time', async () => {
 *       const result = await runScenario(limiter);
 *       expect(result).toFinishWithin('4 s');
 *     });
 */
// Stays in the declarations, unlike the next line: without it, what is declared of vitest below reaches no user.
import 'vitest';
import { expect } from 'vitest';
import type { FairnessOptions, Law, RateOptions, RetryAfterOptions } from '../laws/index.ts';
import * as matchers from './matchers.ts';
import type { Duration, Share } from './units.ts';

/** Matchers for the results of `runScenario`. Each judges every seed: it passes when all of them hold, and a failure names the worst. */
export interface RatelabMatchers {
  /** Every job is done, the last one within this time of the first one's arrival: ms, or `'90 s'`, `'2 min'`. */
  toFinishWithin(within: Duration): void;
  /** At most this share of the calls is refused: 0 to 1, or `'20 %'`. */
  toWasteAtMost(share: Share): void;
  /** No limit or penalty of the policy refuses anything. With a promise: never more starts than that in any sliding window. */
  toStayWithinLimits(promise?: RateOptions): void;
  /** No call is made again before its Retry-After has passed; `{ by: 'org' }`: no call of the organization's. */
  toHonourRetryAfter(options?: RetryAfterOptions): void;
  /** After an outage or a refusal has ended, open work is admitted within this time. */
  toRecoverWithin(within: Duration): void;
  /** No organization gets less than this share of what would be its equal share; default a half. */
  toTreatOrgsFairly(options?: FairnessOptions): void;
  /** The least possible time is at least this percentage of the time taken. */
  toReach(percent: number, of: 'percent of optimum'): void;
  /** Every job is done: none lost, none given up. */
  toLoseNothing(): void;
  /** No law is broken: those of ratelab, or functions of the history of one's own. */
  toObey(laws: Law | readonly Law[]): void;
}

declare module 'vitest' {
  // The parameter is vitest's own: declarations of one interface must agree in it.
  // oxlint-disable-next-line no-unused-vars
  interface Assertion<T = any> extends RatelabMatchers {}
}

expect.extend({
  toFinishWithin: matchers.finishWithin,
  toWasteAtMost: matchers.wasteAtMost,
  toStayWithinLimits: matchers.stayWithinLimits,
  toHonourRetryAfter: matchers.honourRetryAfter,
  toRecoverWithin: matchers.recoverWithin,
  toTreatOrgsFairly: matchers.treatOrgsFairly,
  toReach: matchers.reach,
  toLoseNothing: matchers.loseNothing,
  toObey: matchers.obey,
});

export { runScenario, type RunScenarioOptions, ScenarioResult, type ScenarioTrial } from './run-scenario.ts';
export { type Limiter } from './limiter.ts';
export { type SmallCall, smallScenario, type SmallScenario } from './small-scenario.ts';
export { type RetryAfterText, type Trouble } from './troubled-gateway.ts';
export { type Duration, type Share } from './units.ts';
export * from '../laws/index.ts';
