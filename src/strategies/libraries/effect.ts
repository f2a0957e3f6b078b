import { signalOf } from '../retry/request.ts';
import { defineLibrary } from './library.ts';
import { attemptOf, Refused, responseOf } from './refused.ts';

/** Effects retried by a schedule. */
export const effect = defineLibrary({
  name: 'effect',
  title: 'effect',
  family: 'reacts',
  packages: ['effect'],
  what: 'effect: Effect.retry with Schedule.exponential, told to retry 429 and 503: waits of 1 s, 2 s, 4 s and so on; reads no header.',
  when: 'In programs that are built on effect. Set jittered where many clients are refused together.',
  parameters: {
    retries: { kind: 'integer', default: 10, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    baseMs: { kind: 'number', default: 1000, unit: 'ms', min: 1, max: 3_600_000, doc: 'First wait.' },
    jittered: {
      kind: 'boolean',
      default: false,
      unit: '',
      doc: 'Schedule.jittered: each wait is multiplied by a random number from 0.8 to 1.2.',
    },
  },
  references: ['https://effect.website/docs/error-management/retrying/'],
  load: async () => ({
    Effect: await import('effect/Effect'),
    Either: await import('effect/Either'),
    Schedule: await import('effect/Schedule'),
  }),
  around: ({ Effect, Either, Schedule }, { retries, baseMs, jittered }) => {
    const exponential = Schedule.exponential(`${baseMs} millis`);
    const schedule = jittered ? Schedule.jittered(exponential) : exponential;
    return (fetch, context) => async (input, init) => {
      const attempt = Effect.tryPromise({ try: attemptOf(fetch, context, input, init), catch: (error) => error });
      const retried = Effect.retry(attempt, { schedule, times: retries, while: (error) => error instanceof Refused });
      const signal = signalOf(input, init);
      const outcome = await Effect.runPromise(Effect.either(retried), signal === null ? {} : { signal });
      return Either.isRight(outcome) ? outcome.right : responseOf(outcome.left);
    };
  },
});
