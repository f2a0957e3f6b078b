import { sleep } from '../../time/clock.ts';
import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { Draws } from '../draws.ts';
import { signalOf } from '../retry/request.ts';
import { isRefusal } from '../retry/retrying.ts';
import { RecentCounts } from './recent-counts.ts';

/** Adaptive throttling of the Google SRE book. */
export const sreThrottling = defineStrategy({
  name: 'sre-throttling',
  title: 'SRE client throttling per org',
  titleOf: ({ by, k }) => `SRE throttling ${perText(by)} (K ${k})`,
  family: 'adapts',
  what: 'Counts requests and accepts of the last two minutes and refuses to itself a share of new requests once the server accepts less than 1/K of them; what it refuses is held and tried again a little later, not lost.',
  when: "Where a server is overloaded by many clients and refusing costs it much. Put retry-after around it. Up to K - 1 requests are refused for each accepted one before it reacts: against a hard quota take K near 1. The book lets the application see the local refusal; holding it is this package's choice, since a batch must not lose work.",
  parameters: {
    by: byParameter('org'),
    k: { kind: 'number', default: 2, unit: '', min: 1, max: 100, doc: 'K: requests sent for each accepted one.' },
    windowMs: {
      kind: 'number',
      default: 120_000,
      unit: 'ms',
      min: 1000,
      max: 86_400_000,
      doc: 'How far back it counts.',
    },
    holdMs: {
      kind: 'number',
      default: 1000,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'How long a request that it refused to itself is held before it asks again.',
    },
  },
  references: [
    'Site Reliability Engineering, chapter 21, Handling Overload, "Client-side throttling": https://sre.google/sre-book/handling-overload/',
  ],
  example: 'retry-after+sre-throttling',
  build: ({ by, k, windowMs, holdMs }) => ({
    pipeline: (fetch, { clock, random, identify }) => {
      const keyOf = keyBy(by);
      const countsByKey = new Map<string, RecentCounts>();
      const draws = new Draws();
      return async (input, init) => {
        const identity = identify(input, init);
        const key = keyOf(identity);
        const counts = countsByKey.get(key) ?? new RecentCounts(windowMs);
        countsByKey.set(key, counts);
        for (;;) {
          const { requests, accepts } = counts.at(clock.now());
          counts.addRequest(clock.now());
          const dice = random.at('sre-throttling', identity.job, draws.next(identity.job));
          if (dice >= rejectionShare(requests, accepts, k)) break;
          await sleep(clock, Math.ceil(holdMs), signalOf(input, init));
        }
        const response = await fetch(input, init);
        if (!isRefusal(response.status)) counts.addAccept(clock.now());
        return response;
      };
    },
  }),
});

/** max(0, (requests - K x accepts) / (requests + 1)). */
export function rejectionShare(requests: number, accepts: number, k: number): number {
  return Math.max(0, (requests - k * accepts) / (requests + 1));
}
