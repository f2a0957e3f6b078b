/** What a request of each route costs a limit, by mixing: some of one route, then the other until it is full. */
import type { Point } from '../black-box.ts';
import type { KnownLimit } from '../known-limits.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { ProbeEvent } from '../record.ts';
import type { Exploration } from './exploration.ts';

/** Dearest cost that is looked for, in units of the greatest common divisor. */
const COST_MAX = 24;
const EXPERIMENTS_MAX = 6;
const SLACK = 1e-6;

/** One explanation: what one request of either route costs, and what fits. */
export interface CostCandidate {
  readonly base: number;
  readonly other: number;
  readonly capacity: number;
}

/** A mix and what came of it: `first` of one route, then `second` of the other until rejected. */
export interface Mix {
  readonly otherFirst: boolean;
  readonly first: number;
  readonly second: number;
}

/** All explanations of a bucket into which `fits` requests of the base route fit. */
export function costCandidates(fits: number): CostCandidate[] {
  const candidates: CostCandidate[] = [];
  for (let base = 1; base <= COST_MAX; base++) {
    for (let other = 1; other <= COST_MAX; other++) {
      if (divisor(base, other) > 1) continue;
      for (let capacity = base * fits; capacity < base * (fits + 1); capacity++) {
        if (other <= capacity) candidates.push({ base, other, capacity });
      }
    }
  }
  return candidates;
}

/** How many of the second route fit after `first` of the first one; -1: the first ones do not fit. */
export function predicted({ base, other, capacity }: CostCandidate, otherFirst: boolean, first: number): number {
  const left = capacity - first * (otherFirst ? other : base);
  return left < 0 ? -1 : Math.floor(left / (otherFirst ? base : other));
}

/** The mix that divides the candidates best; null: none divides them. */
export function bestMix(candidates: readonly CostCandidate[], fits: number): Omit<Mix, 'second'> | null {
  let best: Omit<Mix, 'second'> | null = null;
  let bestScore = 1e-9;
  for (const otherFirst of [true, false]) {
    for (const first of mixesOf(fits)) {
      const score = informationOf(candidates, otherFirst, first);
      if (score > bestScore * (1 + 1e-9)) {
        best = { otherFirst, first };
        bestScore = score;
      }
    }
  }
  return best;
}

function mixesOf(fits: number): number[] {
  const counts = new Set<number>();
  for (let share = 0; share <= 16; share++) counts.add(Math.round((fits * share) / 16));
  for (let few = 0; few <= 8; few++) counts.add(Math.min(few, fits));
  return [...counts].sort((a, b) => a - b);
}

function weightOf({ base, other }: CostCandidate): number {
  return 1 / (base * base * other);
}

/** Entropy of what would come of a mix; candidates whose first ones do not fit lose some of it, since that outcome may have other causes. */
function informationOf(candidates: readonly CostCandidate[], otherFirst: boolean, first: number): number {
  const byOutcome = new Map<number, number>();
  let total = 0;
  for (const candidate of candidates) {
    const outcome = predicted(candidate, otherFirst, first);
    const weight = weightOf(candidate);
    total += weight;
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + weight);
  }
  let entropy = 0;
  for (const [outcome, weight] of byOutcome) {
    if (outcome >= 0) entropy -= (weight / total) * Math.log2(weight / total);
  }
  return entropy;
}

/** When the limit is idle for certain, whatever the other route costs. */
function idleFromMs(
  exploration: Exploration,
  { limit }: Supposed,
  candidates: readonly CostCandidate[],
  base: Point,
  other: Point,
): number {
  const dearest = Math.max(1, ...candidates.map((each) => each.other / each.base));
  const costs = new Map([...limit.costs.keys()].map((route) => [route, route === base.route ? 1 : COST_MAX]));
  costs.set(other.route, dearest);
  return exploration.knownWith([{ ...limit, costs }]).idleFromMs([base, other]);
}

/** The limit in question: as it is known in requests of the base route. */
export interface Supposed {
  /** With a cost of 1 for all routes that share it. */
  readonly limit: KnownLimit;
}

/** Those candidates that a record from idle allows: replayed with their costs, every admission must fit and every rejection must not. */
export function fitting(
  candidates: readonly CostCandidate[],
  record: readonly ProbeEvent[],
  baseRoute: number,
  { limit: { hypothesis } }: Supposed,
): CostCandidate[] {
  const bounds = new Map<string, { low: number; high: number }>();
  const { shape, counts } = hypothesis;
  return candidates.filter(({ base, other, capacity }) => {
    const key = counts === 'all' && shape.kind === 'token-bucket' ? `${base} ${other} ${capacity}` : `${base} ${other}`;
    let bound = bounds.get(key);
    if (bound === undefined) {
      const scaled =
        shape.kind === 'token-bucket' ? { ...shape, refillPerSecond: shape.refillPerSecond * base } : shape;
      const meter = createMeter(scaled);
      bound = { low: 0, high: Number.POSITIVE_INFINITY };
      for (const { route, sentMs, answeredMs, outcome } of record) {
        const cost = route === baseRoute ? base : other;
        const reach = meter.reach(cost, sentMs);
        if (outcome === 'admitted') bound.low = Math.max(bound.low, reach - SLACK);
        else bound.high = Math.min(bound.high, reach + SLACK);
        if (outcome === 'admitted' || counts === 'all')
          meter.charge(cost, sentMs, answeredMs, outcome === 'admitted', capacity);
      }
      bounds.set(key, bound);
    }
    return bound.low <= capacity && capacity < bound.high;
  });
}

function isRejected(event: ProbeEvent | undefined): boolean {
  return event?.outcome === 'rejected';
}

/** What mixing found out; `candidates` empty: nothing explains it. */
export interface Mixed {
  readonly candidates: readonly CostCandidate[];
  readonly mixes: readonly Mix[];
}

/**
 * Mixes two points of one identity, from idle each time; `fits`: how many of the base route fit.
 */
export async function mix(
  exploration: Exploration,
  supposed: Supposed,
  base: Point,
  other: Point,
  fits: number,
): Promise<Mixed> {
  const { prober } = exploration;
  let candidates = costCandidates(fits);
  const mixes: Mix[] = [];
  for (let round = 0; round < EXPERIMENTS_MAX; round++) {
    const plan = bestMix(candidates, fits);
    if (plan === null) break;
    const idleMs = idleFromMs(exploration, supposed, candidates, base, other);
    if (Number.isFinite(idleMs)) await prober.waitUntil(idleMs + 1);
    const [one, two] = plan.otherFirst ? [other, base] : [base, other];
    const atMs = prober.nowMs;
    const from = prober.events.length;
    const room = exploration.known.room(one, atMs, plan.first);
    const most = Math.max(...candidates.map((each) => predicted(each, plan.otherFirst, plan.first)));
    const likely = predicted(likeliest(candidates), plan.otherFirst, plan.first);
    const enough = Math.min(most, Math.max(likely, 0) + 2) + 1;
    const answers = await prober.sendMany([
      ...Array.from({ length: Math.min(plan.first, room) }, () => one),
      ...Array.from({ length: enough }, () => two),
    ]);
    const passed = (point: Point) =>
      answers.filter(({ route, outcome }) => route === point.route && outcome === 'admitted').length;
    let second = passed(two);
    const first = passed(one);
    let full = isRejected(answers.at(-1));
    for (let more = 0; !full && more < 8 && second < most + 1; more++) {
      const rest = await prober.sendMany(Array.from({ length: Math.max(4, Math.ceil(second / 2)) }, () => two));
      second += rest.filter(({ outcome }) => outcome === 'admitted').length;
      full = isRejected(rest.at(-1));
    }
    mixes.push({ otherFirst: plan.otherFirst, first, second });
    const sent = prober.events.slice(from);
    const explainedBy = new Set(exploration.known.unexplained.slice(-sent.length));
    const record = sent.filter(({ outcome }, at) => outcome === 'admitted' || explainedBy.has(from + at));
    const left = fitting(candidates, record, base.route, supposed);
    if (left.length === candidates.length && first !== plan.first) break;
    candidates = left;
    if (candidates.length === 0) break;
  }
  return { candidates, mixes };
}

/** The simplest of what is left. */
export function likeliest(candidates: readonly CostCandidate[]): CostCandidate {
  return candidates.reduce((best, one) => (weightOf(one) > weightOf(best) ? one : best));
}

/** Greatest common divisor. */
export function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
