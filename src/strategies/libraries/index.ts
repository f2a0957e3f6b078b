/** Libraries that people use, each as a strategy of a few lines. Importing this loads none of them. */
import type { StrategyDefinition } from '../strategy.ts';
import { asyncSema } from './async-sema.ts';
import { axiosRateLimit } from './axios-rate-limit.ts';
import { axiosRetry } from './axios-retry.ts';
import { bottleneck } from './bottleneck.ts';
import { ky } from './ky.ts';
import { limiter } from './limiter.ts';
import { pLimit } from './p-limit.ts';
import { pQueue } from './p-queue.ts';
import { pRatelimit } from './p-ratelimit.ts';
import { pRetry } from './p-retry.ts';
import { pThrottle } from './p-throttle.ts';
import { rateLimiterFlexible } from './rate-limiter-flexible.ts';
import { stopcock } from './stopcock.ts';
import { throttledQueue } from './throttled-queue.ts';

/** All libraries, in alphabetical order of their names. */
export const libraryDefinitions: readonly StrategyDefinition[] = [
  asyncSema,
  axiosRateLimit,
  axiosRetry,
  bottleneck,
  ky,
  limiter,
  pLimit,
  pQueue,
  pRatelimit,
  pRetry,
  pThrottle,
  rateLimiterFlexible,
  stopcock,
  throttledQueue,
];
