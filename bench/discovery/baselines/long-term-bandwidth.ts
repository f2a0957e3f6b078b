/**
 * The rule by which Linux's BBR takes a path for policed (tcp_bbr.c, lt_bw): sampling begins at a loss; an interval lasts at least 4 and at most 16 round
 * trips and ends at a loss; it counts when at least 50/256 of it was lost; two such intervals in a row whose rates of delivery differ by
 * at most 1/8 give the long-term rate, their mean. The sender doubles its rate each round trip until the first loss, as BBR starts up.
 */
import { admittedOf, type Baseline, burst } from './baseline.ts';

const LOSS_SHARE = 50 / 256;
const TRIPS_MIN = 4;
const TRIPS_MAX = 16;
const MOST_AT_ONCE = 512;

/** See the head of this file. */
export const longTermBandwidth: Baseline = {
  name: 'BBR long-term bandwidth',
  async find(prober, point, note) {
    const first = await prober.send(point);
    const tripMs = Math.max(1, first.answeredMs - first.sentMs);
    let size = 1;
    let sampling = false;
    let last: number | null = null;
    let interval = { startsMs: 0, trips: 0, sent: 0, delivered: 0 };
    for (;;) {
      const startsMs = prober.nowMs;
      const events = await burst(prober, point, size);
      await prober.waitUntil(startsMs + tripMs);
      const delivered = admittedOf(events);
      const lost = events.length - delivered;
      if (!sampling) {
        interval = { startsMs: prober.nowMs, trips: 0, sent: 0, delivered: 0 };
        if (lost > 0) sampling = true;
        else size = Math.min(MOST_AT_ONCE, size * 2);
        continue;
      }
      interval = {
        startsMs: interval.startsMs,
        trips: interval.trips + 1,
        sent: interval.sent + events.length,
        delivered: interval.delivered + delivered,
      };
      if (interval.trips > TRIPS_MAX) {
        sampling = false;
        last = null;
        continue;
      }
      if (interval.trips < TRIPS_MIN || lost === 0) continue;
      if (1 - interval.delivered / interval.sent < LOSS_SHARE) continue;
      const perSecond = (interval.delivered / (prober.nowMs - interval.startsMs)) * 1000;
      if (last !== null && Math.abs(perSecond - last) <= last / 8) {
        note({ family: 'token-bucket', requestsAtOnce: null, requestsPerSecond: (perSecond + last) / 2 });
        return;
      }
      last = perSecond;
      interval = { startsMs: prober.nowMs, trips: 0, sent: 0, delivered: 0 };
    }
  },
};
