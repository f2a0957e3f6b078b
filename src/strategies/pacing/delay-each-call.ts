import { sleep } from '../../time/clock.ts';
import { defineStrategy } from '../definition.ts';
import { Draws } from '../draws.ts';
import { signalOf } from '../retry/request.ts';

/** The second reading of thread 1's advice: "just add a random 10-30s delay before each call". */
export const delayEachCall = defineStrategy({
  name: 'delay-each-call',
  title: 'Random delay before each call',
  titleOf: ({ minMs, maxMs }) => `Random delay, ${minMs / 1000}-${maxMs / 1000} s each call`,
  family: 'paces',
  what: 'Waits a random 10 to 30 s before every single call, retries too when it stands inside a retrying layer.',
  when: 'For a burst that is over once it is spread over the range: 20 s spread n calls to about n/20 a second. It bounds nothing: more work means more calls a second again.',
  parameters: {
    minMs: { kind: 'number', default: 10_000, unit: 'ms', min: 0, max: 86_400_000, doc: 'Shortest delay.' },
    maxMs: { kind: 'number', default: 30_000, unit: 'ms', min: 0, max: 86_400_000, doc: 'Longest delay.' },
  },
  check: ({ minMs, maxMs }) => (minMs > maxMs ? { parameter: 'maxMs', rule: `at least minMs (${minMs})` } : null),
  references: ['Thread 1: "just add a random 10-30s delay before each call to smooth out the traffic spike"'],
  example: 'retry-after+delay-each-call',
  build: ({ minMs, maxMs }) => ({
    pipeline: (fetch, { clock, random, identify }) => {
      const draws = new Draws();
      return async (input, init) => {
        const { job } = identify(input, init);
        const delayMs = minMs + random.at('delay-each-call', job, draws.next(job)) * (maxMs - minMs);
        if (delayMs > 0) await sleep(clock, Math.ceil(delayMs), signalOf(input, init));
        return fetch(input, init);
      };
    },
  }),
});
