/** Looks at the surroundings before anything is concluded: few probes, far apart, far from any limit. */
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';
import { type Noise, noiseOf } from './noise.ts';

/** Options of {@link measureNoise}. */
export interface MeasureNoiseOptions {
  /** Default 40. */
  readonly probes?: number;
  /** Between two probes. Default 250. */
  readonly everyMs?: number;
}

/**
 * Sends single probes and tells how many told nothing and how much round trips differ. Stops at the second rejection: a limit is near. Jitter
 * from admitted probes is an upper bound (`jitterFrom`): ask {@link noiseOf} again once there are rejections.
 */
export async function measureNoise(
  prober: Prober,
  points: readonly Point[],
  { probes = 40, everyMs = 250 }: MeasureNoiseOptions = {},
): Promise<Noise> {
  const first = prober.events.length;
  let rejections = 0;
  for (let at = 0; at < probes && rejections < 2; at++) {
    const event = await prober.send(points[at % points.length] as Point);
    if (event.outcome === 'rejected') rejections += 1;
    await prober.waitUntil(event.sentMs + everyMs);
  }
  return noiseOf(prober.events.slice(first));
}
