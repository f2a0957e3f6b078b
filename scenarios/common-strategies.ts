/**
 * The strategies that all five scenarios run, with the same parameters everywhere: only what runs in all of them can be compared over
 * all of them ("if you must pick one"). Retrying layers stand outside the pacing ones, so that a retry is paced like a first attempt.
 */

/** Sends and takes the answer as it comes. */
export const NONE = 'none';
/** A static second between retries. */
export const FIXED_DELAY = 'fixed-delay:delayMs=1000';
/** What the threads call exponential backoff: full jitter, 1 to 30 s; it does not read Retry-After. */
export const BACKOFF = 'backoff:jitter=full';
/** Waits what the 429 says; 5 s where it says nothing. */
export const RETRY_AFTER = 'retry-after';
/** The Python SDK as documented: silent retries, only with Retry-After. */
export const SDK_PYTHON = 'sdk-python';
/** Five calls a second for each organization: the documented 300 a minute of one access token. */
export const TOKEN_BUCKET = 'retry-after+token-bucket:by=org,ratePerSecond=5,burst=5';
/** Two calls at a time for each organization: a guess, equal to no cap of the five policies. A call that waits for its retry keeps its place. */
export const CONCURRENCY = 'concurrency:by=org,limit=2+retry-after';
/** After a refusal, nothing is sent to that organization until its Retry-After has passed. */
export const ORG_GATE = 'retry-after+org-gate';
/** Waits while the headers say that nothing remains. */
export const REMAINING_GATE = 'retry-after+remaining-gate';
/** Additive increase, multiplicative decrease. */
export const AIMD = 'retry-after+aimd';
/** Two calls at a time for each organization, started at an adaptive rate. */
export const CAPPED_AIMD = 'concurrency:by=org,limit=2+retry-after+aimd';
/** The AWS SDKs' adaptive mode. */
export const AWS_ADAPTIVE = 'aws-adaptive';

/** In the order of the documentation. */
export const COMMON_STRATEGIES: readonly string[] = [
  NONE,
  FIXED_DELAY,
  BACKOFF,
  RETRY_AFTER,
  SDK_PYTHON,
  TOKEN_BUCKET,
  CONCURRENCY,
  ORG_GATE,
  REMAINING_GATE,
  AIMD,
  CAPPED_AIMD,
  AWS_ADAPTIVE,
];
