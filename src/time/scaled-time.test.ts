import { describe, expect, it } from 'vitest';
import { createScaledTime, wallMs } from './scaled-time.ts';

const START = Date.UTC(2026, 2, 4);

/** A time that stands still but for `advance`. */
function standing() {
  return createScaledTime({ startsAtMs: START, speed: 0 });
}

describe('createScaledTime', () => {
  it.each([-1, NaN, Infinity])('refuses speed %s', (speed) => {
    expect(() => createScaledTime({ speed })).toThrow(
      `Cannot scale time: speed must be at least 0 and finite, current value is ${speed}`,
    );
  });

  it('shows startsAtMs at originMs, and from there on `speed` ms for every real one', () => {
    const originMs = wallMs() - 1000;
    const one = createScaledTime({ startsAtMs: START, speed: 10, originMs });
    const before = START + (wallMs() - originMs) * 10;
    const shown = one.nowMs;
    const after = START + (wallMs() - originMs) * 10;
    expect(shown).toBeGreaterThanOrEqual(before);
    expect(shown).toBeLessThanOrEqual(after);
    one.stop();
  });

  it('never decreases, also when the speed changes', () => {
    const time = createScaledTime({ startsAtMs: START, speed: 500 });
    let last = time.nowMs;
    for (let turn = 0; turn < 2000; turn++) {
      if (turn % 100 === 0) time.setSpeed(turn % 200 === 0 ? 0 : 1000);
      const { nowMs } = time;
      expect(nowMs).toBeGreaterThanOrEqual(last);
      last = nowMs;
    }
    time.stop();
  });

  it.each([false, true])('runs an event in real time, not before it is due (precise: %s)', async (precise) => {
    const time = createScaledTime({ startsAtMs: START, speed: 100, precise });
    const dueMs = time.nowMs + 700;
    const ranMs = await new Promise<number>((resolve) => time.scheduleAt(dueMs, () => resolve(time.nowMs), undefined));
    expect(ranMs).toBeGreaterThanOrEqual(dueMs);
    expect(time.pending).toBe(0);
    time.stop();
  });

  it('runs nothing within scheduleAt, however long it has been due', async () => {
    const time = createScaledTime({ speed: 1 });
    let ran = false;
    const done = new Promise<void>((resolve) =>
      time.scheduleAt(
        time.nowMs - 1000,
        () => {
          ran = true;
          resolve();
        },
        undefined,
      ),
    );
    expect(ran).toBe(false);
    await done;
    time.stop();
  });
});

describe('advance', () => {
  it('runs what falls due in order of time, ties in order of scheduling, each at its own time', () => {
    const time = standing();
    const seen: [string, number][] = [];
    const note = (name: string) => seen.push([name, time.nowMs - START]);
    time.scheduleAt(START + 30, note, 'c');
    time.scheduleAt(START + 10, note, 'a');
    time.scheduleAt(START + 30, note, 'd');
    time.scheduleAt(START + 20, note, 'b');
    time.scheduleAt(START + 41, note, 'later');
    time.advance(40);
    expect(seen).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
      ['d', 30],
    ]);
    expect(time.nowMs).toBe(START + 40);
    expect(time.pending).toBe(1);
    time.advance(1);
    expect(seen.at(-1)).toEqual(['later', 41]);
  });

  it('runs what its own events schedule, if it is due by then', () => {
    const time = standing();
    const seen: number[] = [];
    const again = (left: number): void => {
      seen.push(time.nowMs - START);
      if (left > 0) time.scheduleAt(time.nowMs + 10, again, left - 1);
    };
    time.scheduleAt(START + 10, again, 5);
    time.advance(35);
    expect(seen).toEqual([10, 20, 30]);
  });

  it.each([-1, NaN, Infinity])('refuses %s', (byMs) => {
    expect(() => standing().advance(byMs)).toThrow(
      `Cannot move the clock: byMs must be at least 0 and finite, current value is ${byMs}`,
    );
  });
});

describe('setSpeed', () => {
  it('of 0 holds the clock where it is', () => {
    const time = createScaledTime({ startsAtMs: START, speed: 1000 });
    time.setSpeed(0);
    const { nowMs } = time;
    const untilMs = wallMs() + 2;
    while (wallMs() < untilMs);
    expect(time.nowMs).toBe(nowMs);
  });

  it('brings events on that a standing clock had held', async () => {
    const time = standing();
    const ran = new Promise<string>((resolve) => time.scheduleAt(START + 50, resolve, 'ran'));
    time.setSpeed(1000);
    expect(await ran).toBe('ran');
    time.stop();
  });
});

describe('clock', () => {
  it('follows Node\u2019s rule for delays, and forgets cleared timers', () => {
    const time = standing();
    const seen: string[] = [];
    time.clock.setTimer(() => seen.push(`one at ${time.nowMs - START}`), 0.2);
    time.clock.clearTimer(time.clock.setTimer(() => seen.push('never'), 5));
    time.clock.setTimer(() => seen.push(`seven at ${time.nowMs - START}`), 7.9);
    time.advance(10);
    expect(seen).toEqual(['one at 1', 'seven at 7']);
  });
});

describe('stop', () => {
  it('forgets all events and takes no further ones', () => {
    const time = standing();
    const seen: string[] = [];
    time.scheduleAt(START + 1, (name) => seen.push(name), 'before');
    time.stop();
    time.scheduleAt(START + 1, (name) => seen.push(name), 'after');
    time.advance(10);
    expect(seen).toEqual([]);
    expect(time.pending).toBe(0);
  });
});
