/** What requests of each route cost a limit, asked: some of one route, then of another until it is full, each time from idle. */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { Point } from '../black-box.ts';
import type { KnownLimit } from '../known-limits.ts';
import { noiseOf } from '../noise/noise.ts';
import type { ProbeEvent } from '../record.ts';
import type { Range } from '../stream.ts';
import {
  bestMix,
  COST_MAX,
  fitting,
  likeliest,
  type Mix,
  predicted,
  type Prices,
  pricesOf,
  type Run,
  shareOfLikeliest,
  weightOf,
  withRoute,
} from './costs.ts';
import type { Exploration } from './exploration.ts';

const EXPERIMENTS_MAX = 14;
/** Of the weight of all that is left, what one explanation must have to be taken for decided. */
const SHARE_MIN = 0.96;
/** With that much no more is asked. */
const SHARE_ENOUGH = 0.995;
const SENDS_MAX = 500;
/** Probes that the costs of one route are worth: so many times what fits, and some more. */
const SPENT_FITS_MAX = 6;
const SPENT_MORE = 600;
/** With fewer of the base, others that are cheaper fill more finely. */
const FEW = 24;
/** So many times simpler is what would do without a rejection that another limit may explain. */
const SIMPLER = 8;
/** How many of a route, of those that fit, may be mixed in: fewer each time that something else seems to be in the way. */
const TRIES: readonly number[] = [COST_MAX, 0.5, 0.1];

/** The limit in question, as it is known in requests of the base route. */
interface Supposed {
  /** With a cost of 1 for all routes that share it. */
  readonly limit: KnownLimit;
  readonly base: Point;
  /** How many requests of the base route fit. */
  readonly fits: Range;
  /** Other identities that share it. */
  readonly others: readonly number[];
}

/** What mixing found out. */
interface Mixed {
  /** All explanations that are left. */
  readonly prices: readonly Prices[];
  /** Routes of which it was not decided what they cost. */
  readonly undecided: ReadonlySet<number>;
}

/** Mixes each of the routes with the base's, and with a cheaper one where few of the base fit. */
export async function mixAll(exploration: Exploration, supposed: Supposed, routes: readonly number[]): Promise<Mixed> {
  const { base, fits } = supposed;
  const undecided = new Set<number>();
  let prices: readonly Prices[] = pricesOf(base.route, fits);
  if (prices.length === 0) prices = pricesOf(base.route, { low: Math.floor(fits.low), high: Math.floor(fits.high) });
  const alone = await passingAlone(exploration, supposed, prices, routes);
  const atOnce = Math.max(fits.high, ...alone.values());
  for (const route of routes.toSorted((one, other) => (alone.get(other) ?? 0) - (alone.get(one) ?? 0))) {
    const mixed = await mixRoute(exploration, supposed, prices, route, atOnce);
    prices = mixed.prices;
    if (!mixed.decided) undecided.add(route);
  }
  return { prices, undecided };
}

/** How many of each route pass by themselves, where few of the base fit: what is cheaper than the base shows what others cost more finely. */
async function passingAlone(
  exploration: Exploration,
  supposed: Supposed,
  prices: readonly Prices[],
  routes: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const alone = new Map<number, number>();
  if (supposed.fits.low >= FEW || routes.length < 2) return alone;
  for (const route of routes) {
    await rest(exploration, supposed, withRoute(prices, route), { route, fill: route });
    const { base, fits } = supposed;
    const points = throughAll(supposed, { identity: base.identity, route });
    alone.set(route, await sendSome(exploration, points, fits.low + 1, (fits.low + 1) * COST_MAX));
  }
  return alone;
}

/** What is left after mixing in one route. Where nothing explains what came of it, something else interfered: again with fewer. */
async function mixRoute(
  exploration: Exploration,
  supposed: Supposed,
  prices: readonly Prices[],
  route: number,
  atOnce: number,
): Promise<{ readonly prices: readonly Prices[]; readonly decided: boolean }> {
  const { prober } = exploration;
  const from = prober.events.length;
  const most = SPENT_FITS_MAX * supposed.fits.high + SPENT_MORE;
  const extended = withRoute(prices, route);
  const fill = fillOf(prices, supposed);
  let left: readonly Prices[] | null = null;
  for (const share of fill === supposed.base.route ? TRIES : [TRIES[0] as number, ...TRIES]) {
    const isFirst = prober.events.length === from;
    const mix = new RouteMix(
      exploration,
      supposed,
      left ?? extended,
      { route, fill: isFirst ? fill : supposed.base.route },
      atOnce,
    );
    for (let round = 0; round < EXPERIMENTS_MAX && prober.events.length - from <= most; round++) {
      if (!(await mix.ask(share))) break;
    }
    if (!mix.isExplained) {
      left = null;
      continue;
    }
    if (mix.isDecided || fill === supposed.base.route || !isFirst)
      return { prices: mix.prices, decided: mix.isDecided };
    // What was to fill it may be limited by something tighter: the base is not.
    left = mix.prices;
  }
  return { prices: left ?? prices, decided: false };
}

/** The base, or the cheapest other route that is known to share it. */
function fillOf(prices: readonly Prices[], { base, fits }: Supposed): number {
  if (fits.low >= FEW) return base.route;
  let best = base.route;
  const { costs } = likeliest(prices);
  for (const [other, cost = 0] of costs.entries()) {
    const isSharing = prices.every((one) => (one.costs[other] ?? 0) > 0);
    if (cost > 0 && cost < (costs[best] as number) && isSharing) best = other;
  }
  return best;
}

/** One experiment, as far as it is evidence. */
interface Experiment {
  readonly runs: readonly Run[];
  /** Requests that were admitted. */
  readonly admitted: number;
}

/**
 * The experiments on one route. Another limit that is not known yet rejects what holds more requests than any that it let pass; so whatever was
 * rejected after the most requests of all proves less than the rest.
 */
class RouteMix {
  readonly #exploration: Exploration;
  readonly #supposed: Supposed;
  readonly #mix: Mix;
  readonly #start: readonly Prices[];
  readonly #experiments: Experiment[] = [];
  readonly #tried = new Set<number>();
  /** Most requests that passed between two rests so far. */
  readonly #atOnce: number;
  #all: readonly Prices[];
  #safe: readonly Prices[];
  #most = Number.POSITIVE_INFINITY;
  /** Something else rejects the fill before the limit does. */
  #isBlocked = false;

  constructor(exploration: Exploration, supposed: Supposed, start: readonly Prices[], mix: Mix, atOnce: number) {
    this.#exploration = exploration;
    this.#supposed = supposed;
    this.#mix = mix;
    this.#atOnce = atOnce;
    this.#start = start;
    this.#all = start;
    this.#safe = start;
  }

  /** Whether anything explains what came of it. */
  get isExplained(): boolean {
    return this.#safe.length > 0;
  }

  /** All explanations that are left. */
  get prices(): readonly Prices[] {
    if (this.#safe.length === 0) return this.#start;
    return this.#isContested ? this.#safe : this.#all;
  }

  get isDecided(): boolean {
    const { prices } = this;
    if (shareOfLikeliest(prices) > SHARE_MIN) return true;
    return bestMix(prices, this.#mix, this.#fits, this.#supposed.fits.high * COST_MAX, this.#tried) === null;
  }

  /** Mixes once more, at most such a share of what fits. False: nothing more is to be learned so. */
  async ask(share: number): Promise<boolean> {
    const { prices } = this;
    if (this.#isBlocked || this.#safe.length === 0 || shareOfLikeliest(prices) > SHARE_ENOUGH) return false;
    const most = Math.min(this.#most, Math.max(1, Math.ceil(this.#fits * share)));
    const first = bestMix(prices, this.#mix, this.#fits, most, this.#tried);
    if (first === null) return false;
    this.#tried.add(first);
    await rest(this.#exploration, this.#supposed, prices, this.#mix);
    const { events } = this.#exploration.prober;
    const from = events.length;
    const passed = await sendMix(this.#exploration, this.#supposed, prices, this.#mix, first);
    if (passed < first) this.#most = Math.max(1, passed);
    const admitted = events.slice(from).filter(({ outcome }) => outcome === 'admitted').length;
    const last = events.at(-1) as ProbeEvent;
    this.#isBlocked = this.#mix.fill !== last.route && last.outcome === 'admitted';
    this.#experiments.push({ runs: runsOf(this.#exploration, from, this.#supposed.base, this.#mix), admitted });
    this.#eliminate();
    return true;
  }

  get #fits(): number {
    const { costs, capacity } = likeliest(this.prices);
    return Math.max(1, Math.floor(capacity / (costs[this.#mix.fill] ?? 1)));
  }

  /** Whether something much simpler, and another limit, would explain it too. */
  get #isContested(): boolean {
    if (this.#all.length === 0) return true;
    return weightOf(likeliest(this.#safe)) > SIMPLER * weightOf(likeliest(this.#all));
  }

  #eliminate(): void {
    const { base, limit, fits } = this.#supposed;
    const most = this.#experiments.reduce((top, { admitted }) => Math.max(top, admitted), this.#atOnce);
    const isSuspect = ({ admitted }: Experiment) => admitted === most && most > fits.high;
    const left = (from: readonly Prices[], runs: readonly Run[]) => fitting(from, runs, base.route, limit.hypothesis);
    this.#all = this.#start;
    this.#safe = this.#start;
    for (const experiment of this.#experiments) {
      const { runs } = experiment;
      const admitted = runs.map((run) => ({ ...run, counts: run.event.outcome === 'admitted' }));
      this.#safe = left(this.#safe, isSuspect(experiment) ? admitted : runs);
      this.#all = left(this.#all, runs);
    }
  }
}

/** Until whatever was sent before is forgotten. */
async function rest(
  exploration: Exploration,
  { limit, base }: Supposed,
  prices: readonly Prices[],
  { route, fill }: Mix,
): Promise<void> {
  const { prober } = exploration;
  const dearest = prices.reduce((most, one) => {
    const ratio = Math.max(one.costs[route] ?? 0, one.costs[fill] ?? 0) / (one.costs[base.route] ?? 1);
    return Math.max(most, ratio);
  }, 1);
  const costs = new Map([...limit.costs.keys(), route].map((each) => [each, each === base.route ? 1 : dearest]));
  const points = [route, fill, base.route].map((each) => ({ identity: base.identity, route: each }));
  const idleMs = exploration.knownWith([{ ...limit, costs }]).idleFromMs(points);
  const restedMs = exploration.isReal ? idleMs : Math.max(idleMs, prober.nowMs + IDLE_AFTER_MS);
  if (Number.isFinite(restedMs)) await prober.waitUntil(Math.ceil(restedMs) + 1);
}

/** The events from `from` on, alike ones together. */
function runsOf({ prober, known }: Exploration, from: number, base: Point, { fill }: Mix): Run[] {
  const blurMs = jitterOf(prober.events);
  const sent = prober.events.slice(from);
  const unexplained = new Set(known.unexplained.slice(-sent.length));
  const isBase = ({ route, outcome }: ProbeEvent) => route === base.route && outcome === 'admitted';
  // A rejection of the other route may be another limit's: unless the fill finds it full at once, it charges, and proves nothing.
  const isFull = !sent.some((event) => isBase(event) || (event.route === fill && event.outcome === 'admitted'));
  // Where the base still finds room, the fill was rejected by something else.
  const isFilled = fill === base.route || !sent.slice(sent.findLastIndex(({ route }) => route === fill)).some(isBase);
  const runs: Run[] = [];
  // In which order those of one instant arrived is not known then: whatever was rejected came when it was full.
  const order = [...sent.entries()];
  if (blurMs > 0) order.sort(([, one], [, other]) => one.sentMs - other.sentMs || rank(one) - rank(other));
  for (const [at, event] of order) {
    const counts =
      event.outcome === 'admitted' || (((event.route === fill && isFilled) || isFull) && unexplained.has(from + at));
    const last = runs.at(-1);
    const isAlike =
      last !== undefined &&
      last.counts === counts &&
      last.event.route === event.route &&
      last.event.outcome === event.outcome &&
      last.event.sentMs === event.sentMs &&
      // How long it was in service.
      last.event.answeredMs === event.answeredMs;
    if (isAlike) runs[runs.length - 1] = { ...last, many: last.many + 1 };
    else runs.push({ event, many: 1, counts, blurMs: 4 * blurMs });
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

/** Sends the mix, at once if the known limits leave room for it; gives how many of the first ones passed. */
async function sendMix(
  exploration: Exploration,
  supposed: Supposed,
  prices: readonly Prices[],
  mix: Mix,
  first: number,
): Promise<number> {
  const { prober, known } = exploration;
  const { base, limit } = supposed;
  const { shape } = limit.hypothesis;
  const isHeld = shape.kind === 'concurrency';
  const other: Point = { identity: base.identity, route: mix.route };
  const filler: Point = { identity: base.identity, route: mix.fill };
  const most = prices.reduce((top, each) => Math.max(top, predicted(each, mix, first)), 0) + 2;
  const likely = Math.max(0, predicted(likeliest(prices), mix, first)) + 2;
  const fill = Array.from({ length: isHeld ? most : likely }, () => filler);
  const all = [...Array.from({ length: first }, () => other), ...fill];
  const fitsAll = known.passing(all, prober.nowMs).every(Boolean);
  // A bucket takes in more while it is filled.
  const mostOver = shape.kind === 'token-bucket' ? 3 * most + 20 : most;
  const asBase = async () => {
    if (mix.fill !== base.route && !isHeld && known.passing([base], prober.nowMs)[0] === true) await prober.send(base);
  };
  // One by one until so many have passed: what an error answered is sent again.
  if ((!fitsAll || prober.losesSome || jitterOf(prober.events) > 0) && !isHeld) {
    const passed = await sendSome(exploration, throughAll(supposed, other), first, first);
    await sendSome(exploration, throughAll(supposed, filler), likely, mostOver);
    await asBase();
    return passed;
  }
  const answers = await prober.sendMany(all);
  const passed = ({ route }: Point) =>
    answers.filter((one) => one.route === route && one.outcome === 'admitted').length;
  if (answers.at(-1)?.outcome === 'admitted' && !isHeld)
    await sendSome(exploration, throughAll(supposed, filler), likely, mostOver - passed(filler));
  await asBase();
  return passed(other);
}

/** Sends through the points until one is rejected that no known limit explains, or `most` passed; in as large pieces as there is room for, the first of `chunk`. */
async function sendSome(
  { prober, known }: Exploration,
  points: readonly Point[],
  chunk: number,
  most: number,
): Promise<number> {
  let passed = 0;
  for (let round = 0; round < SENDS_MAX && passed < most; round++) {
    const wanted = Math.min(most - passed, round === 0 ? chunk : Math.max(4, passed));
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
function throughAll({ others }: Supposed, point: Point): Point[] {
  return [point, ...others.map((identity) => ({ identity, route: point.route }))];
}
