/** What to send next: of many simple experiments the one over which what is alive disagrees most, by more than the delays blur. */
import type { Hypothesis } from '../hypothesis.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { Meter } from '../meters/meter.ts';
import { type Alive, capacityOf, shapeOf } from './pool.ts';
import type { Volley } from './volleys.ts';

/** One thing after the other. */
export type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'burst'; readonly count: number }
  /** Single probes so long after the scan began, until one is admitted. */
  | { readonly kind: 'scan'; readonly afterMs: readonly number[] };

/** An experiment. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly score: number;
}

/** A hypothesis that stands for some of what is alive, in the state in which the record leaves it. */
export interface Supposed {
  readonly family: string;
  readonly hypothesis: Hypothesis;
  readonly meter: Meter;
}

/** What is known of the surroundings when a plan is made. */
export interface Circumstances {
  readonly nowMs: number;
  /** By how much a decision may be early or late. */
  readonly blurMs: number;
  /** From sending until everything is answered and seen. */
  readonly settleMs: number;
  /** Whether charges are seen late: then probes of one instant pass together, or not at all. */
  readonly lags: boolean;
  /** How long an admitted request is in service. */
  readonly serviceMs: number;
  readonly longestMs: number;
}

const PER_FAMILY = 6;

/** A few of each family, spread over its boxes. */
export function supposedOf(alive: readonly Alive[], volleys: readonly Volley[]): Supposed[] {
  const families = new Map<string, Alive[]>();
  for (const one of alive) {
    const family = `${one.kind} ${one.all}`;
    families.set(family, [...(families.get(family) ?? []), one]);
  }
  return [...families].flatMap(([family, some]) => {
    const sorted = some.toSorted((a, b) => scaleOf(a) - scaleOf(b));
    const count = Math.min(sorted.length, families.size > 1 ? PER_FAMILY : 4 * PER_FAMILY);
    return Array.from({ length: count }, (_, at) => {
      const chosen = sorted[Math.floor(((at + 0.5) * sorted.length) / count)] as Alive;
      const hypothesis: Hypothesis = {
        shape: shapeOf(chosen),
        counts: chosen.all ? 'all' : 'admitted',
        capacity: capacityOf(chosen),
      };
      return { family, hypothesis, meter: taught(hypothesis, volleys) };
    });
  });
}

function scaleOf({ windows, tokens }: Alive): number {
  if (windows !== null) return windows.low;
  return tokens === null ? 0 : tokens.rateLow * 1e6 + tokens.stepLow;
}

function taught({ shape, counts, capacity }: Hypothesis, volleys: readonly Volley[]): Meter {
  const meter = createMeter(shape);
  for (const { loMs, hiMs, admitted, rejected, endsMs } of volleys) {
    const atMs = (loMs + hiMs) / 2;
    if (shape.kind === 'concurrency') for (const endMs of endsMs) meter.charge(1, atMs, endMs, true, capacity);
    else if (admitted > 0) meter.charge(admitted, atMs, atMs, true, capacity);
    if (counts === 'all' && rejected > 0) meter.charge(rejected, atMs, atMs, false, capacity);
  }
  return meter;
}

/**
 * The best of the experiments; null: none tells any two apart.
 *
 * @param made how often which kind of experiment was made: what was promised and not kept is not to be expected of it again
 */
export function bestPlan(
  supposed: readonly Supposed[],
  circumstances: Circumstances,
  made: Map<string, number>,
): Plan | null {
  let best: Plan | null = null;
  for (const steps of candidates(supposed, circumstances)) {
    const often = made.get(nameOf(steps)) ?? 0;
    const score = scoreOf(steps, supposed, circumstances) / (1 + often * often);
    if (score > (best?.score ?? 0)) best = { steps, score };
  }
  if (best !== null) made.set(nameOf(best.steps), (made.get(nameOf(best.steps)) ?? 0) + 1);
  return best;
}

/** Experiments of about the same times are one kind. */
function nameOf(steps: readonly Step[]): string {
  return steps
    .slice(0, 6)
    .map((step) => (step.kind === 'wait' ? `wait ${Math.round(Math.log2(step.ms + 1) * 1.5)}` : step.kind))
    .join();
}

/** How long things take by a hypothesis: its window, or the time in which it refills, and its step. */
function timesOf({ hypothesis: { shape, capacity } }: Supposed): number[] {
  if (shape.kind === 'concurrency') return [];
  if (shape.kind !== 'token-bucket') return [shape.windowMs];
  const fillMs = (capacity / shape.refillPerSecond) * 1000;
  return shape.stepMs > 0 ? [fillMs, shape.stepMs] : [fillMs];
}

const SHARES = [0.15, 0.4, 0.7, 0.95, 1.3, 1.7];
/** Small bursts in a row, and what lies between them, in round trips: where rejected requests take fractions of tokens it adds up, and steps show. */
const PULSES = 8;
const PAUSES = [0.5, 2, 8, 40];
const TIMES_MAX = 5;
const SCANNED_MAX = 10;

function candidates(supposed: readonly Supposed[], circumstances: Circumstances): Step[][] {
  const { nowMs, longestMs, settleMs, blurMs, lags } = circumstances;
  const capacities = supposed.map(({ hypothesis }) => hypothesis.capacity);
  const most = Math.max(...capacities);
  const full: Step = { kind: 'burst', count: Math.ceil(most * 1.02) + 3 };
  const half: Step = { kind: 'burst', count: Math.max(1, Math.round(most * 0.45)) };
  const idleMs = Math.max(...supposed.map(({ meter }) => meter.idleFromMs())) + blurMs + 1;
  const restMs = Math.max(0, Math.min(longestMs, idleMs - nowMs));
  const times = spread(supposed.flatMap(timesOf), TIMES_MAX);
  const plans: Step[][] = [];
  if (lags) {
    // What passes at one instant tells nothing of the capacity, but what passes after it does.
    const one: Step = { kind: 'burst', count: 1 };
    for (const count of spread(
      capacities.flatMap((capacity) => [capacity - 1, capacity]).map(Math.floor),
      PER_FAMILY,
    )) {
      if (count >= 1) plans.push([{ kind: 'wait', ms: restMs }, { kind: 'burst', count: Math.round(count) }, one]);
    }
  }
  for (const start of restMs > settleMs ? [0, restMs] : [0]) {
    const rest: Step[] = start > 0 ? [{ kind: 'wait', ms: start }] : [];
    plans.push([...rest, full], [...rest, full, full, full]);
    const pauses = [...PAUSES.map((pause) => pause * settleMs), ...times.flatMap((ms) => [0.55 * ms, 1.02 * ms])];
    for (const pauseMs of pauses.map(Math.round)) {
      const size = 2 + Math.ceil(Math.max(0, ...supposed.map((one) => refillOf(one, pauseMs + settleMs))));
      if (size > 0.3 * most || start + PULSES * pauseMs > longestMs) continue;
      const pulse: Step[] = [
        { kind: 'wait', ms: pauseMs },
        { kind: 'burst', count: size },
      ];
      plans.push([...rest, ...(start > 0 ? [full] : []), ...Array.from({ length: PULSES }, () => pulse).flat()]);
    }
    const scans = [releasesFrom(supposed, start > 0 ? [...rest, full] : [], circumstances)];
    for (const afterMs of scans) {
      for (const count of [3, SCANNED_MAX]) {
        const chosen = apart(spread(afterMs, count), settleMs);
        if (chosen.length === 0) continue;
        const scan: Step = { kind: 'scan', afterMs: chosen };
        plans.push([...rest, ...(start > 0 ? [full] : []), scan], [...rest, ...(start > 0 ? [full] : []), scan, full]);
      }
    }
    for (const timeMs of times) {
      for (const share of SHARES) {
        const wait: Step = { kind: 'wait', ms: Math.round(timeMs * share) };
        if (timeMs * share < settleMs / 4 || timeMs * share > longestMs) continue;
        plans.push([...rest, wait, full], [...rest, full, wait, full], [...rest, full, wait, half, wait, full]);
        plans.push([...rest, full, wait, { kind: 'burst', count: 1 }]);
        if (start > 0 || restMs <= settleMs) {
          const early: Step = { kind: 'wait', ms: Math.round(timeMs * 0.4) };
          plans.push([...rest, half, early, full, wait, full]);
        }
        plans.push([...rest, full, { kind: 'wait', ms: Math.round(timeMs * 0.3) }, half, wait, full]);
      }
    }
  }
  return plans;
}

/** Tokens that come in a time, by a hypothesis. */
function refillOf({ hypothesis: { shape } }: Supposed, ms: number): number {
  return shape.kind === 'token-bucket' ? (shape.refillPerSecond * ms) / 1000 : 0;
}

/** When a probe passes next after some steps, by each hypothesis, from then on. */
function releasesFrom(supposed: readonly Supposed[], steps: readonly Step[], circumstances: Circumstances): number[] {
  return supposed
    .map((one) => {
      const { meter, nowMs } = play(one, steps, circumstances, 0, 0);
      return meter.nextFitMs(1, nowMs, one.hypothesis.capacity) - nowMs;
    })
    .filter((ms) => Number.isFinite(ms) && ms > 0 && ms <= circumstances.longestMs)
    .sort((a, b) => a - b);
}

/** At most so many of the values, evenly over their order, and what lies in the middle between them. */
function spread(values: readonly number[], most: number): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (sorted.length <= 1) return sorted;
  const between = sorted.slice(1).map((value, at) => (value + (sorted[at] as number)) / 2);
  const all = sorted.length < most ? [...sorted, ...between].sort((a, b) => a - b) : sorted;
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, at) => all[Math.round((at * (all.length - 1)) / (most - 1))] as number);
}

/** Those that leave room for an answer before the next. */
function apart(values: readonly number[], leastMs: number): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return values.flatMap((value) => {
    const ms = Math.round(value);
    if (ms - last < leastMs) return [];
    last = ms;
    return [ms];
  });
}

interface Played {
  readonly meter: Meter;
  readonly nowMs: number;
  readonly seen: readonly number[];
  readonly sent: number;
}

/** What a hypothesis says comes of some steps. Bursts are decided `shiftMs` late, the last step `lastShiftMs`. */
function play(
  { hypothesis: { shape, counts, capacity }, meter: before }: Supposed,
  steps: readonly Step[],
  { nowMs: fromMs, settleMs, serviceMs, lags }: Circumstances,
  shiftMs: number,
  lastShiftMs: number,
): Played {
  const meter = before.clone();
  const seen: number[] = [];
  let nowMs = fromMs;
  let sent = 0;
  let total = 0;
  const burst = (count: number, atMs: number) => {
    const fits = Math.max(0, Math.min(count, Math.floor(capacity - meter.reach(1, atMs) + 1 + 1e-6)));
    const passes = lags && fits > 0 && shape.kind !== 'concurrency' ? count : fits;
    for (let left = passes; left > 0; left = 0) meter.charge(passes, atMs, atMs + serviceMs, true, capacity);
    if (counts === 'all' && count > passes) meter.charge(count - passes, atMs, atMs, false, capacity);
    sent += count;
    return passes;
  };
  for (const [at, step] of steps.entries()) {
    const shift = at === steps.length - 1 ? lastShiftMs : shiftMs;
    if (step.kind === 'wait') nowMs += step.ms;
    else if (step.kind === 'burst') {
      const passes = burst(step.count, nowMs + shift);
      seen.push(passes);
      total += passes;
      nowMs += settleMs;
    } else {
      const startMs = nowMs;
      let passed = step.afterMs.length;
      for (const [index, afterMs] of step.afterMs.entries()) {
        nowMs = Math.max(nowMs, startMs + afterMs);
        const passes = burst(1, nowMs + shift);
        nowMs += settleMs;
        if (passes === 0) continue;
        passed = index;
        break;
      }
      seen.push(passed);
    }
  }
  if (seen.length > 2) seen.push(total);
  return { meter, nowMs, seen, sent };
}

/** Weight of a pair of one family, where the numbers only are left. */
const WITHIN = 0.15;

function scoreOf(steps: readonly Step[], supposed: readonly Supposed[], circumstances: Circumstances): number {
  const { blurMs } = circumstances;
  const outcomes = supposed.map((one) => {
    const plays = [
      play(one, steps, circumstances, 0, blurMs),
      play(one, steps, circumstances, blurMs, 0),
      play(one, steps, circumstances, blurMs / 2, blurMs / 2),
    ];
    const length = plays[0]?.seen.length ?? 0;
    const low = Array.from({ length }, (_, at) => Math.min(...plays.map(({ seen }) => seen[at] as number)));
    const high = Array.from({ length }, (_, at) => Math.max(...plays.map(({ seen }) => seen[at] as number)));
    return { low, high, sent: (plays[0] as Played).sent };
  });
  let apartFrom = 0;
  let pairs = 0;
  for (const [at, one] of outcomes.entries()) {
    for (let other = 0; other < at; other++) {
      const weight = supposed[at]?.family === supposed[other]?.family ? WITHIN : 1;
      pairs += weight;
      if (isApart(one, outcomes[other] as Outcome)) apartFrom += weight;
    }
  }
  const cost = outcomes.reduce((sum, { sent }) => sum + sent, 0) / outcomes.length;
  const capacity = supposed.reduce((sum, { hypothesis }) => sum + hypothesis.capacity, 0) / supposed.length;
  return pairs === 0 ? 0 : apartFrom / pairs / (cost + capacity + 30);
}

interface Outcome {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Whether two outcomes cannot be taken for each other. Of many bursts in a row some pass one more or less. */
function isApart(one: Outcome, other: Outcome): boolean {
  const margin = one.low.length > 2 ? 1 : 0;
  return one.low.some(
    (low, at) =>
      low > (other.high[at] as number) + margin || (one.high[at] as number) + margin < (other.low[at] as number),
  );
}
