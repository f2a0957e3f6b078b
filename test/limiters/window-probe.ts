/** Most starts of a pacer in any sliding window: under a burst, after pauses, and under traffic drawn at random. */
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { Fetch, Pipeline, Strategy } from '../../src/strategies/strategy.ts';
import { runTrial } from '../../src/trial/run-trial.ts';
import type { JobDraft } from '../../src/workload/create-workload.ts';
import { openPlatform, SERVICE_MS } from './open-platform.ts';

/** What a pacer was told to keep to, for one organization. */
export interface PacerPromise {
  readonly limit: number;
  readonly windowMs: number;
}

/** What the examples of most pacers are told, for each organization. */
export const FIVE_A_SECOND: PacerPromise = { limit: 5, windowMs: 1000 };

/** What came of it. */
export interface WindowFinding {
  /** Most starts in any sliding window of the promise's length: half open, so that starts exactly one window apart do not count together. */
  readonly startsMax: number;
  /** Most calls under way at once. */
  readonly atOnceMax: number;
  /** The soonest that 100 calls at once can be done at that limit, over the time they took. */
  readonly burstShare: number;
  /** Jobs that were not done, over all traffic. */
  readonly undone: number;
}

const BURST = 100;
const RANDOM_TRAFFICS = 20;

/** Sends all traffics through a pacer. */
export async function windowFinding(strategy: Strategy, promise: PacerPromise): Promise<WindowFinding> {
  const burst = await startsOf(strategy, burstTraffic());
  const others = [
    pausingTraffic(promise),
    ...Array.from({ length: RANDOM_TRAFFICS }, (_, n) => randomTraffic(promise, n)),
  ];
  let startsMax = mostStarts(burst.startsMs, promise.windowMs);
  let { atOnceMax, undone } = burst;
  for (const traffic of others) {
    const played = await startsOf(strategy, traffic);
    startsMax = Math.max(startsMax, mostStarts(played.startsMs, promise.windowMs));
    atOnceMax = Math.max(atOnceMax, played.atOnceMax);
    undone += played.undone;
  }
  const soonestMs = (Math.ceil(BURST / promise.limit) - 1) * promise.windowMs + SERVICE_MS;
  return { startsMax, atOnceMax, burstShare: soonestMs / burst.makespanMs, undone };
}

/** Most of the given times (ascending) that lie in any window [t, t + windowMs). */
export function mostStarts(startsMs: readonly number[], windowMs: number): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < startsMs.length; last++) {
    while (startsMs[last]! - startsMs[first]! >= windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

async function startsOf(strategy: Strategy, drafts: readonly JobDraft[]) {
  const startsMs: number[] = [];
  let underWay = 0;
  let atOnceMax = 0;
  const client: Pipeline = (fetch, { clock }): Fetch => {
    return async (input, init) => {
      startsMs.push(clock.now());
      underWay += 1;
      atOnceMax = Math.max(atOnceMax, underWay);
      const response = await fetch(input, init);
      underWay -= 1;
      return response;
    };
  };
  const scenario = openPlatform({ name: 'starts', organizations: 1, drafts, client });
  const { result } = await runTrial({ scenario, strategy, seed: 1 });
  const { metrics } = result;
  return {
    startsMs,
    atOnceMax,
    makespanMs: metrics?.makespanMs ?? Infinity,
    undone: metrics === null ? drafts.length : metrics.jobs.total - metrics.jobs.done,
  };
}

function burstTraffic(): JobDraft[] {
  return Array.from({ length: BURST }, (_, n) => draft(n, 0));
}

/** One call, then just before its window ends as many as are allowed, then as many again: what a window that opens with the first call lets through. */
function pausingTraffic({ limit, windowMs }: PacerPromise): JobDraft[] {
  const times = [
    0,
    ...repeated(limit, 0.9 * windowMs),
    ...repeated(limit, windowMs + 1),
    ...repeated(limit, 3.4 * windowMs),
  ];
  return times.map((availableMs, n) => draft(n, Math.round(availableMs)));
}

/** Groups of calls with pauses between, about as many as the limit allows. */
function randomTraffic({ limit, windowMs }: PacerPromise, number: number): JobDraft[] {
  const dice = createRandomSource(1).stream('limiters/traffic', number);
  const times: number[] = [];
  let atMs = 0;
  while (times.length < 6 * limit) {
    times.push(...repeated(dice.integer(1, Math.ceil(1.5 * limit)), atMs));
    atMs += dice.integer(1, Math.round(1.2 * windowMs));
  }
  return times.map((availableMs, n) => draft(n, availableMs));
}

function repeated(count: number, atMs: number): number[] {
  return Array.from({ length: count }, () => atMs);
}

function draft(number: number, availableMs: number): JobDraft {
  return { sender: 0, path: `/probe?n=${number}`, availableMs };
}
