/** Every strategy by name: the one source for code, command line and documentation. */
import type { StrategyDefinition } from './strategy.ts';
import { tokenBucket } from './pacing/token-bucket.ts';
import { backoff } from './retry/backoff.ts';
import { fixedDelay } from './retry/fixed-delay.ts';
import { immediateRetry } from './retry/immediate-retry.ts';
import { none } from './retry/none.ts';
import { retryAfter } from './retry/retry-after.ts';

/** All strategies of the package, in the order of the documentation. */
export const strategyDefinitions: readonly StrategyDefinition[] = [
  none,
  immediateRetry,
  fixedDelay,
  backoff,
  retryAfter,
  tokenBucket,
];
