/** Periods whose multiples, from some beginning on, stand where something came. Pure. */
import type { Range } from '../stream.ts';
import type { Bracket } from './epoch-windows.ts';

/** Clocks tick in whole ms. */
const TICK_MS = 0.5;
/** Periods are tried in steps that shift what comes last by this share of what it is known to. */
const FINER = 0.12;
/** One in so many may have come otherwise. */
const ODD_EVERY = 25;

/** The longest periods within the range that explain all that came, as one range; null: none does. */
export function longestPeriod(comings: readonly Bracket[], lowMs: number, highMs: number): Range | null {
  const [first] = comings;
  const last = comings.at(-1);
  if (first === undefined || last === undefined || last === first) return null;
  // From the first on: of large numbers the fractions are lost.
  const seen = comings.map(({ fromMs, toMs }) => ({
    fromMs: fromMs - first.fromMs - TICK_MS,
    toMs: toMs - first.fromMs + TICK_MS,
  }));
  const overMs = last.toMs - first.fromMs;
  const widthMs = Math.min(...seen.map(({ fromMs, toMs }) => toMs - fromMs));
  const finer = (FINER * widthMs) / overMs;
  const explaining: number[] = [];
  for (let periodMs = highMs; periodMs >= lowMs; periodMs *= 1 - finer) {
    if (explains(seen, periodMs)) explaining.push(periodMs);
    else if (explaining.length > 0) break;
  }
  const [longest] = explaining;
  const shortest = explaining.at(-1);
  if (longest === undefined || shortest === undefined) return null;
  return { low: shortest * (1 - finer), high: longest * (1 + finer) };
}

/** Whether some beginning puts a multiple of the period into (nearly) each bracket. */
function explains(comings: readonly Bracket[], periodMs: number): boolean {
  const odd = Math.floor(comings.length / ODD_EVERY);
  return comings
    .slice(0, odd + 1)
    .some((one) => comings.some((other) => misses(comings, periodMs, endIn(one, other, periodMs), odd) <= odd));
}

/** A moment within `one` that is a whole number of periods before or after the end of `other`, or else the end of `one`. */
function endIn(one: Bracket, other: Bracket, periodMs: number): number {
  const beginMs = other.toMs - Math.ceil((other.toMs - one.toMs) / periodMs - 1e-9) * periodMs;
  return beginMs > one.fromMs ? beginMs : one.toMs;
}

/** How many brackets hold no multiple; counted until it is more than `most`. */
function misses(comings: readonly Bracket[], periodMs: number, beginMs: number, most: number): number {
  let missed = 0;
  for (const { fromMs, toMs } of comings) {
    const last = Math.floor((toMs - beginMs) / periodMs + 1e-9) * periodMs + beginMs;
    if (last < fromMs && ++missed > most) break;
  }
  return missed;
}
