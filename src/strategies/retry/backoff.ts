import { defineStrategy } from '../definition.ts';
import { attemptsMaxParameter } from './attempts-max.ts';
import { backoffMs } from './delays.ts';
import { retrying } from './retrying.ts';

const title = 'Backoff';

/** Exponential backoff. */
export const backoff = defineStrategy({
  name: 'backoff',
  title,
  titleOf: ({ jitter, baseMs, capMs }) => {
    const numbers = baseMs === 1000 && capMs === 30_000 ? '' : ` (${baseMs} to ${capMs} ms)`;
    return `${title}, ${jitter === 'none' ? 'no' : jitter} jitter${numbers}`;
  },
  family: 'reacts',
  what: 'Sends a refused request (429, 503) again after a delay that doubles with every refusal, with or without jitter. It does not read Retry-After: that is the point.',
  when: 'Where the server gives no Retry-After. Take full jitter; without jitter the clients that were refused together come back together.',
  parameters: {
    jitter: {
      kind: 'choice',
      default: 'full',
      unit: '',
      choices: ['none', 'full', 'equal', 'decorrelated'],
      doc: 'With b = min(capMs, baseMs x 2^(n-1)) after the n-th refusal: none waits b; full a random part of b; equal b/2 and a random part of the other half; decorrelated a random time between baseMs and three times the last wait, at most capMs.',
    },
    baseMs: { kind: 'number', default: 1000, unit: 'ms', min: 1, max: 3_600_000, doc: 'First delay.' },
    capMs: { kind: 'number', default: 30_000, unit: 'ms', min: 1, max: 86_400_000, doc: 'Longest delay.' },
    attemptsMax: attemptsMaxParameter(100),
  },
  references: [
    'M. Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/',
  ],
  build: ({ jitter, baseMs, capMs, attemptsMax }) => ({
    pipeline: retrying(({ random }) => ({
      delayMs: ({ refusals, previousDelayMs, entity }) =>
        refusals < attemptsMax
          ? backoffMs(jitter, baseMs, capMs, {
              refusals,
              previousDelayMs,
              dice: jitter === 'none' ? 0 : random.at('backoff', entity, refusals),
            })
          : null,
    })),
  }),
});
