/** Loading code that is not ours, so that what it takes of its surroundings while it loads is the trial's in every trial. */
import type { ForeignCode } from '../strategies/strategy.ts';
import { loadForVirtualTime } from '../time/stand-ins.ts';
import { loadWithFetchStandIn } from './global-fetch.ts';

/** Loads the packages of a strategy. Must have settled before time becomes virtual: loading is real work, which virtual time would outrun. */
export function loadForeign({ load }: ForeignCode): Promise<void> {
  return loadForTrials(load);
}

/** Loads any code that is to be on trial. It may keep the timers, the `Date` and the `fetch` that it finds. */
export function loadForTrials<T>(load: () => Promise<T>): Promise<T> {
  return loadForVirtualTime(() => loadWithFetchStandIn(load));
}
