import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../random/keyed-random.ts';
import { sleep } from './clock.ts';
import { createSystemClock } from './system-clock.ts';
import { createVirtualTime } from './virtual-time.ts';

const START_MS = Date.UTC(2025, 0, 6);

/** The real clock, in a process whose real time is virtual. */
async function inAmbientTime<T>(main: () => Promise<T>): Promise<T> {
  const time = createVirtualTime({
    startsAtMs: START_MS,
    deadlineMs: START_MS + 1e9,
    ambient: true,
    random: createRandomSource(1),
  });
  const outcome = await time.run(main);
  if (outcome.kind === 'failed') throw new Error(outcome.detail);
  return outcome.value;
}

describe('createSystemClock', () => {
  test('tells epoch time and waits as setTimeout does', async () => {
    const seen = await inAmbientTime(async () => {
      const clock = createSystemClock();
      const times = [clock.now()];
      for (const delayMs of [100, 0, 2.5]) {
        await sleep(clock, delayMs);
        times.push(clock.now());
      }
      return times.map((time) => time - START_MS);
    });
    expect(seen).toEqual([0, 100, 101, 103]);
  });

  test('foretells when a timer is due, and forgets a cleared one', async () => {
    const seen = await inAmbientTime(async () => {
      const clock = createSystemClock();
      let fired = false;
      const timer = clock.setTimer(() => (fired = true), 2.5);
      clock.clearTimer(timer);
      clock.clearTimer({ dueMs: 0 });
      await sleep(clock, 100);
      return [timer.dueMs - START_MS, fired];
    });
    expect(seen).toEqual([2, false]);
  });

  test('never decreases when the wall clock is set back', async () => {
    const seen = await inAmbientTime(async () => {
      const clock = createSystemClock();
      await sleep(clock, 1000);
      Date.now = () => START_MS - 5000;
      return clock.now() - START_MS;
    });
    expect(seen).toBe(1000);
  });
});

describe('sleep', () => {
  test('rejects with the reason of its signal, at once and under way, and leaves no timer behind', async () => {
    const seen = await inAmbientTime(async () => {
      const clock = createSystemClock();
      const early = await sleep(clock, 1000, AbortSignal.abort('early')).catch((reason: unknown) => reason);
      const controller = new AbortController();
      const late = sleep(clock, 1000, controller.signal).catch((reason: unknown) => reason);
      await sleep(clock, 10);
      controller.abort('late');
      return [early, await late, clock.now() - START_MS];
    });
    expect(seen).toEqual(['early', 'late', 10]);
  });
});
