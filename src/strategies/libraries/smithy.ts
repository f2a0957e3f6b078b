import { byParameter, keyBy, perText } from '../counted-by.ts';
import { retryAfterMs } from '../retry/retry-after-header.ts';
import { copyOf } from '../retry/request.ts';
import { isRefusal } from '../retry/retrying.ts';
import type { Fetch, StrategyContext } from '../strategy.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';

const parameters = {
  by: byParameter('client'),
  attempts: { kind: 'integer', default: 3, unit: '', min: 1, max: 1000, doc: 'Attempts, the first included.' },
} as const;

const references = [
  'https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html',
  'https://github.com/smithy-lang/smithy-typescript/tree/main/packages/util-retry',
];

/** The retry of the AWS SDK, standard mode. */
export const smithyStandard = defineLibrary({
  name: 'smithy-standard',
  title: 'AWS SDK retry, standard',
  titleOf: ({ by, attempts }) => `AWS SDK retry, standard (${attempts} attempts, ${perText(by)})`,
  family: 'reacts',
  packages: ['@smithy/util-retry'],
  what: "@smithy/util-retry's StandardRetryStrategy: three attempts, a random wait below 1 s, 2 s and so on, and a store of retries that failures use up. Of Retry-After it waits at most 5 s more than it would have.",
  when: 'As the AWS SDK does it. A Retry-After of more than a few seconds is not obeyed.',
  parameters,
  references,
  load: () => import('@smithy/util-retry'),
  around: ({ StandardRetryStrategy }, { by, attempts }) =>
    perKey(keyBy(by), (fetch, context) => retried(new StandardRetryStrategy(attempts), fetch, context)),
});

/** The retry of the AWS SDK, adaptive mode. */
export const smithyAdaptive = defineLibrary({
  name: 'smithy-adaptive',
  title: 'AWS SDK retry, adaptive',
  titleOf: ({ by, attempts }) => `AWS SDK retry, adaptive (${attempts} attempts, ${perText(by)})`,
  family: 'adapts',
  packages: ['@smithy/util-retry'],
  what: "@smithy/util-retry's AdaptiveRetryStrategy: as the standard one, and after the first refusal a token bucket whose rate falls to 0.7 with each refusal, grows again as CUBIC does, and is never below 0.5 calls/s.",
  when: 'As the AWS SDK does it: one limiter for each client, whatever the server says about time.',
  parameters,
  references,
  load: () => import('@smithy/util-retry'),
  around: ({ AdaptiveRetryStrategy }, { by, attempts }) =>
    perKey(keyBy(by), (fetch, context) =>
      retried(new AdaptiveRetryStrategy(() => Promise.resolve(attempts)), fetch, context),
    ),
});

/** What is used of both: the port through which the SDK's own retry middleware drives them. */
interface RetryStrategy<T> {
  acquireInitialRetryToken(scope: string): Promise<T>;
  refreshRetryTokenForRetry(
    token: never,
    error: { readonly errorType: 'THROTTLING' | 'TRANSIENT'; readonly retryAfterHint?: Date },
  ): Promise<T>;
  recordSuccess(token: never): void;
}

/** The loop of the SDK's retry middleware. The strategy waits inside the renewal of its token; it throws to say that it gives up. */
function retried<T>(strategy: RetryStrategy<T>, fetch: Fetch, { clock, discard }: StrategyContext): Fetch {
  return async (input, init) => {
    let token = await strategy.acquireInitialRetryToken('');
    for (;;) {
      const response = await fetch(copyOf(input), init);
      if (!isRefusal(response.status)) {
        strategy.recordSuccess(token as never);
        return response;
      }
      const nowMs = clock.now();
      const toldMs = retryAfterMs(response, nowMs);
      const renewed = await strategy
        .refreshRetryTokenForRetry(token as never, {
          errorType: response.status === 429 ? 'THROTTLING' : 'TRANSIENT',
          ...(toldMs === null ? {} : { retryAfterHint: new Date(nowMs + toldMs) }),
        })
        .catch(() => null);
      if (renewed === null) return response;
      discard?.(response);
      token = renewed;
    }
  };
}
