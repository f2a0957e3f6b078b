/**
 * One request more in each minute until one is rejected, thrice over (as rate-limit-detector does): the limit is the last count that passed, per
 * minute.
 */
import { anyRejected, type Baseline, burst } from './baseline.ts';

const PERIOD_MS = 60_000;
const CONFIRMATIONS = 3;

/** See the head of this file. */
export const linearSearch: Baseline = {
  name: 'linear search',
  async find(prober, point, note) {
    let rejected = 0;
    for (let count = 1; rejected < CONFIRMATIONS;) {
      const startsMs = prober.nowMs;
      const events = await burst(prober, point, count);
      if (anyRejected(events)) {
        rejected += 1;
      } else {
        note({ family: 'fixed-window', requestsAtOnce: count, requestsPerSecond: (count / PERIOD_MS) * 1000 });
        rejected = 0;
        count += 1;
      }
      await prober.waitUntil(startsMs + PERIOD_MS);
    }
  },
};
