/** Every strategy by name: the one source for code, command line and documentation. */
import { aimd } from './adaptive/aimd.ts';
import { atb } from './adaptive/atb.ts';
import { awsAdaptive } from './adaptive/aws-adaptive.ts';
import { awsStandard } from './adaptive/aws-standard.ts';
import { gradient2 } from './adaptive/gradient2.ts';
import { grpcRetryThrottling } from './adaptive/grpc-retry-throttling.ts';
import { retryBudget } from './adaptive/retry-budget.ts';
import { sreThrottling } from './adaptive/sre-throttling.ts';
import { vegas } from './adaptive/vegas.ts';
import { broker } from './pacing/broker.ts';
import { concurrency, orgQueues } from './pacing/concurrency.ts';
import { delayEachCall } from './pacing/delay-each-call.ts';
import { orgGate } from './pacing/org-gate.ts';
import { remainingGate } from './pacing/remaining-gate.ts';
import { roundRobin } from './pacing/round-robin.ts';
import { spacing } from './pacing/spacing.ts';
import { tokenBucket } from './pacing/token-bucket.ts';
import { windowQuota } from './pacing/window-quota.ts';
import { batch } from './plans/batch.ts';
import { cache } from './plans/cache.ts';
import { changedSince } from './plans/changed-since.ts';
import { offPeak } from './plans/off-peak.ts';
import { pageSize } from './plans/page-size.ts';
import { staggerStart } from './plans/stagger-start.ts';
import { backoff } from './retry/backoff.ts';
import { fixedDelay } from './retry/fixed-delay.ts';
import { giveUp } from './retry/give-up.ts';
import { immediateRetry } from './retry/immediate-retry.ts';
import { none } from './retry/none.ts';
import { retryAfter } from './retry/retry-after.ts';
import { sdkCli } from './sdk/sdk-cli.ts';
import { sdkGo } from './sdk/sdk-go.ts';
import { sdkJava } from './sdk/sdk-java.ts';
import { sdkJavascript } from './sdk/sdk-javascript.ts';
import { sdkPython } from './sdk/sdk-python.ts';
import type { StrategyDefinition } from './strategy.ts';

/** A chapter of the documentation. */
export interface StrategyChapter {
  readonly title: string;
  readonly definitions: readonly StrategyDefinition[];
}

/** All strategies of the package, by what they do. */
export const strategyChapters: readonly StrategyChapter[] = [
  { title: 'Retry', definitions: [none, immediateRetry, fixedDelay, backoff, retryAfter, giveUp] },
  {
    title: 'Pace',
    definitions: [
      orgGate,
      remainingGate,
      tokenBucket,
      spacing,
      concurrency,
      orgQueues,
      roundRobin,
      windowQuota,
      delayEachCall,
      broker,
    ],
  },
  { title: 'Plan', definitions: [staggerStart, batch, pageSize, changedSince, offPeak, cache] },
  { title: 'Official clients', definitions: [sdkJavascript, sdkPython, sdkJava, sdkGo, sdkCli] },
  {
    title: 'Adapt',
    definitions: [
      aimd,
      atb,
      awsStandard,
      awsAdaptive,
      sreThrottling,
      grpcRetryThrottling,
      retryBudget,
      gradient2,
      vegas,
    ],
  },
];

/** All strategies of the package, in the order of the documentation. */
export const strategyDefinitions: readonly StrategyDefinition[] = strategyChapters.flatMap(
  ({ definitions }) => definitions,
);
