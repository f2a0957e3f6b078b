import { defineStrategy } from '../definition.ts';
import { attemptsMaxParameter } from './attempts-max.ts';
import { retrying } from './retrying.ts';

/** Hammering. */
export const immediateRetry = defineStrategy({
  name: 'immediate-retry',
  title: 'Immediate retry',
  family: 'reacts',
  what: 'Sends a refused request (429, 503) again at once, until it passes.',
  when: 'Never: it often finishes first on time alone, at the price of every other user of the gateway, and of a ban where one threatens.',
  parameters: { attemptsMax: attemptsMaxParameter(10_000) },
  references: ['"No backoff" in M. Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015'],
  build: ({ attemptsMax }) => ({
    pipeline: retrying(() => ({ delayMs: ({ refusals }) => (refusals < attemptsMax ? 0 : null) })),
  }),
});
