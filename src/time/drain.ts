/**
 * Running everything that is due "before the next event": all `process.nextTick` callbacks and microtasks, to exhaustion.
 *
 * Node runs them after each macrotask. `process._tickCallback` is that very function; calling it from inside a macrotask costs 27 ns, a real
 * macrotask per event 800 ns. It is not documented, so it is tested before use; the fallback are real immediates queued in batches, between
 * which Node drains by itself, with the same order of everything (56 ns).
 *
 * It must never be called from inside a microtask: V8 then ignores the request.
 */

/** How the loop lets ticks and microtasks run between two events. */
export type Driver = 'tick-callback' | 'immediate-batch' | 'immediate';

/** Events per real turn of the event loop, so that real input and output are not starved. */
export const EVENTS_PER_TURN: Readonly<Record<Driver, number>> = {
  'tick-callback': 4096,
  'immediate-batch': 256,
  immediate: 1,
};

const tickCallback = (process as unknown as { _tickCallback?: unknown })._tickCallback;

let tested: boolean | null = null;

/** Runs all pending ticks and microtasks. Only for the `tick-callback` driver. */
export const drainTicks = tickCallback as () => void;

/** The fastest driver that works on this Node. Must be called from a macrotask. */
export function bestDriver(): Driver {
  tested ??= typeof tickCallback === 'function' && drainsEverything();
  return tested ? 'tick-callback' : 'immediate-batch';
}

function drainsEverything(): boolean {
  let ticks = 0;
  let microtasks = 0;
  process.nextTick(() => {
    ticks += 1;
    queueMicrotask(() => process.nextTick(() => (ticks += 1)));
  });
  let chain = Promise.resolve();
  for (let link = 0; link < 50; link++) chain = chain.then(() => void (microtasks += 1));
  drainTicks();
  return ticks === 2 && microtasks === 50;
}
