import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFollowedTime } from './followed-time.ts';

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 5, 1, 12);

afterEach(() => void vi.useRealTimers());

describe('createFollowedTime', () => {
  it('shows the fake date, whether it was made before the fake timers or after', () => {
    const before = createFollowedTime();
    vi.useFakeTimers({ now: NOON });
    expect([before.nowMs, createFollowedTime().nowMs]).toEqual([NOON, NOON]);
    vi.advanceTimersByTime(1500);
    expect(before.nowMs).toBe(NOON + 1500);
  });

  it('goes on from where it was when the date is set back', () => {
    vi.useFakeTimers({ now: NOON });
    const time = createFollowedTime();
    expect(time.nowMs).toBe(NOON);
    vi.setSystemTime(NOON - 5 * DAY_MS);
    expect(time.nowMs).toBe(NOON);
    vi.advanceTimersByTime(700);
    expect(time.nowMs).toBe(NOON + 700);
    vi.useRealTimers();
    expect(time.nowMs).toBeGreaterThanOrEqual(NOON + 700);
  });

  it.each([
    [2 * DAY_MS, 2 * DAY_MS],
    [2 * DAY_MS + 1, DAY_MS + 1],
    [1000 * DAY_MS + 5, DAY_MS + 5],
  ])('takes a jump ahead by %i ms for %i', (jumpMs, movedMs) => {
    vi.useFakeTimers({ now: NOON });
    const time = createFollowedTime();
    expect(time.nowMs).toBe(NOON);
    vi.setSystemTime(NOON + jumpMs);
    expect(time.nowMs).toBe(NOON + movedMs);
    vi.advanceTimersByTime(10);
    expect(time.nowMs).toBe(NOON + movedMs + 10);
  });

  it('shows the date again after restart', () => {
    vi.useFakeTimers({ now: NOON });
    const time = createFollowedTime();
    expect(time.nowMs).toBe(NOON);
    vi.setSystemTime(NOON - DAY_MS);
    time.restart();
    expect(time.nowMs).toBe(NOON - DAY_MS);
  });

  it('calls back in order of due times, at its time, never within the call', () => {
    vi.useFakeTimers({ now: NOON });
    const time = createFollowedTime();
    const seen: [string, number][] = [];
    const note = (name: string) => seen.push([name, time.nowMs - NOON]);
    time.scheduleAt(NOON + 30.5, note, 'late');
    time.scheduleAt(NOON + 10, note, 'early');
    time.scheduleAt(NOON - 10, note, 'past');
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(31);
    expect(seen).toEqual([
      ['past', 0],
      ['early', 10],
      ['late', 31],
    ]);
  });

  it('is at the due time when the date was set back under a timer', () => {
    vi.useFakeTimers({ now: NOON });
    const time = createFollowedTime();
    let atMs = 0;
    time.scheduleAt(NOON + 100, () => (atMs = time.nowMs), undefined);
    vi.setSystemTime(NOON - DAY_MS);
    vi.advanceTimersByTime(100);
    expect(atMs).toBe(NOON + 100);
  });

  it('is not moved by what was pending before a restart', () => {
    vi.useFakeTimers({ now: NOON });
    const time = createFollowedTime();
    time.scheduleAt(NOON + 100, () => {}, undefined);
    vi.setSystemTime(NOON - DAY_MS);
    time.restart();
    vi.advanceTimersByTime(100);
    expect(time.nowMs).toBe(NOON - DAY_MS + 100);
  });

  it('waits longer than the longest timer', () => {
    vi.useFakeTimers({ now: NOON });
    const time = createFollowedTime();
    let called = 0;
    time.scheduleAt(NOON + 30 * DAY_MS, () => (called += 1), undefined);
    // Looked at every day: a greater jump would not count in full.
    for (let day = 1; day <= 29; day++) {
      vi.advanceTimersByTime(DAY_MS);
      expect(time.nowMs).toBe(NOON + day * DAY_MS);
    }
    expect(called).toBe(0);
    vi.advanceTimersByTime(DAY_MS);
    expect(called).toBe(1);
  });
});
