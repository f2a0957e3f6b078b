/** What requests of each route cost one limit, and what it holds: all explanations, and which mix of two routes divides them best. Pure. */
import type { Hypothesis } from '../hypothesis.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { ProbeEvent } from '../record.ts';
import type { Range } from '../stream.ts';

/** Dearest cost that is looked for, in units of the greatest common divisor. */
export const COST_MAX = 24;
const SLACK = 1e-6;
const OTHER_MAX = 3000;
const COMPARED_MAX = 60;
/** So much less likely than the cheapest cost is any other one, times itself. */
const DEARER = 2;
/** That likely is a route that seemed to share the limit, and does not. */
const SEPARATE = 0.02;

/** One explanation: what one request of each route costs, by the route's number (0: it does not share the limit), and what fits. */
export interface Prices {
  readonly capacity: number;
  /** Of routes that were not asked about yet: undefined. */
  readonly costs: readonly (number | undefined)[];
}

/** So many of one route, and then of another one until it is rejected. */
export interface Mix {
  readonly route: number;
  readonly fill: number;
}

/** One run of probes that were decided alike at one time. */
export interface Run {
  readonly event: ProbeEvent;
  readonly many: number;
  /** Whether it proves something that it was rejected: another limit may have. */
  readonly counts: boolean;
  /** How long it is uncertain when it was decided, ms. */
  readonly blurMs: number;
}

/** All explanations of a limit into which so many requests of `base` fit; a fraction of a request is taken for seen. */
export function pricesOf(base: number, { low, high }: Range): Prices[] {
  const isSeen = !Number.isInteger(low) || !Number.isInteger(high);
  const least = isSeen ? low : Math.floor(low);
  const prices: Prices[] = [];
  for (let cost = 1; cost <= COST_MAX; cost++) {
    const costs: number[] = [];
    costs[base] = cost;
    const most = isSeen ? Math.floor(cost * high + SLACK) : cost * (Math.floor(high) + 1) - 1;
    for (let capacity = Math.ceil(cost * least - SLACK); capacity <= most; capacity++) prices.push({ capacity, costs });
  }
  return prices;
}

/** The same, each with every cost that one more route may have. */
export function withRoute(prices: readonly Prices[], route: number): Prices[] {
  return prices.flatMap(({ capacity, costs }) =>
    Array.from({ length: Math.min(COST_MAX, capacity) + 1 }, (_, cost) => {
      const more = [...costs];
      more[route] = cost;
      return { capacity, costs: more };
    }),
  );
}

/** How many of the fill fit after `first` of the other route; -1: the first ones do not fit. */
export function predicted({ capacity, costs }: Prices, { route, fill }: Mix, first: number): number {
  const left = capacity - first * (costs[route] ?? 0);
  return left < 0 ? -1 : Math.floor(left / (costs[fill] ?? 1));
}

/** How many of the first route to mix in, so that it divides the explanations best, at most `most` and none that was `tried`; null: none divides them. */
export function bestMix(
  prices: readonly Prices[],
  mix: Mix,
  fits: number,
  most: number,
  tried: ReadonlySet<number>,
): number | null {
  let best: number | null = null;
  let bestScore = 1e-12;
  for (const first of [...mixesOf(fits), ...tellingApart(prices, mix)]) {
    const score = first <= most && !tried.has(first) ? informationOf(prices, mix, first) / (first + fits + 20) : 0;
    if (score <= bestScore * (1 + 1e-9)) continue;
    best = first;
    bestScore = score;
  }
  return best;
}

function mixesOf(fits: number): number[] {
  const counts = new Set<number>();
  for (let share = 0; share <= 16; share++) counts.add(Math.round((fits * share) / 16));
  for (let few = 0; few <= 8; few++) counts.add(few);
  // A cheaper one may fit many times as often.
  for (let times = 1.25; times < COST_MAX; times *= 1.25) counts.add(Math.round(fits * times));
  return [...counts].sort((a, b) => a - b);
}

/** The smallest mixes that tell the simplest explanation from others. */
function tellingApart(prices: readonly Prices[], mix: Mix): number[] {
  if (prices.length === 0) return [];
  const best = likeliest(prices);
  const mostOther = Math.min(OTHER_MAX, Math.floor(best.capacity / (best.costs[mix.route] || 1)));
  const ratio = ratioOf(best.costs);
  const counts = new Set<number>();
  let compared = 0;
  for (const one of prices) {
    if (compared >= COMPARED_MAX) break;
    if (ratioOf(one.costs) === ratio) continue;
    compared += 1;
    for (let first = 0; first <= mostOther; first++) {
      if (predicted(one, mix, first) === predicted(best, mix, first)) continue;
      counts.add(first);
      break;
    }
  }
  return [...counts];
}

/** How simple it is: most limits count each request once, some a few units more on some routes. */
export function weightOf({ costs }: Prices): number {
  const least = costs.reduce<number>((cheapest, cost) => (cost ? Math.min(cheapest, cost) : cheapest), COST_MAX);
  let weight = 1 / (least * least);
  for (const cost of costs) {
    if (cost === 0) weight *= SEPARATE;
    else if (cost !== undefined && cost > least) weight /= DEARER * cost;
  }
  return weight;
}

/** Entropy of what would come of a mix; explanations by which the first ones do not fit lose some of it, since that outcome may have other causes. */
function informationOf(prices: readonly Prices[], mix: Mix, first: number): number {
  const byOutcome = new Map<number, number>();
  let total = 0;
  for (const one of prices) {
    const outcome = predicted(one, mix, first);
    const weight = weightOf(one);
    total += weight;
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + weight);
  }
  let entropy = 0;
  for (const [outcome, weight] of byOutcome) {
    if (outcome >= 0) entropy -= (weight / total) * Math.log2(weight / total);
  }
  return entropy;
}

/** Those explanations that a record from idle allows: replayed with their costs, every admission must fit and every rejection that counts must not. */
export function fitting(
  prices: readonly Prices[],
  record: readonly Run[],
  base: number,
  { shape, counts }: Hypothesis,
): Prices[] {
  const bounds = new Map<string, Range>();
  const routes = [...new Set([base, ...record.map(({ event }) => event.route)])];
  const bounded = counts === 'all' && shape.kind === 'token-bucket';
  return prices.filter(({ costs, capacity }) => {
    const key = `${routes.map((route) => costs[route] ?? 0).join()} ${bounded ? capacity : ''}`;
    let bound = bounds.get(key);
    if (bound === undefined) {
      const unit = costs[base] ?? 1;
      const scaled =
        shape.kind === 'token-bucket' ? { ...shape, refillPerSecond: shape.refillPerSecond * unit } : shape;
      bound = boundOf(record, costs, { shape: scaled, counts, capacity });
      bounds.set(key, bound);
    }
    return bound.low <= capacity && capacity < bound.high;
  });
}

/** At least `low`, and less than `high`. */
function boundOf(
  record: readonly Run[],
  costs: readonly (number | undefined)[],
  { shape, counts, capacity }: Hypothesis,
): Range {
  const meter = createMeter(shape);
  const rounds = shape.kind === 'token-bucket' || shape.kind === 'sliding-window-counter';
  const sinceMs = record[0]?.event.sentMs;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  const perMs = shape.kind === 'token-bucket' ? shape.refillPerSecond / 1000 : 0;
  for (const { event, many, counts: isEvidence, blurMs } of record) {
    const { route, sentMs, answeredMs, outcome } = event;
    const cost = costs[route] ?? 0;
    if (outcome === 'unknown' || cost === 0) continue;
    const isAdmitted = outcome === 'admitted';
    // At one instant all is whole.
    const slack = (rounds && sentMs !== sinceMs ? SLACK : 0) + perMs * blurMs;
    if (isAdmitted) low = Math.max(low, meter.reach(cost * many, sentMs) - slack);
    else if (isEvidence) high = Math.min(high, meter.reach(cost, sentMs) + slack);
    if (isAdmitted || counts === 'all') meter.charge(cost * many, sentMs, answeredMs, isAdmitted, capacity);
  }
  return { low, high };
}

/** The share of the weight that the simplest ratio has. */
export function shareOfLikeliest(prices: readonly Prices[]): number {
  if (prices.length === 0) return 0;
  const ratio = ratioOf(likeliest(prices).costs);
  let own = 0;
  let all = 0;
  for (const one of prices) {
    const weight = weightOf(one);
    all += weight;
    if (ratioOf(one.costs) === ratio) own += weight;
  }
  return own / all;
}

/** The simplest of what is left. */
export function likeliest(prices: readonly Prices[]): Prices {
  return prices.reduce((best, one) => (weightOf(one) > weightOf(best) ? one : best));
}

/** Costs without their common factor, as a word: the same for those that no request tells apart. */
export function ratioOf(costs: readonly (number | undefined)[]): string {
  const unit = unitOf(costs);
  return costs.map((cost) => (cost === undefined ? '' : cost / unit)).join();
}

/** Greatest common divisor of costs. */
export function unitOf(costs: readonly (number | undefined)[]): number {
  return costs.reduce<number>((unit, cost) => divisor(unit, cost ?? 0), 0) || 1;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
