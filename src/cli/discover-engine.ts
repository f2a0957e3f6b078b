/** The inference behind `ratelab discover`, told what the command line was told. */
import type { BlackBox } from '../discovery/black-box.ts';
import { discover, type Findings } from '../discovery/discover.ts';
import type { LogOptions } from '../discovery/log.ts';
import type { Playback } from '../discovery/log-playback.ts';
import type { ProbeEvent } from '../discovery/record.ts';

export type { Findings };

/** What surrounds it. */
export interface Surroundings {
  readonly playback: Playback | null;
  readonly signal: AbortSignal;
  readonly onEvent: (event: ProbeEvent, index: number) => void;
}

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
    isReal,
    signal,
    onEvent,
    ...(playback === null ? {} : { playback }),
  });
}
