/**
 * Events per second of virtual time, bare and as code uses it, with the fast driver and its fallback; side by side, in one run, with
 * `@sinonjs/fake-timers`. Also draws per second of the keyed dice.
 */
import { createClock } from '@sinonjs/fake-timers';
import { createRandomSource } from '../src/random/keyed-random.ts';
import { sleep } from '../src/time/clock.ts';
import type { Driver } from '../src/time/real-turns.ts';
import { createVirtualTime, type VirtualTime } from '../src/time/virtual-time.ts';

/** What one workload gave, the median of its rounds. */
export interface ClockFigure {
  readonly workload: string;
  readonly driver: Driver | 'fake-timers' | 'none';
  readonly eventsPerSecond: number;
}

const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9);
/** So many timers are pending at any time. */
const PENDING = 100;

/** Sets off `events` events in all and resolves after the last. */
type EventWorkload = (time: VirtualTime, events: number) => Promise<void>;

const workloads: Readonly<Record<string, EventWorkload>> = {
  'own events': (time, events) =>
    new Promise((resolve) => {
      let left = events;
      const fire = (delayMs: number): void => {
        left -= 1;
        if (left === 0) resolve();
        else if (left > 0) time.scheduleAt(time.nowMs + delayMs, fire, delayMs);
      };
      for (let index = 1; index <= PENDING; index++) time.scheduleAt(time.nowMs + index, fire, index);
    }),
  'timers of the clock': (time, events) =>
    timersOf((callback, delayMs) => time.clock.setTimer(callback, delayMs), events),
  'sleeps (a timer and a promise)': (time, events) => sleepers(events, (delayMs) => sleep(time.clock, delayMs)),
  'ambient setTimeout': (_, events) => timersOf((callback, delayMs) => setTimeout(callback, delayMs), events),
};

/** Measures everything. `now` is a real clock in ms. */
export async function measureClock(now: () => number, events = 1_000_000, rounds = 3): Promise<readonly ClockFigure[]> {
  const figures: ClockFigure[] = [];
  for (const [workload, set] of Object.entries(workloads)) {
    for (const driver of ['tick-callback', 'immediate-batch'] as const) {
      figures.push(await figureOf(workload, driver, rounds, () => virtualRound(set, driver, events, now)));
    }
  }
  const fewer = events / 10;
  figures.push(
    await figureOf('timers of the clock', 'fake-timers', rounds, () => fakeTimersRound(fewer, now)),
    await figureOf('dice', 'none', rounds, () => Promise.resolve(diceRound(events, now))),
  );
  return figures;
}

/** The figures as lines of text. */
export function clockText(figures: readonly ClockFigure[]): string {
  return figures
    .map(({ workload, driver, eventsPerSecond }) => {
      const perSecond = `${(eventsPerSecond / 1e6).toFixed(2)} M/s`.padStart(10);
      return `clock: ${workload.padEnd(32)} ${driver.padEnd(16)} ${perSecond}, ${(1e9 / eventsPerSecond).toFixed(0)} ns each`;
    })
    .join('\n');
}

async function figureOf(
  workload: string,
  driver: ClockFigure['driver'],
  rounds: number,
  round: () => Promise<number>,
): Promise<ClockFigure> {
  const perSecond: number[] = [];
  for (let index = 0; index < rounds; index++) perSecond.push(await round());
  const sorted = perSecond.toSorted((one, other) => one - other);
  return { workload, driver, eventsPerSecond: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
}

async function virtualRound(set: EventWorkload, driver: Driver, events: number, now: () => number): Promise<number> {
  const time = createVirtualTime({
    startsAtMs: STARTS_AT_MS,
    deadlineMs: STARTS_AT_MS + 1e9,
    driver,
    ambient: set === workloads['ambient setTimeout'],
    random: createRandomSource(1),
  });
  const fromMs = now();
  const outcome = await time.run(() => set(time, events));
  const tookMs = now() - fromMs;
  if (outcome.kind === 'failed') throw new Error(outcome.detail);
  return (time.eventsRun / tookMs) * 1000;
}

async function fakeTimersRound(events: number, now: () => number): Promise<number> {
  const clock = createClock(STARTS_AT_MS, Number.POSITIVE_INFINITY);
  const fromMs = now();
  const done = timersOf((callback, delayMs) => clock.setTimeout(callback, delayMs), events);
  await clock.runAllAsync();
  await done;
  return (events / (now() - fromMs)) * 1000;
}

function diceRound(draws: number, now: () => number): number {
  const random = createRandomSource(1);
  const orgs = Array.from({ length: 50 }, (_, org) => `org-${org}`);
  const fromMs = now();
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) sum += random.at('latency', orgs[draw % 50]!, draw);
  if (!(sum > 0)) throw new Error('Cannot measure dice: they gave nothing');
  return (draws / (now() - fromMs)) * 1000;
}

function timersOf(set: (callback: () => void, delayMs: number) => unknown, events: number): Promise<void> {
  return new Promise((resolve) => {
    let left = events;
    const start = (delayMs: number): void => {
      const fire = (): void => {
        left -= 1;
        if (left === 0) resolve();
        else if (left > 0) set(fire, delayMs);
      };
      set(fire, delayMs);
    };
    for (let index = 1; index <= PENDING; index++) start(index);
  });
}

async function sleepers(events: number, pause: (delayMs: number) => Promise<void>): Promise<void> {
  let left = events;
  const sleeper = async (delayMs: number): Promise<void> => {
    for (; left > 0; left--) await pause(delayMs);
  };
  await Promise.all(Array.from({ length: PENDING }, (_, index) => sleeper(index + 1)));
}

if (process.argv[1]?.match(/bench[/\\]clock\.[jt]s$/)) {
  process.stdout.write(`${clockText(await measureClock(() => performance.now()))}\n`);
}
