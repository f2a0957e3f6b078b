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
export const SEPARATE = 0.02;
/** That likely another limit rejected what an explanation does not explain. */
const INTERFERED = 0.02;
/** Explanations that are so much less likely than the likeliest are dropped, and so are more than so many. */
const HOPELESS = 1e-7;
const KEPT_MAX = 4000;
/** Of so many the next mix is chosen. */
const COMPARED_AT_ONCE_MAX = 400;
/** With less, ever so many mixes would not divide what is left. */
const INFORMATION_MIN = 0.01;

/** One explanation: what one request of each route costs, by the route's number (0: it does not share the limit), and what fits. */
export interface Prices {
  readonly capacity: number;
  /** Of routes that were not asked about yet: undefined. */
  readonly costs: readonly (number | undefined)[];
  /** How likely it is by what was seen, beside how simple it is. Default 1. */
  readonly evidence?: number;
}

/** So many of one route, and then of another one until it is rejected; `beside`: some of a third one before. */
export interface Mix {
  readonly route: number;
  readonly fill: number;
  readonly beside?: { readonly route: number; readonly many: number };
}

/** A mix, and how many of its first route. */
export interface Portion {
  readonly mix: Mix;
  readonly first: number;
}

/** One run of probes that were decided alike at one time. */
export interface Run {
  readonly event: ProbeEvent;
  /** Index of what it costs: its route's. */
  readonly slot: number;
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

/** The same, each with every cost that one more route may have. `separate`: how likely it is that it does not share the limit. */
export function withRoute(prices: readonly Prices[], route: number, separate = SEPARATE): Prices[] {
  return prices.flatMap(({ capacity, costs, evidence = 1 }) =>
    Array.from({ length: Math.min(COST_MAX, capacity) + 1 }, (_, cost) => {
      const more = [...costs];
      more[route] = cost;
      return { capacity, costs: more, evidence: evidence * (cost === 0 ? separate : 1 - separate) };
    }),
  );
}

/** How many of the fill fit after `first` of the other route; -1: the first ones do not fit, or any number of the fill would. */
export function predicted({ capacity, costs }: Prices, { route, fill, beside }: Mix, first: number): number {
  const aside = beside === undefined ? 0 : beside.many * (costs[beside.route] ?? 0);
  const left = capacity - aside - first * (costs[route] ?? 0);
  const each = costs[fill] ?? 1;
  return left < 0 || each === 0 ? -1 : Math.floor(left / each);
}

/** What divides the explanations best for what it costs, with at most `most` of the first route, and none that was `tried`; null: none divides them. */
export function bestPortion(
  prices: readonly Prices[],
  mixes: readonly Mix[],
  most: number,
  tried: ReadonlySet<string> = new Set(),
): Portion | null {
  let best: Portion | null = null;
  let bestScore = 0;
  const top = weighed(prices).slice(0, COMPARED_AT_ONCE_MAX);
  const [simplest] = top;
  if (simplest === undefined) return null;
  const { costs, capacity } = simplest.one;
  for (const mix of mixes) {
    const fits = Math.max(1, Math.floor(capacity / (costs[mix.fill] || 1)));
    for (const first of new Set([...mixesOf(fits), ...tellingApart(top, mix)])) {
      if (first > most || tried.has(wordOf({ mix, first }))) continue;
      const information = informationOf(top, mix, first);
      const score = information / (first + (mix.beside?.many ?? 0) + fits + 20);
      if (information < INFORMATION_MIN || score <= bestScore * (1 + 1e-9)) continue;
      best = { mix, first };
      bestScore = score;
    }
  }
  return best;
}

/** A portion as a word. */
export function wordOf({ mix: { route, fill, beside }, first }: Portion): string {
  return `${first} of ${route}, ${beside?.many ?? 0} of ${beside?.route ?? route}, ${fill}`;
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
function tellingApart(top: readonly Weighed[], mix: Mix): number[] {
  const best = (top[0] as Weighed).one;
  const mostOther = Math.min(OTHER_MAX, Math.floor(best.capacity / (best.costs[mix.route] || 1)));
  const ratio = ratioOf(best.costs);
  const counts = new Set<number>();
  let compared = 0;
  for (const { one } of top) {
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

/** How likely it is: most limits count each request once, some a few units more on some routes; and by what was seen. */
export function weightOf({ costs, evidence = 1 }: Prices): number {
  const least = costs.reduce<number>((cheapest, cost) => (cost ? Math.min(cheapest, cost) : cheapest), COST_MAX);
  let weight = evidence / (least * least);
  for (const cost of costs) if (cost !== undefined && cost > least) weight /= DEARER * cost;
  return weight;
}

/** Entropy of what would come of a mix; explanations by which the first ones do not fit lose some of it, since that outcome may have other causes. */
function informationOf(top: readonly Weighed[], mix: Mix, first: number): number {
  const byOutcome = new Map<number, number>();
  let total = 0;
  for (const { one, weight } of top) {
    const outcome = predicted(one, mix, first);
    total += weight;
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + weight);
  }
  let entropy = 0;
  for (const [outcome, weight] of byOutcome) {
    if (outcome >= 0) entropy -= (weight / total) * Math.log2(weight / total);
  }
  return entropy;
}

/**
 * What is left of the explanations after a record from idle, replayed with their costs: all that was admitted must fit. What was rejected although
 * it would have fitted was another limit's, which is not likely; whatever is hopeless beside the rest is dropped.
 *
 * @param lagMs how long a charge stays unseen
 */
export function judged(
  prices: readonly Prices[],
  record: readonly Run[],
  base: number,
  { shape, counts }: Hypothesis,
  lagMs = 0,
): Judged {
  const bounds = new Map<string, Range>();
  let isExplained = false;
  const slots = [...new Set([base, ...record.map(({ slot }) => slot)])];
  const bounded = counts === 'all' && shape.kind === 'token-bucket';
  const left = prices.flatMap((one) => {
    const { costs, capacity, evidence = 1 } = one;
    const key = `${slots.map((slot) => costs[slot] ?? 0).join()} ${bounded ? capacity : ''}`;
    let bound = bounds.get(key);
    if (bound === undefined) {
      const unit = costs[base] ?? 1;
      const scaled =
        shape.kind === 'token-bucket' ? { ...shape, refillPerSecond: shape.refillPerSecond * unit } : shape;
      bound = boundOf(record, costs, { shape: scaled, counts, capacity }, lagMs);
      bounds.set(key, bound);
    }
    if (bound.low > capacity) return [];
    if (capacity >= bound.high) return [{ ...one, evidence: evidence * INTERFERED }];
    isExplained = true;
    return [one];
  });
  return { prices: hopeful(left), isExplained };
}

/** What is left after a record, and whether any of it explains all that was rejected. */
interface Judged {
  readonly prices: readonly Prices[];
  readonly isExplained: boolean;
}

function hopeful(prices: readonly Prices[]): Prices[] {
  const sorted = weighed(prices);
  const least = (sorted[0]?.weight ?? 0) * HOPELESS;
  return sorted.flatMap(({ one, weight }, at) => (at < KEPT_MAX && weight >= least ? [one] : []));
}

interface Weighed {
  readonly one: Prices;
  readonly weight: number;
}

/** The likeliest first. */
function weighed(prices: readonly Prices[]): Weighed[] {
  return prices.map((one) => ({ one, weight: weightOf(one) })).sort((a, b) => b.weight - a.weight);
}

/** At least `low`, and less than `high`. */
function boundOf(
  record: readonly Run[],
  costs: readonly (number | undefined)[],
  { shape, counts, capacity }: Hypothesis,
  lagMs: number,
): Range {
  const meter = createMeter(shape);
  const rounds = shape.kind === 'token-bucket' || shape.kind === 'sliding-window-counter';
  const sinceMs = record[0]?.event.sentMs;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  const perMs = shape.kind === 'token-bucket' ? shape.refillPerSecond / 1000 : 0;
  const unseen: { readonly fromMs: number; readonly charge: () => void }[] = [];
  const see = (atMs: number) => {
    while ((unseen[0]?.fromMs ?? Number.POSITIVE_INFINITY) <= atMs) unseen.shift()?.charge();
  };
  for (const { event, slot, many, counts: isEvidence, blurMs } of record) {
    const { sentMs, answeredMs, outcome } = event;
    const cost = costs[slot] ?? 0;
    // Whoever pays nothing is not rejected by it.
    if (cost === 0 && isEvidence && outcome === 'rejected') high = 0;
    if (outcome === 'unknown' || cost === 0) continue;
    const isAdmitted = outcome === 'admitted';
    // At one instant all is whole.
    const slack = (rounds && sentMs !== sinceMs ? SLACK : 0) + perMs * blurMs;
    see(sentMs);
    // Of those that do not see each other's charges one had to fit.
    if (isAdmitted) low = Math.max(low, meter.reach(lagMs > 0 ? cost : cost * many, sentMs) - slack);
    else if (isEvidence) high = Math.min(high, meter.reach(cost, sentMs) + slack);
    if (!isAdmitted && counts === 'admitted') continue;
    const charge = () => meter.charge(cost * many, sentMs, answeredMs, isAdmitted, capacity);
    if (lagMs === 0) charge();
    else unseen.push({ fromMs: sentMs + lagMs, charge });
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

/** The likeliest of what is left, where there are more than can be told apart for each cost of one more route: where answers tell little. */
export function likeliestFew(prices: readonly Prices[]): readonly Prices[] {
  if (prices.length <= KEPT_MAX) return prices;
  const first = weighed(prices).slice(0, KEPT_MAX);
  return first.map(({ one }) => one);
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
