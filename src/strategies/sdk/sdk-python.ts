import { defineStrategy } from '../definition.ts';
import { retryAfterMs } from '../retry/retry-after-header.ts';
import { retrying } from '../retry/retrying.ts';

/** The Genesys Python SDK. */
export const sdkPython = defineStrategy({
  name: 'sdk-python',
  title: 'Python SDK',
  titleOf: ({ total }) => `Python SDK${total === 10 ? '' : ` (${total} retries)`}`,
  family: 'reacts',
  what: 'Retries as the Genesys Python SDK does, silently (urllib3): up to ten times on 413, 429 and 503, every method, but only when there is a Retry-After, and then exactly after it.',
  when: 'To see what the SDK does without being asked. Without Retry-After it does not retry at all; with many competing requests ten retries may not be enough.',
  parameters: {
    total: {
      kind: 'integer',
      default: 10,
      unit: 'retries',
      min: 0,
      max: 1000,
      doc: 'Retries after the first attempt (`Retry(total=10)`).',
    },
  },
  references: [
    'The Genesys Python SDK uses urllib3.util.Retry: https://urllib3.readthedocs.io/en/stable/reference/urllib3.util.html#urllib3.util.Retry',
  ],
  build: ({ total }) => ({
    pipeline: retrying(
      () => ({
        delayMs: ({ response, refusals, nowMs }) => (refusals <= total ? retryAfterMs(response, nowMs) : null),
      }),
      { refuses: (status) => status === 413 || status === 429 || status === 503 },
    ),
  }),
});
