/** Libraries that people use, each as a strategy of a few lines. Importing this loads none of them. */
import type { StrategyDefinition } from '../strategy.ts';
import { anthropic } from './anthropic.ts';
import { asyncRetry } from './async-retry.ts';
import { asyncSema } from './async-sema.ts';
import { axiosRateLimit } from './axios-rate-limit.ts';
import { axiosRetryAfter } from './axios-retry-after.ts';
import { axiosRetry } from './axios-retry.ts';
import { azure } from './azure.ts';
import { bottleneck } from './bottleneck.ts';
import { cockatiel } from './cockatiel.ts';
import { discord } from './discord.ts';
import { effect } from './effect.ts';
import { exponentialBackoff } from './exponential-backoff.ts';
import { fetchRetry } from './fetch-retry.ts';
import { gaxios } from './gaxios.ts';
import { genesysSdk } from './genesys-sdk.ts';
import { got } from './got.ts';
import { ky } from './ky.ts';
import { lifeomicAttempt } from './lifeomic-attempt.ts';
import { limiter } from './limiter.ts';
import { msgraphRetry } from './msgraph-retry.ts';
import { octokitRetry, octokitThrottling } from './octokit.ts';
import { ofetch } from './ofetch.ts';
import { openai } from './openai.ts';
import { opossum } from './opossum.ts';
import { pLimit } from './p-limit.ts';
import { pQueue } from './p-queue.ts';
import { pRatelimit } from './p-ratelimit.ts';
import { pRetry } from './p-retry.ts';
import { pThrottle } from './p-throttle.ts';
import { promiseRetry } from './promise-retry.ts';
import { rateLimiterFlexible } from './rate-limiter-flexible.ts';
import { retryAxios } from './retry-axios.ts';
import { slack } from './slack.ts';
import { smithyAdaptive, smithyStandard } from './smithy.ts';
import { stopcock } from './stopcock.ts';
import { throttledQueue } from './throttled-queue.ts';
import { undici } from './undici.ts';
import { wretch } from './wretch.ts';

/** All libraries, in alphabetical order of their names. */
export const libraryDefinitions: readonly StrategyDefinition[] = [
  anthropic,
  asyncRetry,
  asyncSema,
  axiosRateLimit,
  axiosRetry,
  axiosRetryAfter,
  azure,
  bottleneck,
  cockatiel,
  discord,
  effect,
  exponentialBackoff,
  fetchRetry,
  gaxios,
  genesysSdk,
  got,
  ky,
  lifeomicAttempt,
  limiter,
  msgraphRetry,
  octokitRetry,
  octokitThrottling,
  ofetch,
  openai,
  opossum,
  pLimit,
  pQueue,
  pRatelimit,
  pRetry,
  pThrottle,
  promiseRetry,
  rateLimiterFlexible,
  retryAxios,
  slack,
  smithyAdaptive,
  smithyStandard,
  stopcock,
  throttledQueue,
  undici,
  wretch,
];
