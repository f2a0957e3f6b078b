/**
 * Which identities share a limit whose numbers are known on its base: a request of some of them from idle, and then the base until it is full. As
 * many fewer of the base fit as requests came of those who share it. What is compared are all groups that some set of labels makes.
 */
import type { Identity, Label, Point } from '../black-box.ts';
import { judged, type Prices, weightOf } from './costs.ts';
import type { Exploration } from './exploration.ts';
import type { Sharing } from './interference.ts';
import { play, type Supposed } from './send-mix.ts';

const LABELS: readonly Label[] = ['org', 'client', 'token', 'user', 'app', 'ip'];
const EXPERIMENTS_MAX = 8;
/** That likely is what was seen at one instant mistaken. */
const MISTAKEN = 0.05;
/** Of the weight of all groups that are left, what one must have. */
const SHARE_MIN = 0.98;
/** Of what fits, what those who are asked are sent where it is filled slowly. */
const SLOW_SHARE = 0.4;
/** So often it may not be filled at all before no more is asked. */
const FAILURES_MAX = 3;
/** Of more numbers of the base the least and the most stand for all. */
const CAPACITIES_MAX = 4;

/** All groups of identities that agree with one in some set of labels, each once, and each with that one. */
export function groupsWith(identities: readonly Identity[], base: number): number[][] {
  const known = LABELS.filter((label) => identities[base]?.labels[label] !== undefined);
  const groups = new Map<string, number[]>();
  for (let mask = 0; mask < 1 << known.length; mask++) {
    const labels = known.filter((_, at) => (mask >> at) % 2 === 1);
    const agrees = (identity: Identity) =>
      labels.every((label) => identity.labels[label] === identities[base]?.labels[label]);
    const group = identities.flatMap((identity, at) => (agrees(identity) ? [at] : []));
    groups.set(group.join(), group);
  }
  return [...groups.values()];
}

/** The same sharing with its identities asked again; `supposed` need not be sure of `others`. */
export async function askWhoShares(exploration: Exploration, supposed: Supposed, sharing: Sharing): Promise<Sharing> {
  const asking = new WhoShares(exploration, supposed, sharing);
  for (let round = 0; round < EXPERIMENTS_MAX; round++) {
    if (!(await asking.ask())) break;
  }
  return asking.sharing;
}

/** Identities: one request of each. */
type Question = readonly number[];

class WhoShares {
  readonly #exploration: Exploration;
  readonly #supposed: Supposed;
  readonly #before: Sharing;
  readonly #slots: number;
  readonly #asked = new Set<string>();
  /** One per group and capacity: what an identity costs stands behind the routes. */
  #left: readonly Prices[];
  #failures = 0;
  /** It was not filled at one instant: one request more or less does not show then. */
  #isSlow = false;
  /** Those who are known to share it do not fill it: then all who may do, and what follows is left to the replay. */
  #isStarved = false;
  /** More at once is not sent. */
  #atOnce = Number.POSITIVE_INFINITY;
  /** What confirms what is thought. */
  readonly #confirmations: Question[];

  constructor(exploration: Exploration, supposed: Supposed, before: Sharing) {
    const { identities, routes } = exploration.box;
    this.#exploration = exploration;
    this.#supposed = supposed;
    this.#before = before;
    this.#slots = routes.length;
    const { low, high } = supposed.fits;
    const between = Array.from({ length: Math.min(CAPACITIES_MAX, Math.ceil(high - low)) }, (_, at) => high - at);
    this.#left = groupsWith(identities, before.base.identity).flatMap((group) =>
      [...new Set([low, ...between])].map((capacity) => ({
        capacity,
        costs: this.#costsOf(group),
        evidence: this.#likelihoodOf(group),
      })),
    );
    this.#confirmations = this.#confirming();
  }

  /** What is known of who shares it by now. */
  get sharing(): Sharing {
    const group = this.#likeliest;
    const { base, unclear, matrix } = this.#before;
    if (group === null) return this.#before;
    const all = [...this.#exploration.box.identities.keys()];
    const decided = (identity: number) => (group.includes(identity) ? 'shared' : 'separate');
    return {
      ...this.#before,
      identities: group,
      separateIdentities: all.filter((identity) => !group.includes(identity)),
      unclear: unclear.filter((point) => point.route !== base.route),
      matrix: matrix.map((one) =>
        one.probed.route === base.route ? { ...one, outcome: decided(one.probed.identity) } : one,
      ),
    };
  }

  /** Asks what tells most. False: nothing more is to be learned. */
  async ask(): Promise<boolean> {
    const { limit, fits } = this.#supposed;
    const { base } = this.#before;
    if (this.#failures >= FAILURES_MAX) return false;
    if (this.#isStarved && this.#likeliest !== null) return false;
    const question = this.#isStarved
      ? []
      : (this.#confirmations.shift() ?? (this.#likeliest === null ? this.#next() : null));
    if (question === null) return false;
    this.#asked.add(this.#wordOf(question));
    const as = (identity: number): Point => ({ identity, route: base.route });
    const mates = [...new Set([...this.#supposed.others, ...(this.#isStarved ? this.#open : [])])].map(as);
    const portions = {
      first: question.map((identity) => ({ point: as(identity), many: this.#isSlow ? this.#manyOf(question) : 1 })),
      fill: [base, ...mates] as const,
      likely: Math.floor(fits.high) + 2,
      most: (Math.floor(fits.high) + 2) * (this.#isStarved ? mates.length + 1 : 1),
      dearest: 1,
      atOnce: this.#atOnce,
    };
    const played = await play(this.#exploration, this.#supposed, portions, ({ identity, route }) =>
      identity === base.identity ? route : this.#slots + identity,
    );
    if (!played.isFull) {
      this.#failures += 1;
      this.#isStarved = true;
      return true;
    }
    this.#isSlow = played.runs.at(-1)?.event.sentMs !== played.runs[0]?.event.sentMs;
    const { prices, isExplained } = judged(this.#left, played.runs, base.route, limit.hypothesis);
    if (isExplained && prices.length > 0) this.#left = prices;
    else if (this.#atOnce === Number.POSITIVE_INFINITY && played.together > 1) {
      // Something else rejected: what is under way leaves once it is answered.
      this.#atOnce = Math.floor(played.together / 2);
      this.#confirmations.unshift(question);
    }
    return true;
  }

  /** Everybody, as many at a time as fit. */
  #confirming(): Question[] {
    const fits = Math.max(1, Math.floor(this.#supposed.fits.low));
    const { base, identities } = this.#before;
    const others = [...this.#exploration.box.identities.keys()].filter((one) => one !== base.identity);
    const sharing = others.filter((one) => identities.includes(one));
    const separate = others.filter((one) => !identities.includes(one));
    const questions: Question[] = [[...separate, ...sharing.slice(0, fits)]];
    for (let at = fits; at < sharing.length; at += fits) questions.push(sharing.slice(at, at + fits));
    return questions;
  }

  /** What divides the groups best. */
  #next(): Question | null {
    const open = this.#open;
    const halves = open.map((_, at) => open.slice(0, at + 1));
    let best: Question | null = null;
    let most = 0;
    for (const question of [...open.map((one) => [one]), ...halves]) {
      if (this.#asked.has(this.#wordOf(question))) continue;
      const information = this.#informationOf(question);
      if (information <= most + 1e-9) continue;
      best = question;
      most = information;
    }
    return best;
  }

  #wordOf(question: Question): string {
    return `${question.join()} ${this.#isSlow}`;
  }

  /** So many requests of each that a part of what fits is missing. */
  #manyOf(question: Question): number {
    return Math.max(1, Math.floor((this.#supposed.fits.low * SLOW_SHARE) / question.length));
  }

  /** Identities that some of the groups left have, and others do not. */
  get #open(): readonly number[] {
    return [...this.#exploration.box.identities.keys()].filter((one) => this.#isOpen(one));
  }

  #isOpen(identity: number): boolean {
    const costs = new Set(this.#left.map((one) => one.costs[this.#slots + identity]));
    return costs.size > 1;
  }

  #informationOf(question: Question): number {
    const fits = Math.floor(this.#supposed.fits.low);
    const byLost = new Map<number, number>();
    let total = 0;
    for (const one of this.#left) {
      const lost = question.filter((identity) => one.costs[this.#slots + identity] === 1).length;
      const weight = one.evidence ?? 1;
      // Where the first ones fill it, none of the base tells how many more of them did not fit.
      const seen = Math.min(lost, fits);
      byLost.set(seen, (byLost.get(seen) ?? 0) + weight);
      total += weight;
    }
    return [...byLost.values()].reduce((sum, weight) => sum - (weight / total) * Math.log2(weight / total), 0);
  }

  /** The group that has nearly all of the weight; null: there is none. */
  get #likeliest(): readonly number[] | null {
    const weights = new Map<string, { weight: number; group: readonly number[] }>();
    let total = 0;
    for (const one of this.#left) {
      const group = [...this.#exploration.box.identities.keys()].filter(
        (identity) => one.costs[this.#slots + identity] === 1,
      );
      const weight = weightOf(one);
      weights.set(group.join(), { weight: weight + (weights.get(group.join())?.weight ?? 0), group });
      total += weight;
    }
    const found = [...weights.values()].find(({ weight }) => weight > SHARE_MIN * total);
    return found?.group ?? null;
  }

  #costsOf(group: readonly number[]): number[] {
    const costs: number[] = [];
    costs[this.#before.base.route] = 1;
    for (const identity of this.#exploration.box.identities.keys())
      costs[this.#slots + identity] = group.includes(identity) ? 1 : 0;
    return costs;
  }

  /** How likely a group is by what was seen at one instant. */
  #likelihoodOf(group: readonly number[]): number {
    const { identities, separateIdentities } = this.#before;
    const mistaken =
      identities.filter((one) => !group.includes(one)).length +
      separateIdentities.filter((one) => group.includes(one)).length;
    return Array.from({ length: mistaken }).reduce<number>((product) => product * MISTAKEN, 1);
  }
}
