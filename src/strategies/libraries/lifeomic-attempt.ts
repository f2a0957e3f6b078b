import { defineLibrary } from './library.ts';
import { attemptOf, Refused, responseOf } from './refused.ts';

/** Retries what throws, at a constant pace. */
export const lifeomicAttempt = defineLibrary({
  name: 'lifeomic-attempt',
  title: '@lifeomic/attempt',
  family: 'reacts',
  packages: ['@lifeomic/attempt'],
  what: '@lifeomic/attempt around each call, told to retry 429 and 503: three attempts, 0.2 s apart, without jitter; reads no header.',
  when: 'For limits that are over at once. With its defaults it gives up within half a second.',
  parameters: {
    attempts: { kind: 'integer', default: 3, unit: '', min: 1, max: 1000, doc: 'Attempts, the first included.' },
    delayMs: { kind: 'number', default: 200, unit: 'ms', min: 0, max: 3_600_000, doc: 'First wait.' },
    factor: {
      kind: 'number',
      default: 0,
      unit: '',
      min: 0,
      max: 100,
      doc: 'Each wait is this many times the one before; 0: all waits are the same.',
    },
    jitter: { kind: 'boolean', default: false, unit: '', doc: 'Each wait is a random part of what it would be.' },
  },
  references: ['https://github.com/lifeomic/attempt'],
  load: () => import('@lifeomic/attempt'),
  around:
    ({ retry }, { attempts, delayMs, factor, jitter }) =>
    (fetch, context) =>
    (input, init) =>
      retry(attemptOf(fetch, context, input, init), {
        maxAttempts: attempts,
        delay: delayMs,
        factor,
        jitter,
        handleError: (error, { abort }) => {
          if (!(error instanceof Refused)) abort();
        },
      }).catch(responseOf),
});
