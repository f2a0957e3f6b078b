/** Plays a mix of routes from idle: some of one, some of another, then one until the limit in question is full; and reads what came of it. */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { Point } from '../black-box.ts';
import type { KnownLimit } from '../known-limits.ts';
import { noiseOf } from '../noise/noise.ts';
import type { ProbeEvent } from '../record.ts';
import type { Range } from '../stream.ts';
import type { Run } from './costs.ts';
import { type Exploration, samePoint } from './exploration.ts';

/** Rounds of sending: a bound against never ending. */
const SENDS_MAX = 5000;

/** The limit in question, as it is known in requests of the base route. */
export interface Supposed {
  /** With a cost of 1 for all routes that share it. */
  readonly limit: KnownLimit;
  readonly base: Point;
  /** How many requests of the base route fit. */
  readonly fits: Range;
  /** Other identities that share it. */
  readonly others: readonly number[];
}

/** What is sent. */
export interface Portions {
  /** So many of each, one after the other. */
  readonly first: readonly { readonly point: Point; readonly many: number }[];
  /** With these it is filled then, as often with each: the first of them, and the same as others who share it, since one alone may be limited to less. */
  readonly fill: readonly [Point, ...Point[]];
  /** So many of it are likely to fit, and so many at most. */
  readonly likely: number;
  readonly most: number;
  /** After how many of the fill, by one explanation or another, it is full. Default: what is likely. */
  readonly ends?: readonly number[];
  /** No more at once: more than that were seen to be rejected by something else. */
  readonly atOnce: number;
  /** By how much a request of any of them costs more than one of the base at most. */
  readonly dearest: number;
}

/** What came of it. */
export interface Played {
  readonly runs: readonly Run[];
  /** How many of each of the first passed. */
  readonly passed: readonly number[];
  /** Whether something was rejected in the end that no known limit explains. */
  readonly isFull: boolean;
  /** The most that were admitted at one instant. */
  readonly together: number;
}

/** Rests, and plays it. `slotOf`: index of what an event costs. */
export async function play(
  exploration: Exploration,
  supposed: Supposed,
  portions: Portions,
  slotOf: (event: ProbeEvent) => number,
): Promise<Played> {
  await rest(exploration, supposed, portions);
  const from = exploration.prober.events.length;
  const unexplained = exploration.known.unexplained.length;
  const passed = await sendAll(exploration, supposed, portions);
  const isFull = exploration.known.unexplained.length > unexplained;
  const together = togetherIn(exploration, from);
  return { runs: runsOf(exploration, from, supposed.base, portions.fill, slotOf), passed, isFull, together };
}

/** Until whatever was sent before is forgotten. */
async function rest(
  exploration: Exploration,
  { limit, base }: Supposed,
  { first, fill, dearest }: Portions,
): Promise<void> {
  const { prober } = exploration;
  const points = [base, ...fill, ...first.map(({ point }) => point)];
  const routes = [...limit.costs.keys(), ...points.map(({ route }) => route)];
  const costs = new Map(routes.map((each) => [each, each === base.route ? 1 : dearest]));
  const idleMs = exploration.knownWith([{ ...limit, costs }]).idleFromMs(points);
  const restedMs = exploration.isReal ? idleMs : Math.max(idleMs, prober.nowMs + IDLE_AFTER_MS);
  if (Number.isFinite(restedMs)) await prober.waitUntil(Math.ceil(restedMs) + 1);
}

/** The most that were admitted at one instant, of the events from `from` on. */
function togetherIn({ prober }: Exploration, from: number): number {
  const admitted = new Map<number, number>();
  for (const { outcome, sentMs } of prober.events.slice(from))
    if (outcome === 'admitted') admitted.set(sentMs, (admitted.get(sentMs) ?? 0) + 1);
  return Math.max(0, ...admitted.values());
}

/** The events from `from` on, alike ones together. */
function runsOf(
  { prober, known }: Exploration,
  from: number,
  base: Point,
  fill: Portions['fill'],
  slotOf: (event: ProbeEvent) => number,
): Run[] {
  const blurMs = jitterOf(prober.events);
  const sent = prober.events.slice(from);
  const unexplained = new Set(known.unexplained.slice(-sent.length));
  const isBase = ({ route, outcome }: ProbeEvent) => route === base.route && outcome === 'admitted';
  const fills = (event: ProbeEvent) => fill.some((point) => samePoint(point, event));
  // A rejection of the others may be another limit's: unless the fill finds it full at once, it charges, and proves nothing.
  const isFull = !sent.some((event) => isBase(event) || (fills(event) && event.outcome === 'admitted'));
  // Where the base still finds room, the fill was rejected by something else.
  const isFilled = fill[0].route === base.route || !sent.slice(sent.findLastIndex(fills)).some(isBase);
  const runs: Run[] = [];
  // In which order those of one instant arrived is not known then: whatever was rejected came when it was full.
  const order = [...sent.entries()];
  if (blurMs > 0) order.sort(([, one], [, other]) => one.sentMs - other.sentMs || rank(one) - rank(other));
  for (const [at, event] of order) {
    const slot = slotOf(event);
    const counts =
      event.outcome === 'admitted' || (((fills(event) && isFilled) || isFull) && unexplained.has(from + at));
    const last = runs.at(-1);
    const isAlike =
      last !== undefined &&
      last.counts === counts &&
      last.slot === slot &&
      last.event.outcome === event.outcome &&
      last.event.sentMs === event.sentMs &&
      // How long it was in service.
      last.event.answeredMs === event.answeredMs;
    if (isAlike) runs[runs.length - 1] = { ...last, many: last.many + 1 };
    else runs.push({ event, slot, many: 1, counts, blurMs: 4 * blurMs });
  }
  return runs;
}

function rank({ outcome }: ProbeEvent): number {
  return outcome === 'rejected' ? 1 : 0;
}

/** By how much it is uncertain when something was decided, each way, ms. */
function jitterOf(events: readonly ProbeEvent[]): number {
  const { jitterMs, jitterFrom } = noiseOf(events);
  return jitterFrom === 'rejected' && jitterMs > 1 ? jitterMs : 0;
}

/** Sends them, at once if the known limits leave room for it; gives how many of each of the first ones passed. */
async function sendAll(
  exploration: Exploration,
  supposed: Supposed,
  { first, fill, likely, most, ends = [likely], atOnce }: Portions,
): Promise<number[]> {
  const { prober, known } = exploration;
  const { base, limit } = supposed;
  const { shape } = limit.hypothesis;
  const isHeld = shape.kind === 'concurrency';
  const some = first.flatMap(({ point, many }) => Array.from({ length: many }, () => point));
  const all = [...some, ...Array.from({ length: isHeld ? most : likely }, () => fill[0])];
  const passing = known.passing(all, prober.nowMs);
  const fitsAll = passing.every(Boolean) && all.length <= atOnce;
  // A bucket takes in more while it is filled; and whatever is filled slowly forgets in the meantime.
  const mostOver = shape.kind === 'token-bucket' || !fitsAll ? 3 * most + 20 : most;
  const asBase = async () => {
    if (fill[0].route !== base.route && !isHeld && known.passing([base], prober.nowMs)[0] === true)
      await prober.send(base);
  };
  if (prober.lagMs > 0 && !isHeld) {
    await prober.sendMany(known.fitting(some, prober.nowMs, some.length));
    await fillInSteps(exploration, fill, ends, mostOver);
    await asBase();
    return first.map(({ many }) => many);
  }
  // One by one until so many have passed: what an error answered is sent again.
  if ((!fitsAll || prober.losesSome || jitterOf(prober.events) > 0) && !isHeld) {
    const passed: number[] = [];
    for (const { point, many } of first)
      passed.push(await sendSome(exploration, throughAll(supposed, point), { chunk: many, most: many, atOnce }));
    await sendSome(exploration, fill, { chunk: likely, most: mostOver, atOnce });
    await asBase();
    return passed;
  }
  // Of places in flight only what is sent at once tells.
  const answers = await prober.sendMany(all.filter((_, at) => passing[at] === true));
  const admitted = (point: Point) =>
    answers.filter((one) => samePoint(one, point) && one.outcome === 'admitted').length;
  if (answers.at(-1)?.outcome === 'admitted' && !isHeld)
    await sendSome(exploration, fill, { chunk: likely, most: mostOver - admitted(fill[0]), atOnce });
  await asBase();
  return first.map(({ point }) => admitted(point));
}

/** At most so many steps to fill it in. */
const STEPS_MAX = 40;

/**
 * Where charges are seen late, what is sent at once passes or is rejected as one: up to each of the ends in turn, so that it shows after which it is full;
 * on with some more where it is not, up to `most`.
 */
async function fillInSteps(
  { prober, known }: Exploration,
  points: readonly Point[],
  ends: readonly number[],
  most: number,
): Promise<void> {
  const sorted = [...new Set(ends.filter((end) => end > 0))].sort((one, other) => one - other);
  const stride = Math.max(1, sorted.length / STEPS_MAX);
  const steps = sorted.filter(
    (_, at) => at === sorted.length - 1 || Math.floor(at / stride) !== Math.floor((at - 1) / stride),
  );
  const unexplained = known.unexplained.length;
  let sent = 0;
  for (let round = 0; sent < most && known.unexplained.length === unexplained; round++) {
    const next = steps[round] ?? sent + Math.max(1, Math.ceil(sent / STEPS_MAX));
    const chosen = known.fitting(points, prober.nowMs, Math.min(most, next) - sent);
    if (chosen.length === 0) return;
    await prober.sendMany(chosen);
    sent += chosen.length;
  }
}

/** Sends through the points until one is rejected that no known limit explains, or `most` passed; in as large pieces as there is room for, the first of `chunk`. */
async function sendSome(
  { prober, known }: Exploration,
  points: readonly Point[],
  { chunk, most, atOnce }: { readonly chunk: number; readonly most: number; readonly atOnce: number },
): Promise<number> {
  let passed = 0;
  for (let round = 0; round < SENDS_MAX && passed < most; round++) {
    const wanted = Math.min(atOnce, most - passed, round === 0 ? chunk : Math.max(4, passed));
    const chosen = known.fitting(points, prober.nowMs, wanted);
    if (chosen.length === 0) {
      const nextMs = Math.min(...points.map((point) => known.nextFitMs(point, prober.nowMs)));
      if (!Number.isFinite(nextMs)) break;
      await prober.waitUntil(nextMs);
      continue;
    }
    const unexplained = known.unexplained.length;
    const answers = await prober.sendMany(chosen);
    passed += answers.filter(({ outcome }: ProbeEvent) => outcome === 'admitted').length;
    if (known.unexplained.length > unexplained) break;
  }
  return passed;
}

/** The point, and the same as everybody else who shares the limit: one alone may be limited to less than it holds. */
export function throughAll({ base, others }: Supposed, point: Point): [Point, ...Point[]] {
  if (point.identity !== base.identity) return [point];
  return [point, ...others.map((identity) => ({ identity, route: point.route }))];
}
