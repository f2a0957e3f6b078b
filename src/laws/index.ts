/** Laws: what must hold of anything that a limiter does, as pure functions of its history. */
export {
  historyOf,
  type History,
  type HistoryAttempt,
  type HistoryExtras,
  type HistoryJob,
  type Outage,
} from './history.ts';
export { CLOCK_MS, violationsOf, type KeyOf, type Law, type Violation } from './law.ts';
export { neverMoreThan, type RateOptions, worstWindow, type WorstWindow } from './windows.ts';
export { atMostInFlight, type InFlightOptions } from './in-flight.ts';
export { everyJobDone, noJobDoubled, noJobLost, terminates } from './jobs.ts';
export { noStarvation, type StarvationOptions } from './starvation.ts';
export { neverBeforeRetryAfter, type RetryAfterOptions } from './retry-after.ts';
export { recoversWithin } from './recovery.ts';
export { usesItsQuota, type QuotaOptions } from './quota.ts';
export { fairAmongOrgs, type FairnessOptions } from './fairness.ts';
export { wastesAtMost } from './waste.ts';
export { attemptsText, type AttemptsTextOptions } from './attempts-text.ts';
