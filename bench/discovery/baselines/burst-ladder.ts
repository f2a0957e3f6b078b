/**
 * The ladder of priorities that sonde climbs: headers first; else the largest burst that went through clean, and the time until a request passes
 * again after one that did not, found by geometric polling. Bucket: the burst; rate: bucket over recovery.
 */
import { anyRejected, type Baseline, burst } from './baseline.ts';

const REST_MS = 8000;
const FIRST_POLL_MS = 150;

/** See the head of this file. */
export const burstLadder: Baseline = {
  name: 'largest clean burst over recovery',
  async find(prober, point, note) {
    let clean = 1;
    for (let size = 10; ; size *= 2) {
      const events = await burst(prober, point, size);
      const told = events.find((event) => event.told.limit !== null && (event.told.resetMs ?? 0) > 0)?.told;
      if (told !== undefined) {
        const bucket = told.limit as number;
        const perSecond = (bucket / (told.resetMs as number)) * 1000;
        note({ family: 'token-bucket', requestsAtOnce: bucket, requestsPerSecond: perSecond });
        return;
      }
      if (anyRejected(events)) break;
      clean = size;
      note({ family: null, requestsAtOnce: clean, requestsPerSecond: null });
      await prober.waitUntil(prober.nowMs + REST_MS);
    }
    const drainedMs = prober.nowMs;
    for (let afterMs = FIRST_POLL_MS; ; afterMs *= 1.5) {
      await prober.waitUntil(drainedMs + afterMs);
      const { outcome } = await prober.send(point);
      if (outcome !== 'admitted') continue;
      note({ family: 'token-bucket', requestsAtOnce: clean, requestsPerSecond: (clean / afterMs) * 1000 });
      return;
    }
  },
};
