/** Enforcement lag: how long a charge stays unseen by decisions. */
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';
import type { Range } from '../stream.ts';

/** Longest lag looked for. */
const LAG_MAX_MS = 60_000;

/**
 * Measures the enforcement lag at a limit that is idle: more than it holds is sent at once. Without a lag some of it is rejected at once: 0. With one,
 * all of it passes, and single probes go on passing until the charges are seen: the lag lies between the last that passed and the first rejected.
 *
 * @param overfull more than the limit holds
 * @returns null where nothing was rejected within a minute: no limit, or not so small
 */
export async function measureLag(prober: Prober, point: Point, overfull: number, everyMs = 10): Promise<Range | null> {
  const fromMs = prober.nowMs;
  const at = prober.events.length;
  await prober.sendMany(Array.from({ length: overfull }, () => point));
  const burst = prober.events.slice(at);
  if (burst.some(({ outcome }) => outcome === 'rejected')) return { low: 0, high: 0 };
  let lastMs = 0;
  for (let nextMs = prober.nowMs; nextMs - fromMs < LAG_MAX_MS;) {
    await prober.waitUntil(nextMs);
    const event = await prober.send(point);
    if (event.outcome === 'admitted') lastMs = event.sentMs - fromMs;
    // It may have been decided as late as it was answered, and the burst as late as its first answer.
    if (event.outcome === 'rejected') return { low: lastMs, high: event.answeredMs - fromMs };
    nextMs = prober.nowMs + everyMs;
  }
  return null;
}
