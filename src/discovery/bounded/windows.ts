/**
 * Windows that a record with bounded errors allows. Each check is sound: a window that some choice of decision times makes true is never ruled
 * out. An admitted probe needs a capacity of at least the least that may have been in use, a rejected one a capacity of no more than the most.
 */
import type { Capacities } from './bounds.ts';
import type { Volley } from './volleys.ts';

/** Windows from low to high, ms. */
export interface WindowBox {
  readonly low: number;
  readonly high: number;
}

/** What else a check must know. */
export interface Conditions {
  /** Whether rejected requests count. */
  readonly all: boolean;
  /** Whether charges may stay unseen within a volley. */
  readonly lags: boolean;
}

/** Sliding logs. */
export function logsIn({ low, high }: WindowBox, volleys: readonly Volley[], { all, lags }: Conditions) {
  const capacities: Capacities = { low: 1, high: Number.POSITIVE_INFINITY };
  let least = 0;
  let most = 0;
  let leastFrom = 0;
  let mostFrom = 0;
  const surely = ({ admitted, rejected }: Volley) => admitted + (all ? rejected : 0);
  const perhaps = (volley: Volley) => surely(volley) + volley.unknown;
  for (const volley of volleys) {
    const { loMs, hiMs, admitted, rejected } = volley;
    for (; (volleys[leastFrom] as Volley).loMs + low <= hiMs && volleys[leastFrom] !== volley; leastFrom++)
      least -= surely(volleys[leastFrom] as Volley);
    for (; (volleys[mostFrom] as Volley).hiMs + high <= loMs; mostFrom++) most -= perhaps(volleys[mostFrom] as Volley);
    if (admitted > 0) {
      const own = lags ? 1 : hiMs - loMs < low ? admitted : admitted / Math.ceil((hiMs - loMs) / low + 1);
      capacities.low = Math.max(capacities.low, Math.ceil(least + own));
    }
    if (rejected > 0) capacities.high = Math.min(capacities.high, most + perhaps(volley) - (all ? 1 : 0));
    if (capacities.low > capacities.high) return null;
    least += surely(volley);
    most += perhaps(volley);
  }
  return capacities;
}

interface Opened {
  /** The window ends between these. */
  readonly endLow: number;
  readonly endHigh: number;
  /** Charged in it. */
  readonly least: number;
  readonly most: number;
  readonly low: number;
  readonly high: number;
}

/** Beyond so many ways to follow a box is not ruled out. */
const WAYS_MAX = 64;

/** Fixed windows from the first request on. Rejected requests have no effect: none opens a window. */
export function openedIn({ low, high }: WindowBox, volleys: readonly Volley[], { lags }: Conditions) {
  let ways: Opened[] = [
    { endLow: -Infinity, endHigh: -Infinity, least: 0, most: 0, low: 1, high: Number.POSITIVE_INFINITY },
  ];
  for (const volley of volleys) {
    ways = ways.flatMap((way) => followed(way, volley, { low, high }, lags));
    if (ways.length === 0) return null;
    if (ways.length > WAYS_MAX) ways = [hullOf(ways)];
  }
  const { low: least, high: most } = hullOf(ways);
  return { low: least, high: most };
}

function followed(way: Opened, volley: Volley, { low, high }: WindowBox, lags: boolean): Opened[] {
  const { loMs, hiMs, admitted, rejected, unknown } = volley;
  const next: Opened[] = [];
  const push = (one: Opened) => {
    if (one.low <= one.high) next.push(one);
  };
  if (way.endHigh > loMs) {
    const most = way.most + admitted + unknown;
    push({
      endLow: Math.max(way.endLow, loMs),
      endHigh: way.endHigh,
      least: way.least + admitted,
      most,
      low: admitted > 0 ? Math.max(way.low, way.least + (lags ? 1 : admitted)) : way.low,
      high: rejected > 0 ? Math.min(way.high, most) : way.high,
    });
  }
  if (way.endLow > hiMs) return next;
  if (admitted + unknown === 0) {
    // Nothing is rejected where the window has ended.
    if (rejected === 0) push(way);
    return next;
  }
  const fresh = way.endHigh <= loMs;
  const windows = 1 + Math.floor((hiMs - loMs) / low) + (fresh ? 0 : 1);
  const least = lags ? 1 : (fresh ? admitted : way.least + admitted) / windows;
  const most = Math.max(admitted + unknown, fresh ? 0 : way.most + admitted + unknown - 1);
  const fromMs = Math.max(loMs, way.endLow);
  push({
    endLow: fromMs + low,
    endHigh: hiMs + high,
    least: windows === 1 ? admitted : Math.min(1, admitted),
    most: admitted + unknown,
    low: Math.max(way.low, Math.ceil(least - 1e-9)),
    high: rejected > 0 ? Math.min(way.high, most) : way.high,
  });
  // Where only errors came by, perhaps none of them charged.
  if (admitted === 0 && rejected === 0) push(way);
  return next;
}

function hullOf(ways: readonly Opened[]): Opened {
  const least = (of: (way: Opened) => number) => Math.min(...ways.map(of));
  const most = (of: (way: Opened) => number) => Math.max(...ways.map(of));
  return {
    endLow: least((way) => way.endLow),
    endHigh: most((way) => way.endHigh),
    least: least((way) => way.least),
    most: most((way) => way.most),
    low: least((way) => way.low),
    high: most((way) => way.high),
  };
}

/** One fixed window that begins at multiples of its length. Rejected requests have no effect. */
export function epochIn(windowMs: number, volleys: readonly Volley[], { lags }: Conditions): Capacities | null {
  const capacities: Capacities = { low: 1, high: Number.POSITIVE_INFINITY };
  let window = Number.NEGATIVE_INFINITY;
  let least = 0;
  let most = 0;
  for (const { loMs, hiMs, admitted, rejected, unknown } of volleys) {
    const first = Math.floor(loMs / windowMs);
    const last = Math.floor(hiMs / windowMs);
    if (first !== window) {
      least = 0;
      most = 0;
      window = first;
    }
    const within = least + (lags && admitted > 0 ? 1 : admitted);
    most += admitted + unknown;
    least += admitted;
    if (admitted > 0) capacities.low = Math.max(capacities.low, Math.ceil(within / (last - first + 1)));
    if (rejected > 0) capacities.high = Math.min(capacities.high, most);
    if (capacities.low > capacities.high) return null;
    if (last === first) continue;
    window = last;
    least = 0;
    most = admitted + unknown;
  }
  return capacities;
}

/** One sliding counter. Capacities may be fractions: it weighs. */
export function counterIn(windowMs: number, volleys: readonly Volley[], { all, lags }: Conditions): Capacities | null {
  const capacities: Capacities = { low: 1, high: Number.POSITIVE_INFINITY };
  let window = Number.NEGATIVE_INFINITY;
  let least = 0;
  let most = 0;
  let leastBefore = 0;
  let mostBefore = 0;
  for (const { loMs, hiMs, admitted, rejected, unknown } of volleys) {
    const first = Math.floor(loMs / windowMs);
    const last = Math.floor(hiMs / windowMs);
    if (first !== window) {
      leastBefore = first === window + 1 ? least : 0;
      mostBefore = first === window + 1 ? most : 0;
      least = 0;
      most = 0;
      window = first;
    }
    const counted = all ? rejected : 0;
    const perhaps = admitted + unknown + counted;
    if (last === first) {
      const leftLow = ((first + 1) * windowMs - hiMs) / windowMs;
      const leftHigh = ((first + 1) * windowMs - loMs) / windowMs;
      if (admitted > 0)
        capacities.low = Math.max(capacities.low, leastBefore * leftLow + least + (lags ? 1 : admitted));
      if (rejected > 0)
        capacities.high = Math.min(capacities.high, mostBefore * leftHigh + most + perhaps + (all ? 0 : 1));
      least += admitted + counted;
      most += perhaps;
    } else {
      if (rejected > 0) capacities.high = Math.min(capacities.high, mostBefore + most + 2 * perhaps + 1);
      leastBefore = last === first + 1 ? least : 0;
      mostBefore = last === first + 1 ? most + perhaps : perhaps;
      least = 0;
      most = perhaps;
      window = last;
    }
    if (!(capacities.low < capacities.high - 1e-9)) return null;
  }
  return capacities;
}
