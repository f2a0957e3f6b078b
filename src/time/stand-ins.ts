/**
 * The replacements of `Date` and the timers, put in their places for as long as anybody needs them there: a virtual time while it runs, and a
 * loader while it loads code that is to run in virtual time. Without a virtual time they are as the real ones, so a module may keep what it
 * takes at its top level (`const sleep = promisify(setTimeout)`) and is right in every later run.
 */
import { syncBuiltinESMExports } from 'node:module';
import { patchDate } from './ambient-date.ts';
import { patchTimers } from './ambient-timers.ts';
import { patchPromiseTimers } from './ambient-timers-promises.ts';
import { Patches } from './patches.ts';

const patches = new Patches();
let users = 0;

/**
 * Puts the replacements in place until the returned function is called (a second call does nothing) and nobody else needs them. Both leave
 * `syncBuiltinESMExports` to their caller, who may have more to change.
 */
export function standIn(): () => void {
  users += 1;
  if (users === 1) {
    patchDate(patches);
    patchTimers(patches);
    patchPromiseTimers(patches);
  }
  let isUsed = true;
  return () => {
    if (!isUsed) return;
    isUsed = false;
    users -= 1;
    if (users === 0) patches.restore();
  };
}

/** Loads code that is to run in virtual time later: what it takes of the clock and the timers while it loads will be virtual then. */
export async function loadForVirtualTime<T>(load: () => Promise<T>): Promise<T> {
  const leave = standIn();
  syncBuiltinESMExports();
  try {
    return await load();
  } finally {
    leave();
    syncBuiltinESMExports();
  }
}
