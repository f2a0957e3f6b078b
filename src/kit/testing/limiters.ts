/** Small limiters, right and wrong, that read `Date` and set timers as users' code does. All promise ten starts a second. */
import type { Pipeline } from '../../strategies/strategy.ts';

const LIMIT = 10;
const WINDOW_MS = 1000;

function sleepMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Right: remembers its last starts. `keptMs` is how long; below 1,000 it is wrong. */
export function slidingLog(keptMs = WINDOW_MS): () => Pipeline {
  return () => (fetch) => {
    const starts: number[] = [];
    return async (input, init) => {
      for (;;) {
        const now = Date.now();
        while (starts.length > 0 && now - starts[0]! >= keptMs) starts.shift();
        if (starts.length < LIMIT) {
          starts.push(now);
          return fetch(input, init);
        }
        await sleepMs(keptMs - (now - starts[0]!));
      }
    };
  };
}

/** Wrong: counts by clock second, so that twice the limit passes around its turn. */
export const fixedSecond = (): Pipeline => (fetch) => {
  let second = -1;
  let count = 0;
  return async (input, init) => {
    for (;;) {
      const now = Math.floor(Date.now() / WINDOW_MS);
      if (now !== second) [second, count] = [now, 0];
      if (count < LIMIT) {
        count += 1;
        return fetch(input, init);
      }
      await sleepMs(WINDOW_MS - (Date.now() % WINDOW_MS));
    }
  };
};

/** Wrong: one second between any two calls, a tenth of what it promises. */
export const overDelays = (): Pipeline => (fetch) => {
  let last = Promise.resolve();
  return async (input, init) => {
    const before = last;
    last = before.then(() => sleepMs(WINDOW_MS));
    await before;
    return fetch(input, init);
  };
};

/** Wrong: a refused call is never answered. */
export const forgets: Pipeline = (fetch) => async (input, init) => {
  const response = await fetch(input, init);
  return response.ok ? response : new Promise<never>(() => {});
};

/** Wrong: sends again although it has been answered. */
export const sendsTwice: Pipeline = (fetch) => async (input, init) => {
  await fetch(input, init);
  return fetch(input, init);
};

/** Wrong: understands seconds only; `Number` makes NaN of a date, and a timer of NaN ms takes 1 ms. */
export const secondsOnly: Pipeline = (fetch) => async (input, init) => {
  for (;;) {
    const response = await fetch(input, init);
    if (response.ok) return response;
    await sleepMs(Number(response.headers.get('retry-after') ?? 1) * 1000);
  }
};

/** Right: waits as it is told, in every form; a second where nothing is said. */
export const obedient: Pipeline = (fetch) => async (input, init) => {
  for (;;) {
    const response = await fetch(input, init);
    if (response.ok) return response;
    const text = response.headers.get('retry-after') ?? '1';
    await sleepMs(/^\d+$/.test(text) ? Number(text) * 1000 : Math.max(0, Date.parse(text) - Date.now()));
  }
};

/** Wrong: after three refusals it gives up everything, for ever. */
export const neverCloses = (): Pipeline => (fetch) => {
  let refusals = 0;
  return async (input, init) => {
    if (refusals >= 3) throw new Error('circuit open');
    const response = await fetch(input, init);
    if (!response.ok) refusals += 1;
    return response;
  };
};
