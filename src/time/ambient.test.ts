import { AsyncLocalStorage } from 'node:async_hooks';
import { performance as importedPerformance } from 'node:perf_hooks';
import timersModule, { setTimeout as importedSetTimeout } from 'node:timers';
import timersPromises, {
  scheduler,
  setImmediate as immediatePromise,
  setInterval as intervalIterator,
  setTimeout as timeoutPromise,
} from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../random/keyed-random.ts';
import { createVirtualTime, type VirtualOutcome, type VirtualTimeOptions } from './virtual-time.ts';

const START_MS = Date.UTC(2025, 0, 6);
const DAY_MS = 86_400_000;

function run<T>(main: () => Promise<T>, options: Partial<VirtualTimeOptions> = {}): Promise<VirtualOutcome<T>> {
  return createVirtualTime({
    startsAtMs: START_MS,
    deadlineMs: START_MS + 30 * DAY_MS,
    ambient: true,
    random: createRandomSource(1),
    ...options,
  }).run(main);
}

/** Runs `main` and returns its value; a failed run fails the test. */
async function valueOf<T>(main: () => Promise<T>, options: Partial<VirtualTimeOptions> = {}): Promise<T> {
  const outcome = await run(main, options);
  if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.value;
}

const elapsedMs = () => Date.now() - START_MS;
const pause = (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs));

/** Every own property of what is patched, by name; and what was imported from there. */
function reachableProperties(): Map<string, unknown> {
  const holders = {
    globalThis,
    timersModule,
    timersPromises,
    scheduler,
    performance,
    process,
    AbortSignal,
    Math,
    Date,
  };
  const found = new Map<string, unknown>([
    ['import setTimeout', importedSetTimeout],
    ['import promises.setTimeout', timeoutPromise],
    ['import promises.setImmediate', immediatePromise],
    ['import promises.setInterval', intervalIterator],
    ['Date.prototype.constructor', Date.prototype.constructor],
  ]);
  for (const [holder, properties] of Object.entries(holders)) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(properties))) {
      for (const [field, value] of Object.entries(descriptor)) found.set(`${holder}.${key} ${field}`, value);
    }
  }
  return found;
}

function changedSince(before: Map<string, unknown>): string[] {
  const now = reachableProperties();
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].filter((name) => !Object.is(before.get(name), now.get(name)) || before.has(name) !== now.has(name));
}

describe('installAmbient', () => {
  test('a nested installation is refused', async () => {
    const inner = await valueOf(() => run(async () => 1).catch((error: Error) => error.message));
    expect(inner).toBe(
      'Cannot install ambient time: only one virtual time may be installed in a process at a time, one is',
    );
  });

  test('a start before 2024 is refused: libraries take such times for seconds, or for unset (trap 2)', async () => {
    const before = { startsAtMs: Date.UTC(2024, 0, 1) - 1 };
    await expect(run(async () => 1, before)).rejects.toThrow(
      /startsAtMs must be at least 1704067200000 \(2024-01-01\)/,
    );
    await expect(run(async () => 1, { startsAtMs: Date.UTC(2024, 0, 1) })).resolves.toMatchObject({ kind: 'done' });
  });

  test('everything is restored exactly, after success, failure and leaving', async () => {
    const before = reachableProperties();
    const during = await valueOf(async () => changedSince(before).toSorted());
    expect(during).toMatchInlineSnapshot(`
      [
        "AbortSignal.timeout value",
        "Date.now value",
        "Date.prototype.constructor",
        "Math.random value",
        "globalThis.Date value",
        "globalThis.clearImmediate value",
        "globalThis.clearInterval value",
        "globalThis.clearTimeout value",
        "globalThis.setImmediate value",
        "globalThis.setInterval value",
        "globalThis.setTimeout value",
        "import promises.setImmediate",
        "import promises.setInterval",
        "import promises.setTimeout",
        "import setTimeout",
        "performance.now configurable",
        "performance.now enumerable",
        "performance.now value",
        "performance.now writable",
        "performance.timeOrigin configurable",
        "performance.timeOrigin enumerable",
        "performance.timeOrigin value",
        "performance.timeOrigin writable",
        "process.abort value",
        "process.exit value",
        "process.hrtime value",
        "process.kill value",
        "process.reallyExit value",
        "process.uptime value",
        "scheduler.wait configurable",
        "scheduler.wait enumerable",
        "scheduler.wait value",
        "scheduler.wait writable",
        "scheduler.yield configurable",
        "scheduler.yield enumerable",
        "scheduler.yield value",
        "scheduler.yield writable",
        "timersModule.clearImmediate value",
        "timersModule.clearInterval value",
        "timersModule.clearTimeout value",
        "timersModule.setImmediate value",
        "timersModule.setInterval value",
        "timersModule.setTimeout value",
        "timersPromises.setImmediate value",
        "timersPromises.setInterval value",
        "timersPromises.setTimeout value",
      ]
    `);
    expect(changedSince(before)).toEqual([]);
    await run(() => Promise.reject(new Error('broken')));
    expect(changedSince(before)).toEqual([]);
    await run(() => process.exit(1));
    expect(changedSince(before)).toEqual([]);
  });

  test('functions captured during one run are right in the next, and real between (trap 10)', async () => {
    const captured = await valueOf(async () => ({ setTimeout, Date, now: performance.now.bind(performance) }));
    const realTimes = [Date.now(), captured.Date.now(), Date.now()];
    expect(realTimes).toEqual(realTimes.toSorted((one, other) => one - other));
    const timers = [setTimeout(() => {}, 1e6), captured.setTimeout(() => {}, 1e6)];
    for (const timer of timers) clearTimeout(timer);
    expect(timers[1]!.constructor).toBe(timers[0]!.constructor);
    const later = await valueOf(async () => {
      const from = captured.now();
      await new Promise<void>((resolve) => captured.setTimeout(resolve, DAY_MS));
      return [captured.Date.now() - START_MS, captured.now() - from];
    });
    expect(later).toEqual([DAY_MS, DAY_MS]);
  });
});

describe('Date in ambient time', () => {
  test('stands at the start and goes with the timers, in whole milliseconds', async () => {
    const times = await valueOf(async () => {
      const before = [Date.now(), new Date().getTime(), Date.parse(Date())];
      await pause(1500);
      return [...before, Date.now(), new Date().getTime()];
    });
    expect(times).toEqual([START_MS, START_MS, START_MS, START_MS + 1500, START_MS + 1500]);
  });

  test("cuts the fraction of the time that the driver's own events have", async () => {
    const time = createVirtualTime({
      startsAtMs: START_MS,
      deadlineMs: START_MS + 1000,
      ambient: true,
      random: createRandomSource(1),
    });
    const outcome = await time.run(
      () =>
        new Promise((resolve) => {
          time.scheduleAt(START_MS + 7.75, () => resolve([time.nowMs, Date.now(), new Date().getTime()]), undefined);
        }),
    );
    expect(outcome).toMatchObject({ value: [START_MS + 7.75, START_MS + 7, START_MS + 7] });
  });

  test('is a Date in every other way', async () => {
    const madeBefore = new Date(0);
    const facts = await valueOf(async () => {
      class Stamp extends Date {
        readonly isStamp = true;
      }
      const Constructor = new Date(0).constructor as DateConstructor;
      const stamp = new Stamp();
      return {
        older: madeBefore instanceof Date,
        redirected: new Constructor().getTime(),
        parts: new Date(2025, 1, 3, 4, 5, 6, 7).getTime() === new Date('2025-02-03T04:05:06.007').getTime(),
        iso: new Date('2025-01-01T00:00:00Z').toISOString(),
        utc: Date.UTC(2025, 0, 1),
        name: Date.name,
        parameters: Date.length,
        text: typeof Date(),
        stamp: [stamp instanceof Stamp, stamp instanceof Date, stamp.isStamp, stamp.getTime()],
        plain: Object.getPrototypeOf(new Date()) === Date.prototype,
      };
    });
    expect(facts).toEqual({
      older: true,
      redirected: START_MS,
      parts: true,
      iso: '2025-01-01T00:00:00.000Z',
      utc: Date.UTC(2025, 0, 1),
      name: 'Date',
      parameters: 7,
      text: 'string',
      stamp: [true, true, true, START_MS],
      plain: true,
    });
  });
});

describe('monotonic clocks in ambient time', () => {
  test('go with the timers', async () => {
    const differences = await valueOf(async () => {
      const from = [performance.now(), process.uptime(), process.hrtime.bigint()] as const;
      const pair = process.hrtime();
      await pause(1234);
      return {
        performance: performance.now() - from[0],
        imported: importedPerformance.now() - from[0],
        uptime: process.uptime() - from[1],
        bigint: process.hrtime.bigint() - from[2],
        pair: process.hrtime(pair),
        origin: performance.timeOrigin + performance.now(),
      };
    });
    expect(differences).toEqual({
      performance: 1234,
      imported: 1234,
      uptime: expect.closeTo(1.234, 9),
      bigint: 1_234_000_000n,
      pair: [1, 234_000_000],
      origin: START_MS + 1234,
    });
  });

  test('do not jump backwards when installed, nor from run to run (trap 12)', async () => {
    const read = async () => [performance.now(), process.uptime(), Number(process.hrtime.bigint())];
    const readings = [await read()];
    const runThenRead = async () => {
      await pause(3 * DAY_MS);
      return read();
    };
    readings.push(await valueOf(runThenRead), await valueOf(read), await valueOf(runThenRead));
    for (let later = 1; later < readings.length; later++) {
      for (const clock of [0, 1, 2]) expect(readings[later]![clock]).toBeGreaterThan(readings[later - 1]![clock]!);
    }
  });

  test('stand at the same phase of any window at the start of every run', async () => {
    const phase = async () => [performance.now() % 3_600_000, process.hrtime.bigint() % 3_600_000_000_000n];
    expect(await valueOf(phase)).toEqual([0, 0n]);
    await valueOf(() => pause(12_345));
    expect(await valueOf(phase)).toEqual([0, 0n]);
  });

  test('give the error of Node for a bad earlier time', async () => {
    const error = await valueOf(async () => {
      try {
        return process.hrtime(5 as unknown as [number, number]);
      } catch (thrown) {
        return (thrown as { code: string }).code;
      }
    });
    expect(error).toBe('ERR_INVALID_ARG_TYPE');
  });
});

describe('timers in ambient time', () => {
  test.each<[unknown, number]>([
    [undefined, 1],
    [0, 1],
    [-1, 1],
    [1.9, 1],
    ['20', 20],
    [1e-13, 1],
    [2 ** 31, 1],
    ['soon', 1],
  ])('a delay of %s is %d ms (trap 3)', async (delay, expectedMs) => {
    const took = await valueOf(async () => {
      await new Promise<void>((resolve) => setTimeout(resolve, delay as number));
      return elapsedMs();
    });
    expect(took).toBe(expectedMs);
  });

  test('parameters and this are handed over', async () => {
    const got = await valueOf(
      () =>
        new Promise((resolve) => {
          const timer = setTimeout(
            function (this: unknown, ...parameters: unknown[]) {
              resolve([this === timer, ...parameters]);
            },
            5,
            'a',
            2,
          );
        }),
    );
    expect(got).toEqual([true, 'a', 2]);
  });

  test('a callback that is no function gets the error of Node', async () => {
    const codes = await valueOf(async () =>
      [setTimeout, setInterval, setImmediate].map((set) => {
        try {
          set('code' as unknown as () => void);
          return 'accepted';
        } catch (error) {
          return (error as { code: string }).code;
        }
      }),
    );
    expect(codes).toEqual(Array(3).fill('ERR_INVALID_ARG_TYPE'));
  });

  test('an interval repeats until cleared from within', async () => {
    const seen = await valueOf(
      () =>
        new Promise<number[]>((resolve) => {
          const times: number[] = [];
          const interval = setInterval(() => {
            times.push(elapsedMs());
            if (times.length === 3) {
              clearInterval(interval);
              setTimeout(() => resolve(times), 100);
            }
          }, 10);
        }),
    );
    expect(seen).toEqual([10, 20, 30]);
  });

  test('refresh starts the delay anew, also after firing, not after clearing', async () => {
    const seen = await valueOf(async () => {
      const times: number[] = [];
      const timer = setTimeout(() => times.push(elapsedMs()), 10);
      await pause(6);
      timer.refresh();
      await pause(20); // fired at 16
      timer.refresh();
      await pause(20); // fired at 36
      clearTimeout(timer);
      timer.refresh();
      await pause(20);
      return times;
    });
    expect(seen).toEqual([16, 36]);
  });

  test('timers have the methods of Node, and clear by object, number and text', async () => {
    const facts = await valueOf(async () => {
      let fired = 0;
      const set = () => setTimeout(() => (fired += 1), 5);
      const timer = set();
      const refs = [timer.hasRef(), timer.unref().hasRef(), timer.ref().hasRef()];
      clearTimeout(timer);
      clearTimeout(Number(set()));
      clearTimeout(String(Number(set())));
      set().close();
      set()[Symbol.dispose]();
      clearTimeout(undefined);
      clearTimeout(12_345);
      const immediate = setImmediate(() => (fired += 1));
      const immediateRefs = [immediate.hasRef(), immediate.unref().hasRef(), immediate.ref().hasRef()];
      clearImmediate(immediate);
      setImmediate(() => (fired += 1))[Symbol.dispose]();
      await pause(100);
      return { refs, immediateRefs, fired };
    });
    expect(facts).toEqual({ refs: [true, false, true], immediateRefs: [true, false, true], fired: 0 });
  });

  test('timers without reference fire while the run lives, and do not keep it alive', async () => {
    const ticks = await valueOf(async () => {
      let count = 0;
      setInterval(() => (count += 1), 10).unref();
      await pause(35);
      return count;
    });
    expect(ticks).toBe(3);
  });

  test('immediates come after what is due now, in order, and take no time', async () => {
    const trace = await valueOf(async () => {
      const seen: string[] = [];
      for (const name of ['a', 'b']) {
        setTimeout(() => {
          seen.push(name);
          setImmediate(() => {
            seen.push(`${name} immediate`);
            setImmediate((word: string) => seen.push(word), `${name} second immediate`);
          });
        }, 5);
      }
      setTimeout(() => seen.push('c'), 6);
      await pause(7);
      return seen;
    });
    expect(trace).toEqual(['a', 'b', 'a immediate', 'b immediate', 'a second immediate', 'b second immediate', 'c']);
  });

  test('polling by immediates fails the run (trap 4)', async () => {
    const outcome = await run(
      () =>
        new Promise(() => {
          const poll = () => setImmediate(poll);
          poll();
        }),
      { eventsPerInstantMax: 1000 },
    );
    expect(outcome).toMatchObject({ reason: 'too-many-events' });
  });

  test.each<[string, () => number]>([
    ['Date.now', () => Date.now()],
    ['new Date', () => new Date().getTime()],
    ['performance.now', () => performance.now()],
    ['process.hrtime.bigint', () => Number(process.hrtime.bigint())],
    ['process.hrtime', () => process.hrtime()[0]],
    ['process.uptime', () => process.uptime()],
  ])('a busy wait by %s is broken (trap 4)', async (_, read) => {
    const outcome = await run(
      async () => {
        const from = read();
        while (read() === from);
      },
      { readsPerEventMax: 1000 },
    );
    expect(outcome).toMatchObject({ reason: 'busy-waiting' });
  });

  test('AsyncLocalStorage keeps its value in callbacks', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen = await valueOf(async () => {
      const values: (string | undefined)[] = [];
      const note = () => void values.push(storage.getStore());
      for (const name of ['one', 'two']) {
        storage.run(name, () => {
          setTimeout(note, 5);
          setImmediate(note);
          const interval = setInterval(() => {
            note();
            clearInterval(interval);
          }, 5);
        });
      }
      await storage.run('outer', () => pause(5).then(note));
      return values;
    });
    expect(seen).toEqual(['one', 'two', 'one', 'one', 'two', 'two', 'outer']);
  });
});

describe('timers/promises in ambient time', () => {
  test('are virtual, even where they were imported before the run', async () => {
    const seen = await valueOf(async () => {
      const values: unknown[] = [await timeoutPromise(1000, 'value'), elapsedMs()];
      values.push(await immediatePromise('now'), elapsedMs());
      await scheduler.wait(500);
      values.push(elapsedMs());
      await scheduler.yield();
      values.push(elapsedMs());
      values.push(await promisify(setTimeout)(250, 'promisified'), elapsedMs());
      values.push(await promisify(setImmediate)('at once'), elapsedMs());
      await new Promise<void>((resolve) => importedSetTimeout(resolve, 50));
      values.push(elapsedMs());
      return values;
    });
    expect(seen).toEqual(['value', 1000, 'now', 1000, 1500, 1500, 'promisified', 1750, 'at once', 1750, 1800]);
  });

  test('setInterval iterates', async () => {
    const seen = await valueOf(async () => {
      const times: unknown[] = [];
      for await (const value of intervalIterator(100, 'tick')) {
        times.push(value, elapsedMs());
        if (times.length === 6) break;
        if (times.length === 2) await pause(250); // ticks of that time are not lost
      }
      return times;
    });
    expect(seen).toEqual(['tick', 100, 'tick', 350, 'tick', 350]);
  });

  test.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['setTimeout', (signal) => timeoutPromise(1000, undefined, { signal })],
    ['setImmediate', (signal) => immediatePromise(undefined, { signal })],
    ['setInterval', (signal) => intervalIterator(1000, undefined, { signal })[Symbol.asyncIterator]().next()],
    ['scheduler.wait', (signal) => scheduler.wait(1000, { signal })],
  ])('%s is aborted by its signal, at once and under way', async (_, start) => {
    const errors = await valueOf(async () => {
      const reason = new Error('enough');
      const early = await start(AbortSignal.abort(reason)).catch((error: Error) => error);
      const controller = new AbortController();
      const late = start(controller.signal).catch((error: Error) => error);
      controller.abort(reason);
      return [early, await late].map((error) => {
        const { name, code, cause } = error as Error & { code: string };
        return [name, code, cause === reason, elapsedMs()];
      });
    });
    const expected = ['AbortError', 'ABORT_ERR', true, 0];
    expect(errors).toEqual([expected, expected]);
  });

  test('bad options get the error of Node', async () => {
    const codes = await valueOf(async () => {
      const bad = 'later' as unknown as { ref: boolean };
      const attempts = [
        timeoutPromise(1, 0, bad),
        immediatePromise(0, bad),
        timeoutPromise(1, 0, { ref: 1 as unknown as boolean }),
      ];
      return Promise.all(attempts.map((attempt) => attempt.catch((error: { code: string }) => error.code)));
    });
    expect(codes).toEqual(Array(3).fill('ERR_INVALID_ARG_TYPE'));
  });

  test('AbortSignal.timeout is virtual', async () => {
    const facts = await valueOf(async () => {
      const signal = AbortSignal.timeout(5000);
      await pause(4999);
      const before = signal.aborted;
      await pause(1);
      const { name, message } = signal.reason as DOMException;
      return [before, signal.aborted, signal.reason instanceof DOMException, name, message];
    });
    expect(facts).toEqual([false, true, true, 'TimeoutError', 'The operation was aborted due to timeout']);
    await expect(run(async () => AbortSignal.timeout(-1))).resolves.toMatchObject({ reason: 'threw' });
  });
});

describe('Math.random in ambient time', () => {
  const draw = async () => Array.from({ length: 100_000 }, () => Math.random());

  test('is seeded', async () => {
    const first = await valueOf(draw, { random: createRandomSource(7) });
    expect(await valueOf(draw, { random: createRandomSource(7) })).toEqual(first);
    expect(await valueOf(draw, { random: createRandomSource(8) })).not.toEqual(first);
  });

  test('has 53 bits, so that random ids do not collide (trap 1)', async () => {
    const numbers = await valueOf(draw);
    expect(new Set(numbers).size).toBe(numbers.length);
    // Each of the lowest 21 bits, which a 32-bit generator leaves at 0, is set about half of the time (5 sigma: 0.008).
    for (let bit = 1; bit <= 21; bit++) {
      const set = numbers.filter((number) => Math.floor(number * 2 ** (54 - bit)) % 2 === 1).length;
      expect(Math.abs(set / numbers.length - 0.5)).toBeLessThan(0.008);
    }
  });
});
