import { byParameter, keyBy } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { attemptsMaxParameter } from '../retry/attempts-max.ts';
import { backoffMs } from '../retry/delays.ts';
import { retrying } from '../retry/retrying.ts';

/** A token bucket for retries. */
export const retryBudget = defineStrategy({
  name: 'retry-budget',
  title: 'Retry budget',
  family: 'reacts',
  what: 'Retries with full jitter as long as a budget lasts: each success earns a tenth of a retry, each retry spends one.',
  when: 'To bound the extra load of retries to about a tenth of the successes, where a failed call may simply fail. A batch loses jobs with it once the budget is spent.',
  parameters: {
    by: byParameter('all'),
    capacity: {
      kind: 'number',
      default: 10,
      unit: 'retries',
      min: 1,
      max: 1_000_000,
      doc: 'Budget at the start and at most.',
    },
    earned: { kind: 'number', default: 0.1, unit: 'retries', min: 0, max: 1000, doc: 'What a success earns.' },
    baseMs: { kind: 'number', default: 1000, unit: 'ms', min: 1, max: 3_600_000, doc: 'First step of the delay.' },
    capMs: { kind: 'number', default: 30_000, unit: 'ms', min: 1, max: 86_400_000, doc: 'Longest step of the delay.' },
    attemptsMax: attemptsMaxParameter(100),
  },
  references: [
    'M. Brooker, Fixing retries with token buckets and circuit breakers, 2022: https://brooker.co.za/blog/2022/02/28/retries.html',
  ],
  build: ({ by, capacity, earned, baseMs, capMs, attemptsMax }) => ({
    pipeline: retrying(({ random }) => {
      const keyOf = keyBy(by);
      const budgets = new Map<string, number>();
      return {
        delayMs: ({ refusals, previousDelayMs, entity, identity }) => {
          const key = keyOf(identity);
          const budget = budgets.get(key) ?? capacity;
          // Ten times a tenth is a little less than one.
          if (refusals >= attemptsMax || budget < 1 - 1e-9) return null;
          budgets.set(key, Math.max(0, budget - 1));
          const dice = random.at('retry-budget', entity, refusals);
          return backoffMs('full', baseMs, capMs, { refusals, previousDelayMs, dice });
        },
        passed: (_entity, _refusals, identity) => {
          const key = keyOf(identity);
          budgets.set(key, Math.min(capacity, (budgets.get(key) ?? capacity) + earned));
        },
      };
    }),
  }),
});
