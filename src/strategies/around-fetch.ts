/** Strategies in production: around the real fetch, by the real clock. */
import { systemRandom } from '../random/system-random.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { parseStrategy } from './parse.ts';
import type { Fetch, Strategy, StrategyContext } from './strategy.ts';

/** What a program may tell about its requests; every part has a default. */
export interface AroundFetchOptions {
  /** Whose request it is. Default: everything is one org, one client and one token, and no job is known. */
  readonly identify?: StrategyContext['identify'];
  /** Receives what a strategy believes, for example its rate. Default: nobody listens. */
  readonly note?: StrategyContext['note'];
  /** Default: the system's clock. */
  readonly clock?: StrategyContext['clock'];
  /** Default: `Math.random`. */
  readonly random?: StrategyContext['random'];
}

/** A context for production. Bodies of refused responses are read away, so that their connections can be used for the retry. */
export function systemContext(options: AroundFetchOptions = {}): StrategyContext {
  const everybody = { org: '', client: '', token: '', job: '' };
  return {
    clock: options.clock ?? createSystemClock(),
    random: options.random ?? systemRandom,
    identify: options.identify ?? (() => everybody),
    note: options.note ?? (() => undefined),
    discard: (response) => {
      if (!response.bodyUsed) response.text().catch(() => undefined);
    },
  };
}

/**
 * A fetch that follows a strategy: `const politeFetch = withStrategy('retry-after+token-bucket', fetch)`. One wrapped fetch has one
 * state: wrap once and use it for all requests. Plans are not applied, since they arrange jobs and not requests.
 */
export function withStrategy(strategy: Strategy | string, fetch: Fetch, options: AroundFetchOptions = {}): Fetch {
  const { pipeline, foreign } = typeof strategy === 'string' ? parseStrategy(strategy) : strategy;
  const context = systemContext(options);
  if (foreign === undefined) return pipeline(fetch, context);
  // A library is loaded when it is first needed, and wrapped once.
  let wrapped: Promise<Fetch> | null = null;
  return async (input, init) => {
    wrapped ??= foreign.load().then(() => pipeline(fetch, context));
    return (await wrapped)(input, init);
  };
}
