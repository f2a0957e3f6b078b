/** Whether limits are enforced at once: asked at the first limit that shows. */
import type { Point } from '../black-box.ts';
import { measureLag, noLagIn } from '../noise/measure-lag.ts';
import type { ProbeEvent } from '../record.ts';
import { type Exploration, samePoint } from './exploration.ts';

/** What is sent beyond what a limit holds: so many times that, and so many more. */
const OVERFULL = 1.2;
const MORE = 8;

/**
 * Learns how long charges stay unseen, unless the record tells already that they do not, or nothing is told for certain.
 *
 * @param driven who was driven when event `event` was rejected
 * @param atOnce how many of them had been admitted by then
 */
export async function learnLag(
  exploration: Exploration,
  driven: readonly Point[],
  event: number,
  atOnce: number,
): Promise<void> {
  const { prober, isReal, lagMs } = exploration;
  if (isReal || lagMs !== null) return;
  exploration.lagMs = noLagIn(prober.events);
  if (exploration.lagMs !== null || prober.losesSome || exploration.isBlurred) return;
  const { identity, route } = prober.events[event] as ProbeEvent;
  const base: Point = { identity, route };
  const points = [...driven.filter((point) => !samePoint(point, base)), base];
  const many = Math.ceil(atOnce * OVERFULL) + MORE;
  const overfull = Array.from({ length: many * points.length }, (_, at) => points[at % points.length] as Point);
  exploration.lagMs = await measureLag(prober, overfull);
  // From here on all charges are seen by whatever is sent next.
  prober.lagMs = exploration.lagMs?.high ?? 0;
}
