/**
 * The length of a window to the millisecond beside others: the end of one window after the other is looked for, each within what the ends before leave of
 * it, until it is looked at every millisecond. Who asks at that very moment finds the window whole, as nobody else was there before.
 */
import type { Range } from '../stream.ts';
import { type Hands, type Round, type Take, takeOf } from './hands.ts';
import type { Extent } from './rounds.ts';

/** Looks for one end, and how narrow a time is looked at every millisecond. */
const LOOKS = 60;
const CLOSE_MS = 150;
/** Ends that are looked for, and how many of them closely. */
const ENDS_MAX = 10;
const CLOSE_ENDS = 4;
/** Probes of one look. */
const LOOK = 2;
/** Of what fits, so much comes at once where a window ends. */
const WHOLE = 0.3;
/** More than was seen to fit. */
const OVERFULL = 1.3;
/** Windows that are asked for all at their beginning. */
const WHOLE_TIMES = 2;
/** Clocks tick so much at least, ms. */
const TICK_MS = 1e-3;
/** Beyond what was expected, ms. */
const MORE_MS = 2;

/** What was seen of the ends. */
export interface Ends {
  readonly round: Round;
  /** What a window is that begins where the one before ended; null: nothing that fits, or the ends were not seen closely. */
  readonly fromEpochMs: Range | null;
  /** What it is if it begins with the first request after that. */
  readonly fromRequestMs: Range | null;
  /** What bursts at the beginning of a window were given. */
  readonly fits: readonly number[];
}

/** A window ended after `fromMs`, at the latest at `toMs`, when the first request of the next one came. */
interface End {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Follows the windows from one end to the next, and then asks twice for all that fits at the moment at which one begins. */
export async function followWindows(hands: Hands, { size }: Extent, about: Range): Promise<Ends> {
  const takes: Take[] = [await hands.take(size + 1)];
  const close: End[] = [];
  let windowMs: Range = { low: about.low - 1, high: about.high + 1 };
  let end = await nextEnd(hands, size, { fromMs: hands.nowMs, toMs: hands.nowMs + windowMs.high * 1.2 }, takes);
  for (let ends = 1; end !== null && ends < ENDS_MAX && close.length < CLOSE_ENDS; ends++) {
    const before: End = end;
    const expected = { fromMs: before.fromMs + windowMs.low - MORE_MS, toMs: before.toMs + windowMs.high + MORE_MS };
    const isClose = expected.toMs - expected.fromMs <= CLOSE_MS;
    end = isClose ? await closeEnd(hands, size, expected, takes) : await nextEnd(hands, size, expected, takes);
    if (end === null) break;
    windowMs = both(windowMs, { low: end.fromMs - before.toMs, high: end.toMs - before.fromMs });
    if (windowMs.low > windowMs.high) break;
    if (isClose) close.push(end);
  }
  const fromEpochMs = close.length < CLOSE_ENDS ? null : wholeIn(evenly(close));
  const fromRequestMs = close.length < CLOSE_ENDS ? null : wholeIn(oneAfterTheOther(close));
  const longestMs = Math.max(fromEpochMs?.high ?? 0, fromRequestMs?.high ?? 0);
  const last = close.at(-1);
  const fits =
    last === undefined || longestMs === 0 ? [] : await wholeWindows(hands, size, last.toMs, longestMs, takes);
  return { round: await hands.settled(takes), fromEpochMs, fromRequestMs, fits };
}

/** From the first end on all of them lie a whole number of windows apart. */
function evenly(ends: readonly End[]): Range {
  const [first] = ends as [End];
  return ends
    .slice(1)
    .reduce(
      (range, { fromMs, toMs }, at) =>
        both(range, { low: (fromMs - first.toMs) / (at + 1), high: (toMs - first.fromMs) / (at + 1) }),
      { low: 0, high: Number.POSITIVE_INFINITY },
    );
}

/** Each window began with the request that showed that the one before had ended. */
function oneAfterTheOther(ends: readonly End[]): Range {
  return ends.slice(1).reduce(
    (range, { fromMs, toMs }, at) => {
      const begunMs = (ends[at] as End).toMs;
      return both(range, { low: fromMs - begunMs, high: toMs - begunMs + TICK_MS });
    },
    { low: 0, high: Number.POSITIVE_INFINITY },
  );
}

function both(one: Range, other: Range): Range {
  return { low: Math.max(one.low, other.low), high: Math.min(one.high, other.high) };
}

/** Whole milliseconds strictly between; null: none. */
function wholeIn({ low, high }: Range): Range | null {
  const range = { low: Math.ceil(low + TICK_MS / 2), high: Math.floor(high - TICK_MS / 2) };
  return range.low <= range.high ? range : null;
}

/** Looks until much comes at once, as often as rejections are told or a share of that time. */
async function nextEnd(hands: Hands, size: number, { fromMs, toMs }: End, takes: Take[]): Promise<End | null> {
  await hands.waitUntil(fromMs);
  const everyMs = Math.max(1, (toMs - fromMs) / LOOKS);
  let lastMs = takes.at(-1)?.atMs ?? fromMs;
  while (hands.nowMs <= toMs + everyMs) {
    const look = await hands.send(LOOK);
    const all = look.admitted > 0 && !look.full ? await hands.take(size + 1) : null;
    takes.push(look, ...(all === null ? [] : [all]));
    if (look.admitted + (all?.admitted ?? 0) >= WHOLE * size) return { fromMs: lastMs, toMs: look.untilMs };
    lastMs = look.atMs;
    await hands.waitUntil(look.atMs + everyMs);
  }
  return null;
}

/** The same every millisecond. */
async function closeEnd(hands: Hands, size: number, { fromMs, toMs }: End, takes: Take[]): Promise<End | null> {
  await hands.waitUntil(Math.floor(fromMs));
  const answers = await hands.rattle(Math.ceil(toMs - fromMs) + 1, 1, LOOK);
  const looks = answers.map((events) => takeOf(events[0]?.sentMs ?? 0, events));
  takes.push(...looks, await hands.take(size + 1));
  const first = looks.findIndex(({ admitted }) => admitted > 0);
  const [before, seen] = [looks[first - 1], looks[first]];
  return before?.full === true && seen !== undefined ? { fromMs: before.atMs, toMs: seen.atMs } : null;
}

/** Asks for all that fits at the moment at which the next windows begin. */
async function wholeWindows(
  hands: Hands,
  size: number,
  begunMs: number,
  windowMs: number,
  takes: Take[],
): Promise<number[]> {
  const fits: number[] = [];
  for (let beginMs = begunMs + windowMs; fits.length < WHOLE_TIMES && beginMs > hands.nowMs; beginMs += windowMs) {
    await hands.waitUntil(beginMs);
    const take = await hands.send(size * OVERFULL + LOOK);
    takes.push(take);
    fits.push(take.full ? take.admitted : 0);
  }
  return fits;
}
