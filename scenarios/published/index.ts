/** Scenarios about results that others published: run by name, no part of the suite. */
import type { Scenario } from '../scenario.ts';
import { adaptiveRaces } from './adaptive-race.ts';
import { aws2015Backoff } from './aws-2015-backoff.ts';
import { aws2015RateLimit } from './aws-2015-rate-limit.ts';

/** Run by name only. */
export const extraScenarios: readonly Scenario[] = [aws2015Backoff, aws2015RateLimit, ...adaptiveRaces];
