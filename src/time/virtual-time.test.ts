import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sleep } from './clock.ts';
import { createVirtualTime, type VirtualTime, type VirtualTimeOptions } from './virtual-time.ts';

const START_MS = Date.UTC(2025, 0, 6);
const HOUR_MS = 3_600_000;

function virtualTime(options: Partial<VirtualTimeOptions> = {}): VirtualTime {
  return createVirtualTime({ startsAtMs: START_MS, deadlineMs: START_MS + HOUR_MS, ...options });
}

describe('createVirtualTime', () => {
  test('waits without waiting', async () => {
    const time = virtualTime();
    const outcome = await time.run(async () => {
      await sleep(time.clock, 1_500_000);
      await sleep(time.clock, 2_000_000);
      return time.clock.now();
    });
    expect(outcome).toEqual({ kind: 'done', value: START_MS + 3_500_000 });
    expect(time.nowMs).toBe(START_MS + 3_500_000);
  });

  test('refuses a deadline before the start', () => {
    expect(() => virtualTime({ deadlineMs: 1000 })).toThrow(
      /^Cannot create virtual time: deadlineMs must be an epoch time not before startsAtMs \(\d+\), current value is 1000$/,
    );
  });

  test('refuses an ambient run without dice', () => {
    expect(() => virtualTime({ ambient: true })).toThrow(/^Cannot create virtual time: random must be/);
  });

  test('runs once', async () => {
    const time = virtualTime();
    await time.run(async () => 1);
    await expect(time.run(async () => 2)).rejects.toThrow(/run must be called once/);
  });

  test('runs that overlap in one process do not disturb each other', async () => {
    const run = async (delayMs: number) => {
      const time = virtualTime();
      return time.run(async () => {
        for (let round = 0; round < 10_000; round++) await sleep(time.clock, delayMs);
        return time.nowMs - START_MS;
      });
    };
    const outcomes = await Promise.all([run(3), run(5)]);
    expect(outcomes).toEqual([
      { kind: 'done', value: 30_000 },
      { kind: 'done', value: 50_000 },
    ]);
  });
});

describe('Clock.setTimer', () => {
  test.each([
    [0, 1],
    [-5, 1],
    [0.5, 1],
    [1, 1],
    [1.999, 1],
    [2, 2],
    [1e-13, 1],
    [2 ** 31, 1],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])('treats a delay of %d ms by the rule of Node: %d ms', async (delayMs, expectedMs) => {
    const time = virtualTime();
    await time.run(() => sleep(time.clock, delayMs));
    expect(time.nowMs - START_MS).toBe(expectedMs);
  });

  test('takes the longest delay that Node takes', async () => {
    const time = virtualTime({ deadlineMs: START_MS + 2 ** 31 });
    await time.run(() => sleep(time.clock, 2 ** 31 - 1));
    expect(time.nowMs - START_MS).toBe(2 ** 31 - 1);
  });

  test('calls at one instant in the order of setting, with ticks and microtasks run between', async () => {
    const time = virtualTime();
    const trace: string[] = [];
    await time.run(async () => {
      for (const name of ['a', 'b']) {
        time.clock.setTimer(() => {
          trace.push(name);
          void Promise.resolve().then(() => trace.push(`${name} microtask`));
          process.nextTick(() => trace.push(`${name} tick`));
        }, 5);
      }
      await sleep(time.clock, 6);
    });
    expect(trace).toEqual(['a', 'a tick', 'a microtask', 'b', 'b tick', 'b microtask']);
  });

  test('a timer cleared by what the one before it set off does not fire', async () => {
    const time = virtualTime();
    let fired = false;
    await time.run(async () => {
      const first = sleep(time.clock, 5);
      const second = time.clock.setTimer(() => (fired = true), 5);
      await first;
      time.clock.clearTimer(second);
      await sleep(time.clock, 100);
    });
    expect(fired).toBe(false);
  });

  test('clearTimer is harmless when the timer has fired, and for a foreign timer', async () => {
    const time = virtualTime();
    const outcome = await time.run(async () => {
      const timer = time.clock.setTimer(() => {}, 1);
      await sleep(time.clock, 2);
      time.clock.clearTimer(timer);
      time.clock.clearTimer({ dueMs: 0 });
    });
    expect(outcome.kind).toBe('done');
  });
});

describe('scheduleAt', () => {
  test('keeps fractions on a grid of 1/1024 ms, rounded up, where differences are exact', async () => {
    const time = virtualTime();
    const seen: number[] = [];
    await time.run(async () => {
      for (const delayMs of [0.25, 0.1, 7.3])
        time.scheduleAt(START_MS + delayMs, () => seen.push(time.nowMs - START_MS), 0);
      await sleep(time.clock, 10);
    });
    expect(seen).toEqual([103 / 1024, 0.25, 7476 / 1024]);
  });

  test('hands its argument over, and takes the past for now', async () => {
    const time = virtualTime();
    const seen: unknown[] = [];
    await time.run(async () => {
      time.scheduleAt(0, (argument) => seen.push(argument, time.nowMs - START_MS), 'late');
      await sleep(time.clock, 1);
    });
    expect(seen).toEqual(['late', 0]);
  });

  test('refuses NaN', () => {
    expect(() => virtualTime().scheduleAt(Number.NaN, () => {}, 0)).toThrow(/dueMs must be a number/);
  });
});

describe('VirtualTime.run', () => {
  test('main that rejects fails the run', async () => {
    const error = new Error('broken');
    const outcome = await virtualTime().run(() => Promise.reject(error));
    expect(outcome).toEqual({ kind: 'failed', reason: 'threw', detail: 'Error: broken', error });
  });

  test.each<[string, (time: VirtualTime) => void]>([
    [
      'main itself',
      () => {
        throw new Error('broken');
      },
    ],
    [
      'an event',
      (time) =>
        void time.clock.setTimer(() => {
          throw new Error('broken');
        }, 1),
    ],
    [
      'a tick',
      () =>
        process.nextTick(() => {
          throw new Error('broken');
        }),
    ],
    [
      'a microtask',
      () =>
        queueMicrotask(() => {
          throw new Error('broken');
        }),
    ],
  ])('an exception thrown by %s fails the run, with every driver', async (_, misbehave) => {
    for (const driver of ['tick-callback', 'immediate-batch', 'immediate'] as const) {
      const time = virtualTime({ driver });
      const outcome = await time.run(async () => {
        misbehave(time);
        await sleep(time.clock, 1000);
      });
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'threw', detail: 'Error: broken' });
    }
  });

  test('an error that cannot be turned into text fails the run as well', async () => {
    const outcome = await virtualTime().run(() => Promise.reject(Object.create(null)));
    expect(outcome).toMatchObject({ reason: 'threw', detail: 'something that cannot be described' });
  });

  test('an event at the deadline runs, a later one fails the run', async () => {
    const time = virtualTime();
    const seen: number[] = [];
    const outcome = await time.run(async () => {
      for (const delayMs of [HOUR_MS, HOUR_MS + 1]) time.clock.setTimer(() => seen.push(delayMs), delayMs);
      await sleep(time.clock, HOUR_MS + 1);
    });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'deadline' });
    expect(seen).toEqual([HOUR_MS]);
  });

  test('a promise that never settles stalls the run', async () => {
    const outcome = await virtualTime().run(() => new Promise(() => {}));
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'stalled' });
  });

  test('a rejection that nobody handles fails the run, even in the last breath of main', async () => {
    for (const driver of ['tick-callback', 'immediate-batch'] as const) {
      const outcome = await virtualTime({ driver }).run(async () => {
        void Promise.reject(new Error('forgotten'));
      });
      expect(outcome).toMatchObject({
        reason: 'unhandled-rejection',
        detail: 'nobody handled the rejection: Error: forgotten',
      });
    }
  });

  test('a rejection handled before the next event is no failure', async () => {
    const time = virtualTime();
    const outcome = await time.run(async () => {
      const rejected = Promise.reject(new Error('handled late'));
      await Promise.resolve();
      await rejected.catch(() => {});
      return 'fine';
    });
    expect(outcome).toEqual({ kind: 'done', value: 'fine' });
  });

  test.each<[string, () => unknown]>([
    ['process.exit(3)', () => process.exit(3)],
    ['process.abort()', () => process.abort()],
    ['process.kill(process.pid, SIGKILL)', () => process.kill(process.pid, 'SIGKILL')],
  ])('%s fails the run, and does not go on after the call', async (call, leave) => {
    let wentOn = false;
    const outcome = await virtualTime().run(async () => {
      leave();
      wentOn = true;
    });
    expect(outcome).toMatchObject({ reason: 'process-exit', detail: `the code under test called ${call}` });
    expect(wentOn).toBe(false);
  });

  test('swallowing the error of process.exit does not save the run', async () => {
    const outcome = await virtualTime().run(async () => {
      try {
        process.exit(0);
      } catch {
        // swallowed
      }
    });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'process-exit' });
  });

  test('puts listeners and process functions back, after success and after failure', async () => {
    const state = () => [
      process.rawListeners('unhandledRejection'),
      process.rawListeners('uncaughtException'),
      ...(['exit', 'abort', 'kill', 'reallyExit'] as const).map((name) =>
        Object.getOwnPropertyDescriptor(process, name),
      ),
    ];
    const before = state();
    await virtualTime().run(async () => {
      process.on('unhandledRejection', () => {});
    });
    expect(state()).toEqual(before);
    await virtualTime().run(() => process.exit(1));
    expect(state()).toEqual(before);
  });
});

describe('external', () => {
  test('holds the clock while real work is under way (trap 5)', async () => {
    const compress = promisify(deflate);
    const time = virtualTime();
    let ticks = 0;
    const outcome = await time.run(async () => {
      const ticker = () => {
        ticks += 1;
        time.clock.setTimer(ticker, 1);
      };
      ticker();
      await sleep(time.clock, 10);
      const compressed = await time.external(compress(Buffer.alloc(4_000_000, 'abc')));
      return [compressed.length > 0, time.nowMs - START_MS];
    });
    expect(outcome).toEqual({ kind: 'done', value: [true, 10] });
    expect(ticks).toBe(11); // at 0, 1, ... 10 ms
  });

  test('lets events of the held instant run', async () => {
    const time = virtualTime();
    const outcome = await time.run(() =>
      time.external(
        new Promise<number>((resolve) => time.scheduleAt(START_MS, () => resolve(time.nowMs - START_MS), 0)),
      ),
    );
    expect(outcome).toEqual({ kind: 'done', value: 0 });
  });

  test('passes a rejection on and releases the clock', async () => {
    const time = virtualTime();
    const outcome = await time.run(async () => {
      const failed = await time.external(Promise.reject(new Error('disk'))).catch((error: Error) => error.message);
      await sleep(time.clock, 5);
      return failed;
    });
    expect(outcome).toEqual({ kind: 'done', value: 'disk' });
  });
});

describe('watchdogs', () => {
  test('polling without waiting fails the run (trap 4)', async () => {
    const time = virtualTime({ eventsPerInstantMax: 1000 });
    const outcome = await time.run(
      () =>
        new Promise(() => {
          const poll = () => void time.scheduleAt(time.nowMs, poll, undefined);
          poll();
        }),
    );
    expect(outcome).toMatchObject({ reason: 'too-many-events' });
    expect(time.eventsRun).toBe(1001);
  });

  test('exactly as many events at one instant as allowed are allowed', async () => {
    const time = virtualTime({ eventsPerInstantMax: 3 });
    const outcome = await time.run(async () => {
      for (let event = 0; event < 2; event++) time.scheduleAt(START_MS, () => {}, 0); // main is the third
      for (let event = 0; event < 3; event++) time.scheduleAt(START_MS + 1, () => {}, 0);
      await new Promise<void>((resolve) => time.scheduleAt(START_MS + 2, resolve, undefined));
    });
    expect(outcome.kind).toBe('done');
  });

  test('a loop that reads the clock and waits for it to go on is broken (trap 4)', async () => {
    const time = virtualTime({ readsPerEventMax: 1000 });
    let reads = 0;
    const outcome = await time.run(async () => {
      while (time.clock.now() < START_MS + 10) reads += 1;
    });
    expect(outcome).toMatchObject({ reason: 'busy-waiting' });
    expect(reads).toBe(1000);
  });

  test('a loop of microtasks that reads the clock is broken too', async () => {
    const time = virtualTime({ readsPerEventMax: 1000 });
    const outcome = await time.run(async () => {
      while (time.clock.now() < START_MS + 10) await Promise.resolve();
    });
    expect(outcome).toMatchObject({ reason: 'busy-waiting' });
  });

  test('readings are counted per event', async () => {
    const time = virtualTime({ readsPerEventMax: 10 });
    const outcome = await time.run(async () => {
      for (let event = 0; event < 100; event++) {
        for (let read = 0; read < 9; read++) time.clock.now();
        await sleep(time.clock, 1);
      }
    });
    expect(outcome.kind).toBe('done');
  });

  test('real timers and signals are heard while events are hard work', async () => {
    const time = virtualTime();
    const heard = new AbortController();
    setTimeout(() => heard.abort(), 1);
    let events = 0;
    await time.run(async () => {
      for (; events < 1000 && !heard.signal.aborted; events++) {
        await sleep(time.clock, 1);
        for (const fromMs = performance.now(); performance.now() < fromMs + 4;);
      }
    });
    expect(events).toBeLessThan(500);
  });

  test('a retrier that never gives up meets the virtual deadline (trap 8)', async () => {
    const time = virtualTime({ deadlineMs: START_MS + 5000 });
    const outcome = await time.run(async () => {
      for (;;) await sleep(time.clock, 0);
    });
    expect(outcome).toMatchObject({ reason: 'deadline' });
    expect(time.nowMs).toBe(START_MS + 5000);
  });
});
