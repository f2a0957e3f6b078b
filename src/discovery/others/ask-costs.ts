/**
 * What each route costs a limit that others use as well: most of what fits of it, then as many of the base as still pass, against what passes of the base
 * without it. What others use differs from one time to the next, so that it is asked until the mean tells.
 */
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';
import type { Filling } from './ask-who.ts';

/** Times that each is asked, at least and at most. */
const REPEATS = 3;
const REPEATS_MAX = 6;
/** Probes for one route, after which it is asked no more than at least: for large limits the rest of the budget is worth more. */
const PROBES = 16_000;
const REST_SPANS = 3;
/** Dearest cost that is looked for, in units of the greatest common divisor. */
const COST_MAX = 20;
/** A ratio is known where its standard error is less than this share of a unit: two of it are far less than what lies between small ratios. */
const SURE = 0.06;
/** Of what fits of the other route, so much is sent: all of it might be rejected in part, and what is rejected may charge. */
const SENT_SHARE = 0.6;
/** More than fits of the base, and by how much more it is tried where the other route is cheaper. */
const OVERFULL = 1.3;
const CHEAPER = 3;

/** Costs in whole units without a common factor; routes whose cost is not known cost what is likely. */
export interface AskedCosts {
  readonly costs: ReadonlyMap<number, number>;
  readonly undecided: ReadonlySet<number>;
}

interface Ratio {
  readonly ratio: number;
  readonly error: number;
}

/** Asks for the costs of the routes that share the limit with the base's. */
export async function askCosts(prober: Prober, filling: Filling, routes: readonly number[]): Promise<AskedCosts> {
  const { base } = filling;
  const alone: number[] = [];
  const ratios = new Map<number, Ratio>();
  for (const route of routes) {
    if (route !== base.route) ratios.set(route, await ratioOf(prober, filling, route, alone));
  }
  const unit = unitOf([...ratios.values()]);
  const costs = new Map([[base.route, unit]]);
  const undecided = new Set<number>();
  for (const [route, { ratio, error }] of ratios) {
    if (error * unit > SURE) undecided.add(route);
    costs.set(route, Math.max(1, Math.round(ratio * unit)));
  }
  return { costs, undecided };
}

/** What the route costs against the base. `alone`: what passed of the base without it, to which what is asked here is added. */
async function ratioOf(prober: Prober, filling: Filling, route: number, alone: number[]): Promise<Ratio> {
  const other = { identity: filling.base.identity, route };
  const sent = Math.max(1, Math.floor(SENT_SHARE * (await fitsOf(prober, filling, other))));
  const beside: number[] = [];
  let first = 0;
  let told: Ratio = { ratio: 1, error: Number.POSITIVE_INFINITY };
  const mostEvents = prober.events.length + PROBES;
  const isWorthMore = () => beside.length < REPEATS_MAX && told.error > SURE && prober.events.length < mostEvents;
  while (beside.length < REPEATS || isWorthMore()) {
    if (alone.length <= beside.length) alone.push((await volley(prober, filling, other, 0)).base);
    const seen = await volley(prober, filling, other, sent);
    beside.push(seen.base);
    first += seen.first;
    const passed = Math.max(1, first / beside.length);
    const error = Math.sqrt(variance(alone) / alone.length + variance(beside) / beside.length);
    // What is left over of either is no request any more.
    told = {
      ratio: Math.max(1 / COST_MAX, (mean(alone) - mean(beside)) / passed),
      error: (error + 0.5) / passed,
    };
  }
  return told;
}

/** The fewest units of the base that make all ratios whole, as far as they are known. */
function unitOf(ratios: readonly Ratio[]): number {
  for (let unit = 1; unit <= COST_MAX; unit++) {
    if (
      ratios.every(({ ratio, error }) => Math.abs(ratio * unit - Math.round(ratio * unit)) <= 2 * error * unit + 0.02)
    )
      return unit;
  }
  return 1;
}

/** How many of the other route fit at once. */
async function fitsOf(prober: Prober, { size, spanMs }: Filling, other: Point): Promise<number> {
  let most = 0;
  for (let count = size; count <= size * COST_MAX; count *= CHEAPER) {
    await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
    const answers = await prober.sendMany(Array.from({ length: Math.ceil(count * OVERFULL) }, () => other));
    most = answers.filter(({ outcome }) => outcome === 'admitted').length;
    if (answers.some(({ outcome }) => outcome === 'rejected')) break;
  }
  return most;
}

/** From rest on some of the other route, and then more of the base than fits. */
async function volley(
  prober: Prober,
  { base, size, spanMs }: Filling,
  other: Point,
  count: number,
): Promise<{ readonly first: number; readonly base: number }> {
  await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
  const points = [
    ...Array.from({ length: count }, () => other),
    ...Array.from({ length: Math.ceil(size * OVERFULL) + 2 }, () => base),
  ];
  const passed = (await prober.sendMany(points)).map(({ outcome }) => outcome === 'admitted');
  const many = (from: number, to?: number) => passed.slice(from, to).filter(Boolean).length;
  return { first: many(0, count), base: many(count) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) * (value - middle), 0) / Math.max(1, values.length - 1);
}
