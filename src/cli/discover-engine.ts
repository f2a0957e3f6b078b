/** The inference behind `ratelab discover`, told what the command line was told. */
import type { BlackBox } from '../discovery/black-box.ts';
import { identifyCarefully, NOTHING_TOLD } from '../discovery/careful/identify-carefully.ts';
import { mannerOf } from '../discovery/careful/manner.ts';
import { discover, type DiscoverOptions, type Findings } from '../discovery/discover.ts';
import { identify } from '../discovery/identify/identify.ts';
import type { LogOptions } from '../discovery/log.ts';
import type { Playback } from '../discovery/log-playback.ts';
import { isNoisy, noiseOf } from '../discovery/noise/noise.ts';
import { identifyNoisily } from '../discovery/noisy/identify-noisily.ts';
import type { ProbeEvent } from '../discovery/record.ts';

export type { Findings };

/** What surrounds it. */
export interface Surroundings {
  readonly playback: Playback | null;
  readonly signal: AbortSignal;
  readonly onEvent: (event: ProbeEvent, index: number) => void;
}

/** Probes for one limit at most; the budget is over all. */
const REQUESTS_PER_LIMIT = 40_000;

/** Discovers. `isReal`: over a network, where no time is exact. */
export function discoverWith(
  box: BlackBox,
  isReal: boolean,
  options: LogOptions,
  { playback, signal, onEvent }: Surroundings,
): Promise<Findings> {
  const { requests, rejections, timeMs, inFlight, defy, allowPenalty, exploreRequests, exploreTimeMs } = options;
  return discover(box, {
    budget: { requests, rejections, timeMs },
    inFlight,
    defy,
    allowPenalty,
    exclusion: { requests: exploreRequests, overMs: exploreTimeMs },
    identify: identifyFor(isReal, options),
    signal,
    onEvent,
    ...(playback === null ? {} : { playback }),
  });
}

/** By manner and surroundings: where a Retry-After is told and obeyed, in its own way; with noise, by likelihood; else exactly. */
export function identifyFor(
  isReal: boolean,
  { defy, exploreRequests, exploreTimeMs, timeMs }: LogOptions,
): NonNullable<DiscoverOptions['identify']> {
  return async (stream) => {
    const { events } = stream.prober;
    if (!defy && mannerOf(events) !== 'untold') {
      const found = await identifyCarefully(stream, { lookRequests: exploreRequests });
      if (found.kind !== 'ambiguous' || found.reason !== NOTHING_TOLD) return found;
    }
    const noise = noiseOf(events);
    if (isReal || isNoisy(noise))
      return identifyNoisily(stream, noise, {
        requests: REQUESTS_PER_LIMIT,
        burst: Math.max(100, exploreRequests),
        horizonMs: Math.min(timeMs, Math.max(exploreTimeMs, 10_000)),
      });
    return identify(stream, {
      lookRequests: exploreRequests,
      lookMs: exploreTimeMs,
      requestsMax: REQUESTS_PER_LIMIT,
    });
  };
}
