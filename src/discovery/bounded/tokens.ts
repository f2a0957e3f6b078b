/**
 * Token buckets that a record with bounded errors allows: as what is missing to full, between bounds. Sound as in `windows.ts`: what refills is
 * bounded by the ends of the box and of the times that allow most.
 */
import { type Capacities, SLACK, isEmpty } from './bounds.ts';
import type { Volley } from './volleys.ts';
import type { Conditions } from './windows.ts';

/** Rates (tokens per ms) and steps (ms) from low to high. Steps from 0 on: perhaps continuous. */
export interface TokenBox {
  readonly rateLow: number;
  readonly rateHigh: number;
  readonly stepLow: number;
  readonly stepHigh: number;
}

interface Level {
  /** When the charge that found the bucket full was decided; NaN: it is full. */
  readonly sinceLow: number;
  readonly sinceHigh: number;
  /** Spent since then, or since a rejection emptied it. */
  readonly least: number;
  readonly most: number;
  /** When a rejected charge took what there was; NaN: none did. */
  readonly emptyLow: number;
  readonly emptyHigh: number;
  readonly low: number;
  readonly high: number;
}

const FULL: Level = {
  sinceLow: Number.NaN,
  sinceHigh: Number.NaN,
  least: 0,
  most: 0,
  emptyLow: Number.NaN,
  emptyHigh: Number.NaN,
  low: 1,
  high: Number.POSITIVE_INFINITY,
};

/** Beyond so many ways to follow a box is not ruled out. */
const WAYS_MAX = 48;

/** Stepwise buckets. `within`: capacities known already. */
export function steppedIn(
  box: TokenBox,
  volleys: readonly Volley[],
  conditions: Conditions,
  within: Capacities = { low: 1, high: Number.POSITIVE_INFINITY },
): Capacities | null {
  let ways: Level[] = [{ ...FULL, ...within }];
  for (const volley of volleys) {
    const next: Level[] = [];
    const filled: Level[] = [];
    for (const way of ways) follow(way, volley, box, conditions, next, filled);
    // Where the bucket was full it is forgotten how it came to be.
    if (filled.length > 0) next.push({ ...(filled[0] as Level), ...hullOf(filled) });
    if (next.length === 0) return null;
    if (next.length > WAYS_MAX) return { ...within };
    ways = next;
  }
  return hullOf(ways);
}

function hullOf(ways: readonly Level[]): Capacities {
  return { low: Math.min(...ways.map(({ low }) => low)), high: Math.max(...ways.map(({ high }) => high)) };
}

function follow(
  way: Level,
  volley: Volley,
  box: TokenBox,
  { all, lags }: Conditions,
  next: Level[],
  filled: Level[],
): void {
  const { loMs, hiMs, admitted, rejected, unknown } = volley;
  const isFull = Number.isNaN(way.sinceLow);
  const wasEmptied = !Number.isNaN(way.emptyLow);
  const [refilledLow, refilledHigh] = isFull ? [0, 0] : refilled(way, volley, box, wasEmptied);
  // What is missing: without the capacity, where a rejection emptied the bucket.
  const missingLow = way.least - refilledHigh;
  const missingHigh = way.most - refilledLow;
  const base = wasEmptied ? { low: way.low, high: way.high } : { low: 0, high: 0 };
  const mayBeFull = isFull || missingLow + base.low <= SLACK;
  const mustBeFull = isFull || missingHigh + base.high <= SLACK;
  const add = (level: Level, to = next) => {
    if (!isEmpty(level)) to.push(level);
  };
  const own = lags ? Math.min(1, admitted) : admitted;
  const perhaps = admitted + unknown;
  if (mayBeFull && !(perhaps === 0 && rejected > 0)) {
    const gain = box.rateHigh * countedHigh(hiMs - loMs, box);
    const level: Level = {
      ...way,
      sinceLow: loMs,
      sinceHigh: hiMs,
      least: admitted,
      most: perhaps,
      emptyLow: Number.NaN,
      emptyHigh: Number.NaN,
      low: Math.max(way.low, own - gain),
      high: rejected > 0 ? Math.min(way.high, perhaps + 1) : way.high,
    };
    const emptied = { least: 0, most: lags ? perhaps : 0, emptyLow: loMs, emptyHigh: hiMs };
    add(all && rejected > 0 ? { ...level, ...emptied } : level, filled);
  }
  if (mustBeFull) return;
  let { low, high } = way;
  if (wasEmptied) {
    // Against the capacity itself: what there is must have come since.
    if (admitted > 0 && missingLow + own > SLACK) return;
    if (rejected > 0 && missingHigh + perhaps + 1 <= SLACK) return;
  } else {
    if (admitted > 0) low = Math.max(low, missingLow + own);
    if (rejected > 0) high = Math.min(high, missingHigh + perhaps + 1);
  }
  const level = { ...way, least: way.least + admitted, most: way.most + perhaps, low, high };
  if (!all || rejected === 0) return add(level);
  const below = lags ? Math.max(0, missingHigh + perhaps - (wasEmptied ? 0 : low)) : 0;
  add({ ...level, least: 0, most: below, emptyLow: loMs, emptyHigh: hiMs });
}

/** Least and most tokens that came since the bucket was found full, or emptied, until a volley was decided. */
function refilled(way: Level, { loMs, hiMs }: Volley, box: TokenBox, emptied: boolean): [number, number] {
  let low = countedLow(loMs - way.sinceHigh, box);
  let high = countedHigh(hiMs - way.sinceLow, box);
  if (emptied) {
    const sinceLow = Math.max(0, loMs - way.emptyHigh);
    const sinceHigh = hiMs - way.emptyLow;
    low = Math.max(0, low - countedHigh(way.emptyHigh - way.sinceLow, box), sinceLow - box.stepHigh);
    high = Math.min(high - countedLow(way.emptyLow - way.sinceHigh, box), sinceHigh + box.stepHigh);
  }
  return [box.rateLow * low, box.rateHigh * high];
}

function countedLow(elapsed: number, { stepLow, stepHigh }: TokenBox): number {
  const elapsedMs = Math.max(0, elapsed);
  if (stepHigh === 0) return elapsedMs;
  const fewest = Math.floor(elapsedMs / stepHigh);
  if (stepLow > 0 && fewest === Math.floor(elapsedMs / stepLow)) return fewest * stepLow;
  return Math.max(fewest * stepLow, elapsedMs - stepHigh, 0);
}

function countedHigh(elapsed: number, { stepLow, stepHigh }: TokenBox): number {
  const elapsedMs = Math.max(0, elapsed);
  if (stepLow === 0) return elapsedMs;
  const fewest = Math.floor(elapsedMs / stepHigh);
  return fewest === Math.floor(elapsedMs / stepLow) ? fewest * stepHigh : elapsedMs;
}

/** Buckets that refill continuously, or in steps of at most `stepHigh`: what is missing is followed as a queue, so nothing branches. */
export function continuousIn(
  { rateLow, rateHigh, stepHigh }: TokenBox,
  volleys: readonly Volley[],
  { all, lags }: Conditions,
  within: Capacities = { low: 1, high: Number.POSITIVE_INFINITY },
): Capacities | null {
  const capacities: Capacities = { ...within };
  // Missing at a time t: no less than least - rateHigh t, no more than most - rateLow t.
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  // Tokens since a rejection took all, and when.
  let tokensLow = Number.NaN;
  let tokensHigh = Number.NaN;
  let atLow = 0;
  let atHigh = 0;
  for (const { loMs, hiMs, admitted, rejected, unknown } of volleys) {
    const own = lags ? Math.min(1, admitted) : admitted;
    const perhaps = admitted + unknown;
    const missingHigh = Math.max(0, most - rateLow * (loMs - stepHigh));
    if (admitted > 0) {
      const missingLow = Math.max(least, rateHigh * loMs) - rateHigh * hiMs;
      capacities.low = Math.max(capacities.low, missingLow + own);
    }
    if (rejected > 0) capacities.high = Math.min(capacities.high, missingHigh + perhaps + 1);
    if (!(capacities.low < capacities.high - 1e-9)) return null;
    least = Math.max(least, rateHigh * loMs) + admitted;
    most = Math.max(most, rateLow * hiMs) + perhaps;
    if (!all) continue;
    if (!Number.isNaN(tokensLow)) {
      tokensLow = Math.min(capacities.low, tokensLow + rateLow * Math.max(0, loMs - atHigh - stepHigh));
      tokensHigh = Math.min(capacities.high, tokensHigh + rateHigh * (hiMs - atLow + stepHigh));
      if (admitted > 0 && tokensHigh < own - SLACK) return null;
      if (rejected > 0 && tokensLow - perhaps >= 1 - SLACK) return null;
      tokensLow -= perhaps;
      tokensHigh -= admitted;
      atLow = loMs;
      atHigh = hiMs;
    }
    if (rejected === 0) continue;
    tokensLow = lags ? Math.min(0, Number.isNaN(tokensLow) ? -perhaps : tokensLow) : 0;
    tokensHigh = 0;
    atLow = loMs;
    atHigh = hiMs;
    least = Math.max(least, capacities.low + rateHigh * loMs);
    most = Math.max(most, capacities.high + rateLow * hiMs);
  }
  return capacities;
}
