/** Windows from the epoch: whole numbers of milliseconds whose multiples stand where something was released. Pure. */

/** Something was given again after `fromMs`, at the latest at `toMs`. */
export interface Bracket {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One release in so many may have been seen late: somebody else was first. */
const LATE_EVERY = 5;
/** With fewer releases anything would fit. */
export const RELEASES_MIN = 4;

/** Whole windows within the range that explain the releases; none: they do not begin with the epoch. */
export function epochWindows(releases: readonly Bracket[], lowMs: number, highMs: number): number[] {
  if (releases.length < RELEASES_MIN) return [];
  const needed = releases.length - Math.floor(releases.length / LATE_EVERY);
  const found: number[] = [];
  for (let windowMs = Math.ceil(lowMs); windowMs <= highMs; windowMs++) {
    let met = 0;
    let left = releases.length;
    for (const { fromMs, toMs } of releases) {
      if (Math.floor(toMs / windowMs) * windowMs > fromMs) met += 1;
      left -= 1;
      if (met + left < needed) break;
    }
    if (met >= needed) found.push(windowMs);
  }
  return found;
}
