import { defineLibrary } from './library.ts';
import { attemptOf, Refused, responseOf } from './refused.ts';

/** Retries what throws, quickly. */
export const exponentialBackoff = defineLibrary({
  name: 'exponential-backoff',
  title: 'exponential-backoff',
  family: 'reacts',
  packages: ['exponential-backoff'],
  what: 'exponential-backoff around each call, told to retry 429 and 503: ten attempts, waits of 0.1 s, 0.2 s, 0.4 s and so on, without jitter; reads no header.',
  when: 'For limits that are over within seconds. Set jitter=full where many clients are refused together.',
  parameters: {
    attempts: { kind: 'integer', default: 10, unit: '', min: 1, max: 1000, doc: 'Attempts, the first included.' },
    startingDelayMs: { kind: 'number', default: 100, unit: 'ms', min: 0, max: 3_600_000, doc: 'First wait.' },
    jitter: {
      kind: 'choice',
      default: 'none',
      unit: '',
      choices: ['none', 'full'],
      doc: 'full: each wait is a random part of what it would be.',
    },
  },
  references: ['https://github.com/coveooss/exponential-backoff'],
  load: () => import('exponential-backoff'),
  around:
    ({ backOff }, { attempts, startingDelayMs, jitter }) =>
    (fetch, context) =>
    (input, init) =>
      backOff(attemptOf(fetch, context, input, init), {
        numOfAttempts: attempts,
        startingDelay: startingDelayMs,
        jitter,
        retry: (error) => error instanceof Refused,
      }).catch(responseOf),
});
