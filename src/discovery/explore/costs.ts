/** What a request of each route costs a limit, by mixing: some of one route, then the other until it is full. */
import type { Point } from '../black-box.ts';
import type { KnownLimit } from '../known-limits.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { ProbeEvent } from '../record.ts';
import type { Exploration } from './exploration.ts';

/** Dearest cost that is looked for, in units of the greatest common divisor. */
const COST_MAX = 24;
const EXPERIMENTS_MAX = 14;
/** Of the weight of all that is left, what one ratio must have to be taken for decided. */
const SHARE_MIN = 0.96;
const SLACK = 1e-6;
const SENDS_MAX = 500;
const OTHER_MAX = 3000;
/** Probes that the costs of one route are worth: so many times what fits, and some more. */
const SPENT_FITS_MAX = 6;
const SPENT_MORE = 600;
const COMPARED_MAX = 60;
/** Longer than the windows that are looked for. */
const REST_MS = 7_300_000;

/** One explanation: what one request of either route costs, and what fits. */
export interface CostCandidate {
  readonly base: number;
  readonly other: number;
  readonly capacity: number;
}

/** A mix: so many of the other route, and then of the base route until one is rejected (only the base is known to be limited by nothing tighter). */
export interface Plan {
  readonly first: number;
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

/** How many of the base route fit after `first` of the other one; -1: the first ones do not fit. */
export function predicted({ base, other, capacity }: CostCandidate, first: number): number {
  const left = capacity - first * other;
  return left < 0 ? -1 : Math.floor(left / base);
}

/** The mix that divides the candidates best, of at most `otherMost` of the other route and not `tried` yet; null: none divides them. */
export function bestMix(
  candidates: readonly CostCandidate[],
  fits: number,
  otherMost: number,
  tried: ReadonlySet<number>,
): Plan | null {
  if (candidates.length === 0) return null;
  let best: Plan | null = null;
  let bestScore = 1e-12;
  for (const first of [...mixesOf(fits), ...tellingApart(candidates)]) {
    const score = first <= otherMost && !tried.has(first) ? informationOf(candidates, first) / (first + fits + 20) : 0;
    if (score > bestScore * (1 + 1e-9)) {
      best = { first };
      bestScore = score;
    }
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

/** The smallest mixes that tell the simplest candidate from others of another ratio. */
function tellingApart(candidates: readonly CostCandidate[]): number[] {
  const best = likeliest(candidates);
  const mostOther = Math.min(OTHER_MAX, Math.floor(best.capacity / best.other));
  const counts = new Set<number>();
  let compared = 0;
  for (const one of candidates) {
    if ((one.base === best.base && one.other === best.other) || compared++ >= COMPARED_MAX) continue;
    for (let first = 0; first <= mostOther; first++) {
      if (predicted(one, first) === predicted(best, first)) continue;
      counts.add(first);
      break;
    }
  }
  return [...counts];
}

function weightOf({ base, other }: CostCandidate): number {
  return 1 / (base * base * other);
}

/** Entropy of what would come of a mix; candidates whose first ones do not fit lose some of it, since that outcome may have other causes. */
function informationOf(candidates: readonly CostCandidate[], first: number): number {
  const byOutcome = new Map<number, number>();
  let total = 0;
  for (const candidate of candidates) {
    const outcome = predicted(candidate, first);
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

/**
 * Mixes two points of one identity, from idle each time; `fits`: how many of the base route fit. Where nothing explains what came of it, something
 * else interfered: once more after a rest in which any window ends.
 */
export async function mix(
  exploration: Exploration,
  supposed: Supposed,
  base: Point,
  other: Point,
  fits: number,
): Promise<Mixed> {
  const from = exploration.prober.events.length;
  const isSpent = () => exploration.prober.events.length - from > SPENT_FITS_MAX * fits + SPENT_MORE;
  let mixed = await mixOnce(exploration, supposed, base, other, fits, isSpent);
  for (let again = 0; again < 2 && !mixed.decided && !isSpent(); again++) {
    mixed = await mixOnce(exploration, supposed, base, other, fits, isSpent, exploration.isReal ? 0 : REST_MS);
  }
  return mixed;
}

async function mixOnce(
  exploration: Exploration,
  supposed: Supposed,
  base: Point,
  other: Point,
  fits: number,
  isSpent: () => boolean,
  restMs = 0,
): Promise<Mixed> {
  const { prober } = exploration;
  let candidates = costCandidates(fits);
  let pauseMs = restMs;
  let checked = false;
  const tried = new Set<number>();
  let otherMost = Number.POSITIVE_INFINITY;
  for (let round = 0; round < EXPERIMENTS_MAX && !isSpent(); round++) {
    const plan = shareOfLikeliest(candidates) > 0.995 ? null : bestMix(candidates, fits, otherMost, tried);
    if (plan === null) break;
    const idleMs = Math.max(
      idleFromMs(exploration, supposed, candidates, base, other),
      exploration.known.idleFromMs([...throughAll(supposed, base), ...throughAll(supposed, other)]),
      prober.nowMs + pauseMs,
    );
    if (Number.isFinite(idleMs)) await prober.waitUntil(Math.ceil(idleMs) + 1);
    const from = prober.events.length;
    tried.add(plan.first);
    const passed = await sendMix(exploration, supposed, plan, candidates, base, other);
    const sent = prober.events.slice(from);
    const unexplained = new Set(exploration.known.unexplained.slice(-sent.length));
    // A rejection of the other route may be another limit's: unless the base finds it full at once, it charges, and proves nothing.
    const isFull = !sent.some(({ route, outcome }) => route === base.route && outcome === 'admitted');
    const record = sent.map((event, at) => ({
      event,
      counts: event.outcome === 'admitted' || ((event.route === base.route || isFull) && unexplained.has(from + at)),
    }));
    candidates = fitting(candidates, record, base.route, supposed);
    if (candidates.length === 0) return { candidates, decided: false };
    const { base: one, other: another } = likeliest(candidates);
    // Unequal: whether the base alone still fills it as it did says whether something else was in the way.
    if (one !== another && !checked) {
      checked = true;
      const idleAgainMs = Math.ceil(idleFromMs(exploration, supposed, candidates, base, other)) + 1;
      await prober.waitUntil(Math.max(idleAgainMs, prober.nowMs + restMs));
      const passedAlone = await sendSome(exploration, throughAll(supposed, base), fits + 1, fits + 1);
      if (passedAlone < fits) return { candidates: [], decided: false };
    }
    if (passed >= plan.first) continue;
    otherMost = Math.max(1, passed);
    pauseMs = pauseMs === 0 ? 15_000 : Math.min(pauseMs * 8, 8 * REST_MS);
    if (passed === 0) otherMost = Number.POSITIVE_INFINITY;
  }
  return {
    candidates,
    decided:
      shareOfLikeliest(candidates) > SHARE_MIN || bestMix(candidates, fits, Number.POSITIVE_INFINITY, tried) === null,
  };
}

/** Sends the mix, at once if the known limits leave room for it; gives how many of the first ones passed. */
async function sendMix(
  exploration: Exploration,
  supposed: Supposed,
  plan: Plan,
  candidates: readonly CostCandidate[],
  base: Point,
  other: Point,
): Promise<number> {
  const { prober, known } = exploration;
  const { shape } = supposed.limit.hypothesis;
  const most = Math.max(...candidates.map((each) => predicted(each, plan.first))) + 2;
  const likely = Math.max(0, predicted(likeliest(candidates), plan.first)) + 2;
  const fill = Array.from({ length: Math.min(likely, most) }, () => base);
  const all = [...Array.from({ length: plan.first }, () => other), ...fill];
  const fitsAll = known.passing(all, prober.nowMs).every(Boolean);
  // A bucket takes in more while it is filled.
  const mostOver = shape.kind === 'token-bucket' ? 3 * most + 20 : most;
  // One by one until so many have passed: what an error answered is sent again.
  if ((!fitsAll || prober.losesSome) && shape.kind !== 'concurrency') {
    const first = await sendSome(exploration, throughAll(supposed, other), plan.first, plan.first);
    await sendSome(exploration, throughAll(supposed, base), likely, mostOver);
    return first;
  }
  const answers = await prober.sendMany(all);
  const passed = (point: Point) =>
    answers.filter(({ route, outcome }) => route === point.route && outcome === 'admitted').length;
  if (answers.at(-1)?.outcome === 'admitted' && shape.kind !== 'concurrency')
    await sendSome(exploration, throughAll(supposed, base), likely, mostOver - passed(base));
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
    const fitting = known.fitting(points, prober.nowMs, wanted);
    if (fitting.length === 0) {
      const nextMs = Math.min(...points.map((point) => known.nextFitMs(point, prober.nowMs)));
      if (!Number.isFinite(nextMs)) break;
      await prober.waitUntil(nextMs);
      continue;
    }
    const unexplained = known.unexplained.length;
    const answers = await prober.sendMany(fitting);
    passed += answers.filter(({ outcome }) => outcome === 'admitted').length;
    if (known.unexplained.length > unexplained) break;
  }
  return passed;
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
  /** Other identities that share it. */
  readonly others?: readonly number[];
}

/** The point, and the same as everybody else who shares the limit: one alone may be limited to less than it holds. */
function throughAll({ others = [] }: Supposed, point: Point): Point[] {
  return [point, ...others.map((identity) => ({ identity, route: point.route }))];
}

/** Those candidates that a record from idle allows: replayed with their costs, every admission must fit and every rejection must not. */
export function fitting(
  candidates: readonly CostCandidate[],
  record: readonly { readonly event: ProbeEvent; readonly counts: boolean }[],
  baseRoute: number,
  { limit: { hypothesis } }: Supposed,
): CostCandidate[] {
  const bounds = new Map<string, { low: number; high: number }>();
  const { shape, counts } = hypothesis;
  const slack = shape.kind === 'token-bucket' || shape.kind === 'sliding-window-counter' ? SLACK : 0;
  return candidates.filter(({ base, other, capacity }) => {
    const key = counts === 'all' && shape.kind === 'token-bucket' ? `${base} ${other} ${capacity}` : `${base} ${other}`;
    let bound = bounds.get(key);
    if (bound === undefined) {
      const scaled =
        shape.kind === 'token-bucket' ? { ...shape, refillPerSecond: shape.refillPerSecond * base } : shape;
      const meter = createMeter(scaled);
      bound = { low: 0, high: Number.POSITIVE_INFINITY };
      for (const { event, counts: isEvidence } of record) {
        const { route, sentMs, answeredMs, outcome } = event;
        const cost = route === baseRoute ? base : other;
        const reach = meter.reach(cost, sentMs);
        if (outcome === 'unknown') continue;
        if (outcome === 'admitted') bound.low = Math.max(bound.low, reach - slack);
        else if (isEvidence) bound.high = Math.min(bound.high, reach + slack);
        if (outcome === 'admitted' || counts === 'all')
          meter.charge(cost, sentMs, answeredMs, outcome === 'admitted', capacity);
      }
      bounds.set(key, bound);
    }
    return bound.low <= capacity && capacity < bound.high;
  });
}

/** What mixing found out; `candidates` empty: nothing explains it. */
export interface Mixed {
  readonly candidates: readonly CostCandidate[];
  /** Whether no mix could tell those that are left apart. */
  readonly decided: boolean;
}

/** The share of the weight that the simplest ratio has. */
function shareOfLikeliest(candidates: readonly CostCandidate[]): number {
  const best = likeliest(candidates);
  const byRatio = new Map<string, number>();
  for (const each of candidates) byRatio.set(`${each.base} ${each.other}`, weightOf(each));
  const all = [...byRatio.values()].reduce((sum, weight) => sum + weight, 0);
  return weightOf(best) / all;
}

/** The simplest of what is left. */
export function likeliest(candidates: readonly CostCandidate[]): CostCandidate {
  return candidates.reduce((best, one) => (weightOf(one) > weightOf(best) ? one : best));
}

/** Greatest common divisor. */
export function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
