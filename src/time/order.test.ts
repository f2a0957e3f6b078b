/**
 * The order of everything: virtual time against real Node, and the fast ways to drive it against the slow and safe one (a real immediate per
 * event). Random programs of timers, intervals, immediates, ticks, microtasks and promises.
 */
import { install } from '@sinonjs/fake-timers';
import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../random/keyed-random.ts';
import type { Driver } from './real-turns.ts';
import { createVirtualTime } from './virtual-time.ts';

const START_MS = Date.UTC(2025, 0, 6);

type Kind = 'tick' | 'microtask' | 'promise' | 'await' | 'immediate' | 'timer' | 'cleared' | 'interval';
const TIMELESS: readonly Kind[] = ['tick', 'microtask', 'promise', 'await', 'immediate'];
const ALL: readonly Kind[] = [...TIMELESS, 'timer', 'timer', 'timer', 'cleared', 'interval'];

/** Runs a random program: every step writes its name and the time, and sets off up to three more. Resolves with what was written. */
function randomProgram(seed: number, kinds: readonly Kind[], stepCount: number): Promise<string[]> {
  const random = createRandomSource(seed);
  const trace: string[] = [];
  const startedAtMs = Date.now();
  let started = 0;
  let pending = 0;
  return new Promise((resolve) => {
    const perform = (step: number, kind: Kind) => () => {
      const atMs = kinds === TIMELESS ? '' : ` at ${Date.now() - startedAtMs}`;
      trace.push(`${step} ${kind}${atMs}`);
      const children = 1 + Math.floor(random.at('children', step, 0) * 3);
      for (let child = 0; child < children; child++) begin();
      pending -= 1;
      if (pending === 0) resolve(trace);
    };
    const begin = () => {
      if (started === stepCount) return;
      started += 1;
      pending += 1;
      const step = started;
      const kind = kinds[Math.floor(random.at('kind', step, 0) * kinds.length)]!;
      start(kind, perform(step, kind), Math.floor(random.at('delay', step, 0) * 6));
    };
    for (let first = 0; first < 5; first++) begin();
  });
}

function start(kind: Kind, perform: () => void, delayMs: number): void {
  if (kind === 'tick') process.nextTick(perform);
  else if (kind === 'microtask') queueMicrotask(perform);
  else if (kind === 'promise')
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(perform);
  else if (kind === 'await') void performAfterAwaiting(perform, delayMs);
  else if (kind === 'immediate') setImmediate(perform);
  else if (kind === 'timer') setTimeout(perform, delayMs);
  else if (kind === 'cleared') {
    // Two timers of one instant: the first one's promise clears the second.
    const second = setTimeout(() => perform(), delayMs + 50);
    setTimeout(() => void Promise.resolve().then(() => (clearTimeout(second), perform())), delayMs);
  } else {
    const interval = setInterval(() => (clearInterval(interval), perform()), delayMs);
  }
}

async function performAfterAwaiting(perform: () => void, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await Promise.resolve();
  perform();
}

async function inVirtualTime(
  seed: number,
  kinds: readonly Kind[],
  stepCount: number,
  driver?: Driver,
): Promise<string[]> {
  const time = createVirtualTime({
    startsAtMs: START_MS,
    deadlineMs: START_MS + 1e9,
    ambient: true,
    random: createRandomSource(seed),
    ...(driver === undefined ? {} : { driver }),
  });
  const outcome = await time.run(() => randomProgram(seed, kinds, stepCount));
  if (outcome.kind === 'failed') throw new Error(outcome.detail);
  return outcome.value;
}

describe('order of execution', () => {
  test('without timers is that of real Node', async () => {
    for (let seed = 0; seed < 100; seed++) {
      // From within a macrotask, as the main function of a run is.
      await new Promise((resolve) => setImmediate(resolve));
      const real = await new Promise<string[]>((resolve) => {
        setImmediate(() => void randomProgram(seed, TIMELESS, 200).then(resolve));
      });
      expect(await inVirtualTime(seed, TIMELESS, 200)).toEqual(real);
    }
  });

  test.each<Driver>(['tick-callback', 'immediate-batch'])(
    'driven by %s is that of one real immediate per event',
    async (driver) => {
      for (let seed = 0; seed < 100; seed++) {
        const reference = await inVirtualTime(seed, ALL, 300, 'immediate');
        expect(reference).toHaveLength(300);
        expect(await inVirtualTime(seed, ALL, 300, driver)).toEqual(reference);
      }
    },
  );

  test('is the same over many real turns', async () => {
    const reference = await inVirtualTime(1, ALL, 20_000, 'immediate');
    expect(await inVirtualTime(1, ALL, 20_000, 'tick-callback')).toEqual(reference);
    expect(await inVirtualTime(1, ALL, 20_000, 'immediate-batch')).toEqual(reference);
  });

  test('an event waits for promise chains and ticks of any depth (trap 6)', async () => {
    for (const driver of ['tick-callback', 'immediate-batch'] as const) {
      const time = createVirtualTime({ startsAtMs: START_MS, deadlineMs: START_MS + 1000, driver });
      const depths: number[] = [];
      await time.run(async () => {
        let depth = 0;
        const deepen = () => {
          depth += 1;
          if (depth === 1000) return;
          if (depth % 2 === 0) queueMicrotask(deepen);
          else process.nextTick(deepen);
        };
        deepen();
        await new Promise<void>((resolve) => {
          time.clock.setTimer(() => (depths.push(depth), resolve()), 1);
        });
      });
      expect(depths).toEqual([1000]);
    }
  });

  test('arrivals may be set apart by less than a millisecond (trap 7)', async () => {
    const time = createVirtualTime({ startsAtMs: START_MS, deadlineMs: START_MS + 1000 });
    const order: number[] = [];
    await time.run(async () => {
      for (const offsetMs of [0.75, 0.25, 0.5])
        time.scheduleAt(START_MS + offsetMs, (offset) => order.push(offset), offsetMs);
      await new Promise<void>((resolve) => time.scheduleAt(START_MS + 1, resolve, undefined));
    });
    expect(order).toEqual([0.25, 0.5, 0.75]);
  });

  test('of plain timers and promises is that of fake-timers', async () => {
    const kinds: readonly Kind[] = ['promise', 'await', 'timer', 'cleared', 'interval'];
    for (let seed = 0; seed < 20; seed++) {
      const fake = install({ now: START_MS, toNotFake: ['nextTick', 'queueMicrotask'] });
      let theirs: string[] = [];
      try {
        const program = withLeastDelay(() => randomProgram(seed, kinds, 200));
        await fake.runAllAsync();
        theirs = await program;
      } finally {
        fake.uninstall();
      }
      expect(theirs).toHaveLength(200);
      expect(await inVirtualTime(seed, kinds, 200)).toEqual(theirs);
    }
  });
});

/** Gives the fake `setTimeout` and `setInterval` the least delay of Node, 1 ms; they take 0 as it is. */
function withLeastDelay<T>(main: () => T): T {
  const { setTimeout: fakeTimeout, setInterval: fakeInterval } = globalThis;
  globalThis.setTimeout = ((callback: () => void, delayMs: number) =>
    fakeTimeout(callback, Math.max(1, delayMs))) as typeof setTimeout;
  globalThis.setInterval = ((callback: () => void, delayMs: number) =>
    fakeInterval(callback, Math.max(1, delayMs))) as typeof setInterval;
  return main();
}
