/** Experiments to choose from, and how well each would tell the candidates apart for what it costs: simulated on a sample of them. */
import type { Hypothesis } from '../hypothesis.ts';
import type { Meter } from '../meters/meter.ts';

/** One experiment; each ends with probes until one is rejected. */
export type Plan =
  /** Probes at these times until one is admitted; then, `gapMs` later, until rejected. */
  | { readonly kind: 'scan'; readonly timesMs: readonly number[]; readonly gapMs: number }
  /** Nothing until `untilMs`; then `first` probes, and the rest `gapMs` later. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly first: number; readonly gapMs: number }
  /** Nothing until `untilMs`; then `first` probes at once, and as many again `gapMs` later, while some are still in service. */
  | { readonly kind: 'hold'; readonly untilMs: number; readonly first: number; readonly gapMs: number };

/** A hypothesis in the state after the record. */
export interface Actor {
  readonly hypothesis: Hypothesis;
  readonly meter: Meter;
  readonly weight: number;
  /** Actors of one class differ in a rate only. */
  readonly className: string;
  /** What requests have taken so far, ascending, ms. */
  readonly servicesMs: readonly number[];
}

/** What is let through: requests of one experiment, and whether rejected ones count among them. */
export interface Allowed {
  readonly requests: number;
  readonly countsRejected: boolean;
}

const ALL_ALLOWED: Allowed = { requests: Number.POSITIVE_INFINITY, countsRejected: true };

/** What it is worth that the next pass after the experiment would tell candidates apart. */
const LATER_WORTH = 0.3;
/** What an experiment costs beside its probes. */
const OVERHEAD = 8;

/** Outcomes of a class, by weight. */
type Seen = Map<string, Map<string, number>>;

/** The plan of most information per probe; null: none tells anything. `rates`: what it is worth to tell rates of one class apart, 0 to 1. */
export function choosePlan(
  plans: readonly Plan[],
  actors: readonly Actor[],
  nowMs: number,
  rates = 1,
  allowed = ALL_ALLOWED,
): Plan | null {
  let best: Plan | null = null;
  let bestScore = 1e-9;
  const already = laterOf(nowMs, actors, rates);
  for (const plan of plans) {
    const score = scoreOf(plan, actors, already, rates, allowed);
    if (score > bestScore) {
      bestScore = score;
      best = plan;
    }
  }
  return best;
}

/** How well the next pass tells the candidates apart without any experiment. */
function laterOf(nowMs: number, actors: readonly Actor[], rates: number): number {
  const seen: Seen = new Map();
  let whole = 0;
  for (const { hypothesis, meter, weight, className } of actors) {
    note(seen, className, `${Math.ceil(meter.nextFitMs(1, nowMs, hypothesis.capacity))}`, weight);
    whole += weight;
  }
  return worthOf(seen, whole, rates);
}

function scoreOf(plan: Plan, actors: readonly Actor[], already: number, rates: number, allowed: Allowed): number {
  const seen: Seen = new Map();
  const seenLater: Seen = new Map();
  let probes = 0;
  let whole = 0;
  for (const actor of actors) {
    const { outcome, later, cost } = simulate(plan, actor, allowed);
    note(seen, actor.className, outcome, actor.weight);
    note(seenLater, actor.className, `${outcome} ${later}`, actor.weight);
    probes += cost * actor.weight;
    whole += actor.weight;
  }
  const now = worthOf(seen, whole, rates);
  const later = Math.max(0, worthOf(seenLater, whole, rates) - Math.max(now, already));
  return (now + LATER_WORTH * later) / (probes / whole + OVERHEAD);
}

function note(seen: Seen, className: string, outcome: string, weight: number): void {
  let own = seen.get(className);
  if (own === undefined) seen.set(className, (own = new Map()));
  own.set(outcome, (own.get(outcome) ?? 0) + weight);
}

/** What outcomes tell, less what they tell of rates within a class as far as that is worth nothing. */
function worthOf(seen: Seen, whole: number, rates: number): number {
  const together = new Map<string, number>();
  let within = 0;
  for (const own of seen.values()) {
    let sum = 0;
    for (const [outcome, weight] of own) {
      together.set(outcome, (together.get(outcome) ?? 0) + weight);
      sum += weight;
    }
    if (rates < 1) within += (sum / whole) * entropyOf(own, sum);
  }
  return entropyOf(together, whole) - (1 - rates) * within;
}

function entropyOf(weights: ReadonlyMap<string, number>, whole: number): number {
  let entropy = 0;
  for (const weight of weights.values()) entropy -= (weight / whole) * Math.log2(weight / whole);
  return entropy;
}

/** What would be seen, in a word; when something would pass again then; and the probes that it takes. */
function simulate(
  plan: Plan,
  { hypothesis, meter, servicesMs }: Actor,
  { requests, countsRejected }: Allowed,
): { outcome: string; later: number; cost: number } {
  const { capacity, counts, shape } = hypothesis;
  const own = meter.clone();
  const room = (atMs: number) => Math.max(0, Math.floor(capacity - own.reach(0, atMs) + 1e-6));
  let outcome = '';
  let cost = 0;
  let atMs: number;
  let left = requests;
  if (plan.kind === 'scan') {
    const { timesMs } = plan;
    let at = 0;
    if (counts === 'admitted') {
      const fitsMs = own.nextFitMs(1, timesMs[0] as number, capacity);
      while (at < timesMs.length && (timesMs[at] as number) < fitsMs) at++;
    } else {
      for (; at < timesMs.length && own.reach(1, timesMs[at] as number) > capacity + 1e-6; at++) {
        own.charge(1, timesMs[at] as number, timesMs[at] as number, false, capacity);
      }
    }
    outcome = `${at}`;
    cost = Math.min(at + 1, timesMs.length);
    if (at === timesMs.length) return { outcome, later: 0, cost };
    atMs = timesMs[at] as number;
    if (room(atMs) < 1) return { outcome, later: 0, cost };
    left -= countsRejected ? at + 1 : 1;
    own.charge(1, atMs, atMs, true, capacity);
    outcome += room(atMs) > 0 ? '+' : '';
  } else if (plan.kind === 'hold') {
    atMs = plan.untilMs;
    const first = Math.min(plan.first, room(atMs));
    for (let at = 0; at < first; at++) {
      const serviceMs = servicesMs[Math.floor(((at + 0.5) / first) * servicesMs.length)] ?? 0;
      own.charge(1, atMs, atMs + serviceMs, true, capacity);
    }
    if (counts === 'all' && first < plan.first) own.charge(plan.first - first, atMs, atMs, false, capacity);
    const second = Math.min(plan.first, room(atMs + plan.gapMs));
    return { outcome: `${first}/${second}`, later: 0, cost: 2 * plan.first };
  } else {
    atMs = plan.untilMs;
    const first = Math.min(plan.first, room(atMs), left);
    if (first > 0) own.charge(first, atMs, atMs, true, capacity);
    left -= first;
    cost = plan.first;
    outcome = `${first}`;
  }
  if (shape.kind !== 'concurrency') {
    atMs += plan.gapMs;
    const rest = Math.max(0, Math.min(room(atMs), left));
    if (rest > 0) own.charge(rest, atMs, atMs, true, capacity);
    outcome += `/${rest}`;
    // A scan is judged again before what it released is drained.
    cost += plan.kind === 'scan' ? rest / 4 : rest + 1;
    if (counts === 'all') own.charge(1, atMs, atMs, false, capacity);
  }
  // All that were in service have been answered by the time that the rest is sent.
  if (shape.kind === 'concurrency') return { outcome: `${outcome}/${capacity}`, later: 0, cost: cost + capacity + 1 };
  return { outcome, later: Math.ceil(own.nextFitMs(1, atMs, capacity) - atMs), cost };
}
