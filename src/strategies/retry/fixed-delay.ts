import { defineStrategy } from '../definition.ts';
import { attemptsMaxParameter } from './attempts-max.ts';
import { retrying } from './retrying.ts';

/** A static delay. */
export const fixedDelay = defineStrategy({
  name: 'fixed-delay',
  title: 'Fixed delay',
  family: 'reacts',
  what: 'Sends a refused request (429, 503) again after the same delay each time.',
  when: 'Where the server never says how long to wait and few requests compete. Many clients with the same delay come back together.',
  parameters: {
    delayMs: { kind: 'number', default: 1000, unit: 'ms', min: 1, max: 86_400_000, doc: 'Wait before each retry.' },
    attemptsMax: attemptsMaxParameter(1000),
  },
  references: ['Thread 1: "forcing us to implement a static delay"'],
  build: ({ delayMs, attemptsMax }) => ({
    pipeline: retrying(() => ({ delayMs: ({ refusals }) => (refusals < attemptsMax ? delayMs : null) })),
  }),
});
