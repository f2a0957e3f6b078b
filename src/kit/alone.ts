/** One trial at a time: while one runs, the clock and the timers of the whole process are virtual. */

let last: Promise<unknown> = Promise.resolve();

/** Runs `work` when everything that was asked for before it has settled. */
export function alone<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}
