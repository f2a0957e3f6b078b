/** Which families of counting survive a stretch of traffic, and with which numbers. */
import type { Algorithm } from '../../../mock-server/policy.ts';
import { allowedBy, type PassiveFamily, type Stretch } from './bounds.ts';

/** A family that explains all of the traffic, with the ranges of its numbers. */
export interface Survivor {
  readonly family: PassiveFamily;
  readonly capacity: readonly [low: number, high: number];
  /** Window, ms; or rate, per second; null: it has none. */
  readonly shape: readonly [low: number, high: number] | null;
  /** One member, for those who need numbers: none is more likely than others. */
  readonly member: Algorithm;
}

const FAMILIES: readonly PassiveFamily[] = [
  'fixed-window',
  'sliding-window-log',
  'sliding-window-log all',
  'sliding-window-counter',
  'token-bucket',
  'concurrency',
];

/** Halvings that a search begins with, and how often and how far what survives is halved. */
const SEARCH = { halvings: 5, rounds: 7, alive: 24, relative: 0.004 };
/** Shortest window that is looked for, ms. */
const WINDOW_MS_MIN = 100;

type Cell = readonly [from: number, to: number];

/**
 * All survivors. `longestMs`: the longest window that the traffic can speak of at all. A family without a survivor is excluded for certain, as
 * far as the assumptions hold: one limit, a cost of 1, nobody else.
 */
export function survivorsOf(
  stretches: readonly Stretch[],
  slackMs: number,
  startMs: number,
  longestMs: number,
): Survivor[] {
  return FAMILIES.flatMap((family) => survivorOf(family, stretches, slackMs, startMs, longestMs) ?? []);
}

function survivorOf(
  family: PassiveFamily,
  stretches: readonly Stretch[],
  slackMs: number,
  startMs: number,
  longestMs: number,
): Survivor | null {
  // A bucket may have begun with any part of any capacity, so that its rejections bound its rate only.
  const explains = (cell: Cell) => {
    // Without a rejection that bounds it, a window explains nothing: it is merely not contradicted.
    const bounds = allowed(cell);
    return bounds !== null && (family === 'token-bucket' || bounds.high < Number.POSITIVE_INFINITY);
  };
  const allowed = (cell: Cell) => allowedBy(family, stretches, slackMs, startMs, cell);
  if (family === 'concurrency') {
    const bounds = allowed([0, 0]);
    if (bounds === null || bounds.high === Number.POSITIVE_INFINITY) return null;
    return {
      family,
      capacity: [bounds.low, bounds.high],
      shape: null,
      member: { kind: 'concurrency', limit: bounds.low },
    };
  }
  const isBucket = family === 'token-bucket';
  // Rates are per ms: one token in the longest time, up to one per ms.
  const range: Cell = isBucket ? [1 / longestMs, 1] : [Math.max(WINDOW_MS_MIN, slackMs * 2), longestMs];
  if (range[1] <= range[0]) return null;
  let cells = split(range, SEARCH.halvings).filter(explains);
  for (let round = 0; round < SEARCH.rounds && cells.length > 0 && cells.length <= SEARCH.alive; round++) {
    if (cells.every(([from, to]) => to / from < 1 + SEARCH.relative)) break;
    cells = cells.flatMap((cell) => split(cell, 1)).filter(explains);
  }
  // Edges of what is left are looked at more closely than its middle.
  const first = cells[0];
  const last = cells.at(-1);
  if (first === undefined || last === undefined) return null;
  const from = edge(first, explains, 0);
  const to = edge(last, explains, 1);
  const bounds = cells.map((cell) => allowed(cell) ?? { low: 1, high: 1 });
  const capacity = [Math.min(...bounds.map(({ low }) => low)), Math.max(...bounds.map(({ high }) => high))] as const;
  const middle = cells[Math.floor(cells.length / 2)] as Cell;
  const { low } = bounds[Math.floor(cells.length / 2)] as { low: number };
  const shape = isBucket ? ([from * 1000, to * 1000] as const) : ([from, to] as const);
  return { family, capacity, shape, member: memberOf(family, low, Math.sqrt(middle[0] * middle[1])) };
}

/** Moves an end of a cell inwards while the part beyond it is dead. */
function edge(cell: Cell, explains: (cell: Cell) => boolean, side: 0 | 1): number {
  let [from, to] = cell;
  for (let round = 0; round < 8 && to / from > 1 + SEARCH.relative / 4; round++) {
    const middle = Math.sqrt(from * to);
    if (side === 0) {
      if (explains([from, middle])) to = middle;
      else from = middle;
    } else if (explains([middle, to])) from = middle;
    else to = middle;
  }
  return side === 0 ? from : to;
}

/** Halves of halves, by ratio: roots are the same in every engine. */
function split(cell: Cell, times: number): Cell[] {
  if (times === 0) return [cell];
  const [from, to] = cell;
  const middle = Math.sqrt(from * to);
  return [...split([from, middle], times - 1), ...split([middle, to], times - 1)];
}

function memberOf(family: PassiveFamily, capacity: number, size: number): Algorithm {
  const windowMs = Math.max(1, Math.round(size));
  switch (family) {
    case 'fixed-window':
      return { kind: 'fixed-window', limit: capacity, windowMs, anchor: 'first-request' };
    case 'token-bucket':
      return { kind: 'token-bucket', capacity, refillPerSecond: Number((size * 1000).toPrecision(4)), stepMs: 0 };
    case 'sliding-window-counter':
      return { kind: 'sliding-window-counter', limit: capacity, windowMs };
    default:
      return { kind: 'sliding-window-log', limit: capacity, windowMs };
  }
}
