/** The one place where it is chosen how a stream is identified: by what the rejections tell, and by what disturbs the measurement. */
import { IDLE_AFTER_MS } from '../idle.ts';
import { identifyBoundedly } from '../bounded/identify-boundedly.ts';
import { identifyCarefully, NOTHING_TOLD } from '../careful/identify-carefully.ts';
import { mannerOf } from '../careful/manner.ts';
import { identify } from '../identify/identify.ts';
import { type Noise, noiseOf } from '../noise/noise.ts';
import { settleErrors } from '../noise/read-errors.ts';
import { identifyNoisily } from '../noisy/identify-noisily.ts';
import type { Identified, Stream } from '../stream.ts';
import type { Exclusion } from './exploration.ts';
import type { Identify } from './settle.ts';

/** Most probes for the identification of one limit. */
const REQUESTS_PER_LIMIT = 40_000;
/** Least burst, and least time, of an identification under noise. */
const BURST_MIN = 100;
const HORIZON_MS_MIN = 10_000;

/**
 * Carefully where a Retry-After is told and is to be obeyed; within bounds where times are uncertain (that charges are seen late alone is certain enough);
 * by likelihood where time is real, where others use the limit as well, and as the last resort; else exactly, once it is known what unrelated errors
 * mean.
 *
 * @param isReal time is real: no time is exact, however quiet the record looks so far
 */
export function identifyByManner(
  defy: boolean,
  { requests, overMs }: Exclusion,
  timeMs: number,
  isReal: boolean,
): Identify {
  return async (stream, isLastResort = false) => {
    const { events } = stream.prober;
    if (!defy && mannerOf(events) !== 'untold') {
      const found = await identifyCarefully(stream, { lookRequests: requests });
      if (found.kind !== 'ambiguous' || found.reason !== NOTHING_TOLD) return found;
    }
    const byLikelihood = (noise: Noise) =>
      identifyNoisily(stream, noise, {
        requests: REQUESTS_PER_LIMIT,
        burst: Math.max(BURST_MIN, requests),
        horizonMs: Math.min(timeMs, Math.max(overMs, HORIZON_MS_MIN)),
        isReal,
      });
    const cycles = stream.cyclesMax === undefined ? {} : { cyclesMax: stream.cyclesMax };
    const exactly = () =>
      identify(stream, { lookRequests: requests, lookMs: overMs, requestsMax: REQUESTS_PER_LIMIT, ...cycles });
    const noise = noiseOf(events, isReal);
    const boundedly = async (): Promise<Identified> => {
      const found = await identifyBoundedly(stream, {
        requests: REQUESTS_PER_LIMIT,
        burst: Math.max(BURST_MIN, requests),
        horizonMs: IDLE_AFTER_MS,
        lagMs: stream.lagMs ?? 0,
      });
      // Nothing within the delays explains it: others use it as well.
      return found.kind === 'conflict' ? byLikelihood(noiseOf(events)) : found;
    };
    // In real time servers' own timers are late: times have no bounds that could be relied on.
    if (isReal || isLastResort) return byLikelihood(noise);
    if (blurs(noise)) return boundedly();
    const readable = stream.known.limits.length === 0;
    const [point] = stream.points as [Stream['points'][number]];
    if (readable) await settleErrors(stream.prober, point);
    const found = await exactly();
    if (blurs(noiseOf(events))) return boundedly();
    // Errors that showed up on the way were read as if they came from in front of the limits.
    return readable && (await settleErrors(stream.prober, point)) ? exactly() : found;
  };
}

/** Whether decisions may have been earlier or later than thought. */
function blurs({ jitterMs, jitterFrom }: Noise): boolean {
  return jitterFrom === 'rejected' && jitterMs > 1;
}
