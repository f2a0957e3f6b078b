/** Limiters that keep their promises, each with what it does promise: a fixed window promises less in a sliding second than it was told. */
import {
  atMostInFlight,
  everyJobDone,
  type Law,
  neverBeforeRetryAfter,
  neverMoreThan,
  noJobDoubled,
  noJobLost,
  terminates,
  usesItsQuota,
} from '../../src/laws/index.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import { type Limiter, QUIET, REFUSING } from './exhibit.ts';
import { mended } from './mended.ts';

/** What all limiters promise, whatever the platform does. */
const ALWAYS: readonly Law[] = [noJobLost, noJobDoubled, terminates];

/** Any platform, and every kind of Retry-After that a client has to understand. */
const ANYWHERE = { orgsMax: 3, callsMax: 30 };

/** Five starts in any second. */
const FIVE = neverMoreThan({ limit: 5, windowMs: 1000 });
/** Five in each of a row of windows that open with a call: the last five of one and the first of the next, less the one that opened it. */
const FIVE_BY_WINDOWS = neverMoreThan({ limit: 9, windowMs: 1000 });
/** A full bucket of five, and five a second into it, of which the last is not there yet. */
const FIVE_BY_BUCKET = neverMoreThan({ limit: 10, windowMs: 1000 });
const USES_FIVE = usesItsQuota({ limit: 5, windowMs: 1000 });

/** Own strategies, libraries, and the documented bugs mended. */
export const correct: readonly Limiter[] = [
  quiet('token-bucket:by=all,ratePerSecond=5,burst=5', FIVE_BY_BUCKET, USES_FIVE, everyJobDone),
  quiet('window-quota:by=all,limit=5,windowMs=1000,marginMs=0', FIVE_BY_WINDOWS, USES_FIVE, everyJobDone),
  quiet('spacing:by=all,minMs=200,maxMs=500', FIVE, everyJobDone),
  quiet('concurrency:by=all,limit=2', atMostInFlight({ limit: 2 }), everyJobDone),
  quiet('p-throttle:by=all,limit=5', FIVE_BY_WINDOWS, USES_FIVE, everyJobDone),
  quiet('p-throttle:by=all,limit=5,strict=true', FIVE, everyJobDone),
  quiet('p-queue:by=all,limit=5,strict=true', FIVE, USES_FIVE, everyJobDone),
  quiet('async-sema:by=all,limit=5', FIVE_BY_BUCKET, everyJobDone),
  quiet('limiter:by=all,limit=5', FIVE_BY_BUCKET, everyJobDone),
  quiet('rate-limiter-flexible:by=all,limit=5', FIVE_BY_WINDOWS, USES_FIVE, everyJobDone),
  quiet('stopcock:by=all,limit=5,bucketSize=5', FIVE_BY_BUCKET, everyJobDone),
  quiet('p-limit:by=all,concurrency=3', atMostInFlight({ limit: 3 }), everyJobDone),
  // Its three timers of 0 ms move single starts by a few ms.
  quiet('bottleneck:by=all,minTimeMs=200', neverMoreThan({ limit: 6, windowMs: 1000 }), everyJobDone),
  anywhere('retry-after', neverBeforeRetryAfter()),
  anywhere('retry-after+org-gate', neverBeforeRetryAfter({ by: 'org' })),
  anywhere('retry-after+aimd', neverBeforeRetryAfter()),
  anywhere('backoff:jitter=full'),
  anywhere('org-queues', atMostInFlight({ limit: 1, by: 'org' })),
  anywhere('ky', neverBeforeRetryAfter()),
  anywhere('got', neverBeforeRetryAfter()),
  { ...anywhere('undici:maxTimeoutMs=86400000', neverBeforeRetryAfter()), where: REFUSING },
  ...mended,
];

function quiet(spec: string, ...laws: readonly Law[]): Limiter {
  return { name: spec, strategy: parseStrategy(spec), promises: [...ALWAYS, ...laws], where: QUIET };
}

function anywhere(spec: string, ...laws: readonly Law[]): Limiter {
  return { name: spec, strategy: parseStrategy(spec), promises: [...ALWAYS, ...laws], where: ANYWHERE };
}
