/** What requests of each route cost a limit, asked: some of one route, then of another until it is full, each time from idle. */
import type { Point } from '../black-box.ts';
import {
  bestPortion,
  COST_MAX,
  judged,
  likeliest,
  likeliestFew,
  type Mix,
  type Portion,
  predicted,
  type Prices,
  pricesOf,
  ratioOf,
  shareOfLikeliest,
  weightOf,
  withRoute,
  wordOf,
} from './costs.ts';
import type { Exploration } from './exploration.ts';
import { play, type Played, type Supposed, throughAll } from './send-mix.ts';

const EXPERIMENTS_MAX = 14;
/** Of the weight of all that is left, what one explanation must have to be taken for decided. */
const SHARE_MIN = 0.96;
/** The same where no mix that is let pass tells it from the others. */
const SHARE_ALIKE = 0.75;
/** With that much no more is asked. */
const SHARE_ENOUGH = 0.995;
/** Probes that the costs of one route are worth: so many times what fits, and some more. */
const SPENT_FITS_MAX = 6;
const SPENT_MORE = 600;
/** With fewer of the base, others that are cheaper fill more finely, and some of a third route shift where one more fits. */
const FEW = 24;
/** So many of a third one are tried. */
const BESIDE_MAX = 3;
/** So often nothing at all may explain what came of an experiment before no more is asked. */
const FAILURES_MAX = 3;

/** A route to be asked about. */
export interface AskedRoute {
  readonly route: number;
  /** How likely it is that it does not share the limit. */
  readonly separate: number;
}

/** What mixing found out. */
interface Mixed {
  /** All explanations that are left. */
  readonly prices: readonly Prices[];
  /** Routes of which it was not decided what they cost. */
  readonly undecided: ReadonlySet<number>;
}

/** Mixes each of the routes with the base's, and where that leaves something open with the others. */
export async function mixAll(
  exploration: Exploration,
  supposed: Supposed,
  routes: readonly AskedRoute[],
): Promise<Mixed> {
  const mixing = new Mixing(exploration, supposed);
  const { base, fits } = supposed;
  const asked: number[] = [];
  for (const { route, separate } of routes.toSorted((one, other) => one.separate - other.separate)) {
    mixing.open(route, separate);
    asked.push(route);
    await mixing.weigh([{ route, fill: base.route }]);
    // What is cheaper fills more finely, and what is dearer needs that.
    if (fits.low < FEW || !mixing.isDecided) await mixing.weigh(mixing.finer(asked));
  }
  return { prices: mixing.prices, undecided: mixing.undecidedOf(asked) };
}

/** Whether none of these routes shares the limit, as was seen before: many of each, and just as many of the base fit; null: that cannot be asked. */
export async function noneShares(
  exploration: Exploration,
  supposed: Supposed,
  routes: readonly number[],
): Promise<boolean | null> {
  const mixing = new Mixing(exploration, supposed);
  const { base } = supposed;
  return mixing.explainedBy(routes.map((route) => ({ point: { identity: base.identity, route }, many: COST_MAX })));
}

/** How many of the fill are expected to fit. */
interface Expected {
  readonly likely: number;
  readonly most: number;
  /** By explanation. */
  readonly ends?: readonly number[];
}

/** All explanations that are left, and the experiments that divide them. */
class Mixing {
  readonly #exploration: Exploration;
  readonly #supposed: Supposed;
  readonly #tried = new Set<string>();
  /** By route: more of it than that are not let pass, or make it unexplainable. */
  readonly #most = new Map<number, number>();
  readonly #opened: number[] = [];
  readonly #leftOpen = new Set<number>();
  #prices: readonly Prices[];
  #failures = 0;
  /** More at once is not sent: something else may limit what is under way. */
  #atOnce = Number.POSITIVE_INFINITY;

  constructor(exploration: Exploration, supposed: Supposed) {
    const { base, fits } = supposed;
    this.#exploration = exploration;
    this.#supposed = supposed;
    this.#prices = pricesOf(base.route, fits);
    if (this.#prices.length === 0)
      this.#prices = pricesOf(base.route, { low: Math.floor(fits.low), high: Math.floor(fits.high) });
  }

  get prices(): readonly Prices[] {
    return this.#prices;
  }

  get isDecided(): boolean {
    return shareOfLikeliest(this.#prices) > SHARE_ENOUGH;
  }

  /** Supposes any cost of one more route. */
  open(route: number, separate: number): void {
    const few = likeliestFew(this.#prices);
    if (few.length < this.#prices.length) {
      // What is left out here is not ruled out: these routes stay open whatever comes of the others.
      for (const one of this.undecidedOf(this.#opened)) this.#leftOpen.add(one);
      this.#prices = few;
    }
    this.#opened.push(route);
    this.#prices = withRoute(this.#prices, route, separate);
    this.#failures = 0;
  }

  /** Asks until one explanation is enough, or nothing more is to be learned from these mixes. */
  async weigh(mixes: readonly Mix[]): Promise<void> {
    const { prober } = this.#exploration;
    const from = prober.events.length;
    const most = SPENT_FITS_MAX * this.#supposed.fits.high + SPENT_MORE;
    for (let round = 0; round < EXPERIMENTS_MAX && prober.events.length - from <= most; round++) {
      if (this.isDecided || this.#failures >= FAILURES_MAX) return;
      const portion = this.#next(mixes);
      if (portion === null) return;
      await this.#ask(portion);
    }
  }

  /** Mixes of the routes asked about that fill with another route than the base, or have some of a third one beside. */
  finer(routes: readonly number[]): Mix[] {
    const { base, fits } = this.#supposed;
    const { costs } = likeliest(this.#prices);
    const of = (route: number) => costs[route] ?? 0;
    const sharing = [base.route, ...routes].filter((route) => of(route) > 0);
    const fills = sharing.filter((route) => route === base.route || of(route) < of(base.route));
    const open = routes.filter((route) => this.#shareOf([base.route, route]) <= SHARE_ENOUGH);
    return open.flatMap((route) =>
      fills
        .filter((fill) => fill !== route)
        .flatMap((fill): Mix[] => {
          const third = fits.low < FEW ? sharing.filter((one) => one !== route && one !== fill) : [];
          const besides = third.flatMap((one) =>
            Array.from({ length: BESIDE_MAX }, (_, at) => ({ route, fill, beside: { route: one, many: at + 1 } })),
          );
          return [{ route, fill }, ...besides];
        }),
    );
  }

  /**
   * Routes whose cost, beside the base's, is not decided. What no mix at all tells apart has the same effect, and the simplest stands for it; so
   * does what is far likelier than the rest where no mix that is let pass tells it from that.
   */
  undecidedOf(routes: readonly number[]): ReadonlySet<number> {
    const { base, fits } = this.#supposed;
    const share = shareOfLikeliest(this.#prices);
    const mixes = [...routes.map((route) => ({ route, fill: base.route })), ...this.finer(routes)];
    const isAlike = bestPortion(this.#prices, mixes, fits.high * COST_MAX) === null;
    if (isAlike || share > SHARE_MIN || (share > SHARE_ALIKE && this.#next(mixes) === null)) return this.#leftOpen;
    const open = routes.filter((route) => this.#shareOf([base.route, route]) <= SHARE_MIN);
    return new Set([...this.#leftOpen, ...open]);
  }

  /** Whether what is known explains that after so many of others the base fills it; null: it did not fill it. */
  async explainedBy(first: readonly { readonly point: Point; readonly many: number }[]): Promise<boolean | null> {
    const { base, limit } = this.#supposed;
    const { runs, isFull } = await this.#play(first, throughAll(this.#supposed, base), this.#fitsOf(base.route));
    if (!isFull) return null;
    const { lagMs } = this.#exploration.prober;
    const { prices, isExplained } = judged(this.#prices, runs, base.route, limit.hypothesis, lagMs);
    return isExplained && prices.length > 0;
  }

  #next(mixes: readonly Mix[]): Portion | null {
    let best: Portion | null = null;
    for (const route of new Set(mixes.map((mix) => mix.route))) {
      const ofRoute = mixes.filter((mix) => mix.route === route);
      const most = this.#most.get(route) ?? Math.ceil(this.#supposed.fits.high * COST_MAX);
      best ??= bestPortion(this.#prices, ofRoute, most, this.#tried);
    }
    return best;
  }

  async #ask(portion: Portion): Promise<void> {
    const { mix, first } = portion;
    const { base, limit } = this.#supposed;
    this.#tried.add(wordOf(portion));
    const as = (route: number): Point => ({ identity: base.identity, route });
    const beside = mix.beside === undefined ? [] : [{ point: as(mix.beside.route), many: mix.beside.many }];
    const fits = this.#prices.map((one) => predicted(one, mix, first));
    const expected = {
      likely: Math.max(0, predicted(likeliest(this.#prices), mix, first)) + 2,
      most: fits.reduce((top, each) => Math.max(top, each), 0) + 2,
      ends: fits,
    };
    const all = [...beside, { point: as(mix.route), many: first }];
    const played = await this.#play(all, throughAll(this.#supposed, as(mix.fill)), expected);
    const passed = played.passed.at(-1) ?? 0;
    const { lagMs } = this.#exploration.prober;
    const { prices, isExplained } = judged(this.#prices, played.runs, base.route, limit.hypothesis, lagMs);
    if (prices.length > 0) this.#prices = prices;
    if (prices.length > 0 && isExplained) {
      if (passed < first) this.#most.set(mix.route, Math.max(1, passed));
      return;
    }
    // Something else rejected: what is under way leaves once it is answered; then with fewer.
    this.#failures += 1;
    if (this.#atOnce === Number.POSITIVE_INFINITY && played.together > 1) {
      this.#atOnce = Math.floor(played.together / 2);
      this.#tried.delete(wordOf(portion));
    } else this.#most.set(mix.route, Math.max(1, passed < first ? passed : Math.floor(first / 2)));
  }

  #play(
    first: readonly { readonly point: Point; readonly many: number }[],
    fill: readonly [Point, ...Point[]],
    { likely, most, ends }: Expected,
  ): Promise<Played> {
    const { base } = this.#supposed;
    const dearest = this.#prices.reduce((top, { costs }) => {
      const ratios = first.map(({ point }) => (costs[point.route] ?? 0) / (costs[base.route] ?? 1));
      return Math.max(top, ...ratios);
    }, 1);
    return play(
      this.#exploration,
      this.#supposed,
      { first, fill, likely, most, ...(ends === undefined ? {} : { ends }), dearest, atOnce: this.#atOnce },
      ({ route }) => route,
    );
  }

  #fitsOf(route: number): { readonly likely: number; readonly most: number } {
    const fits = this.#prices.map((one) => predicted(one, { route, fill: route }, 0));
    const most = fits.reduce((top, each) => Math.max(top, each), 0) + 2;
    return { likely: most, most };
  }

  /** The share of the weight of those that agree with the likeliest on these routes. */
  #shareOf(routes: readonly number[]): number {
    const ratio = (one: Prices) => ratioOf(routes.map((route) => one.costs[route]));
    const best = ratio(likeliest(this.#prices));
    let own = 0;
    let all = 0;
    for (const one of this.#prices) {
      const weight = weightOf(one);
      all += weight;
      if (ratio(one) === best) own += weight;
    }
    return own / all;
  }
}
