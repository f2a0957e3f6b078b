/**
 * Believes what it is told. Limit and window: the rate headers of the first answer that has them (the limit, or what remains and the answer itself; the
 * greatest reset seen). Without such headers: how many went through before the first 429, and its Retry-After as the window.
 */
import { admittedOf, anyRejected, type Baseline, burst } from './baseline.ts';

/** See the head of this file. */
export const headerTrusting: Baseline = {
  name: 'headers trusted',
  async find(prober, point, note) {
    let admitted = 0;
    for (let size = 1; ; size = Math.ceil(size * 1.5)) {
      const events = await burst(prober, point, size);
      admitted += admittedOf(events);
      const told = events.map((event) => event.told);
      const limits = told.flatMap(({ limit, remaining }) => limit ?? (remaining === null ? [] : remaining + 1));
      const resets = told.flatMap(({ resetMs }) => resetMs ?? []);
      const after = told.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
      const windowMs = Math.max(...(resets.length > 0 ? resets : after));
      const limit = limits[0] ?? admitted;
      const requestsPerSecond = windowMs > 0 ? (limit / windowMs) * 1000 : null;
      if ((limits.length > 0 && resets.length > 0) || anyRejected(events)) {
        note({ family: requestsPerSecond === null ? null : 'fixed-window', requestsAtOnce: limit, requestsPerSecond });
        return;
      }
    }
  },
};
