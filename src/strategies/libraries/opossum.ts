import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { responseOf, sendOrRefuse } from './refused.ts';

/** A circuit breaker: stops sending while too much is refused. */
export const opossum = defineLibrary({
  name: 'opossum',
  title: 'opossum',
  titleOf: ({ by, errorThresholdPercentage, resetTimeoutMs }) =>
    `opossum (opens at ${errorThresholdPercentage} %, ${resetTimeoutMs / 1000} s, ${perText(by)})`,
  family: 'reacts',
  packages: ['opossum'],
  what: 'opossum, a circuit breaker that counts 429 and 503 as failures: it opens at 50 % of failures, answers 503 by itself for 30 s, then lets one request try. It retries nothing, and reads no header.',
  when: 'Inside a retrying layer (backoff+opossum) whose waits outlast the 30 s. Against a rate limit it mostly makes all requests wait for the refusals of some.',
  parameters: {
    by: byParameter('org'),
    errorThresholdPercentage: {
      kind: 'number',
      default: 50,
      unit: '%',
      min: 1,
      max: 100,
      doc: 'Share of failures at which it opens.',
    },
    resetTimeoutMs: {
      kind: 'integer',
      default: 30_000,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'How long it stays open before one request may try.',
    },
    timeoutMs: {
      kind: 'integer',
      default: 10_000,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'A call that takes longer is a failure; 0: none is.',
    },
  },
  references: ['https://github.com/nodeshift/opossum'],
  example: 'backoff+opossum',
  load: () => import('opossum'),
  around: ({ default: CircuitBreaker }, { by, errorThresholdPercentage, resetTimeoutMs, timeoutMs }) =>
    perKey(keyBy(by), (fetch) => {
      const breaker = new CircuitBreaker(
        (input: string | URL | Request, init?: RequestInit) => sendOrRefuse(fetch, input, init),
        { errorThresholdPercentage, resetTimeout: resetTimeoutMs, timeout: timeoutMs === 0 ? false : timeoutMs },
      );
      return (input, init) => breaker.fire(input, init).catch(openOrRefused);
    }),
});

/** An open breaker answers as a service that is not there: what stands around it retries that as any 503. */
function openOrRefused(error: unknown): Response {
  if ((error as { code?: unknown }).code === 'EOPENBREAKER') return new Response(null, { status: 503 });
  return responseOf(error);
}
