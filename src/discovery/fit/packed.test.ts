import { describe, expect, it } from 'vitest';
import { type Counting, counterFits, epochFits, FIXED, glanceOf, packed, windowsBelow } from './packed.ts';
import { Replay } from './replay.ts';
import type { Batch, View } from './view.ts';

const WINDOW_MS = 700;
const CAPACITY = 9;

/** A burst, then single probes, as a fixed window from the epoch, or a counter, decides them. */
function recordOf({ counter, all }: Counting, startMs: number): View {
  const view: Batch[] = [];
  let [window, current, previous] = [-1, 0, 0];
  const ask = (atMs: number, many: number) => {
    const now = Math.floor(atMs / WINDOW_MS);
    if (now > window) [previous, current, window] = [counter && now === window + 1 ? current : 0, 0, now];
    const used = current + (previous * ((now + 1) * WINDOW_MS - atMs)) / WINDOW_MS;
    const admitted = Math.max(0, Math.min(many, Math.floor(CAPACITY - used)));
    const rejected = many - admitted;
    current += admitted + (all ? rejected : 0);
    const endsMs = Array.from({ length: admitted }, () => atMs);
    view.push({ atMs, cost: 1, admitted, rejected, excused: 0, endsMs, event: view.length });
  };
  ask(startMs, 4);
  ask(startMs + 60, 6);
  let die = 7;
  for (let atMs = startMs + 61; atMs < startMs + 6000; atMs += 3 + (die % 60)) {
    die = (die * 16_807) % 2_147_483_647;
    ask(atMs, die % 11 === 0 ? 5 : 1);
  }
  return view;
}

const counter = (all: boolean, whole: boolean): Counting => ({ counter: true, all, whole });

describe('a glance at a window', () => {
  for (const counting of [
    FIXED,
    counter(false, true),
    counter(true, true),
    counter(false, false),
    counter(true, false),
  ]) {
    it(`rules out none that fits: ${JSON.stringify(counting)}`, () => {
      for (const startMs of [1_769_000_000_123, 1_769_000_000_456, 1_769_000_000_689]) {
        const view = packed(recordOf(counting, startMs));
        const fits = (windowMs: number) =>
          counting.counter ? counterFits(view, windowMs, counting) : epochFits(view, windowMs);
        const all = Array.from({ length: 4999 }, (_, at) => at + 1);
        const glance = glanceOf(view, counting);
        expect(fits(WINDOW_MS)).toBe(true);
        expect(all.filter((windowMs) => fits(windowMs) && !glance(windowMs))).toEqual([]);
        expect(windowsBelow(5000, view, counting)).toEqual(all.filter(glance));
      }
    });
  }
});

describe('a replay', () => {
  const view = recordOf(FIXED, 1_769_000_000_123);
  const shape = { kind: 'fixed-window', windowMs: WINDOW_MS, anchor: 'epoch' } as const;

  it('comes to the same whether it follows a record as it grows or reads it at once', () => {
    const whole = new Replay(shape, 'admitted');
    expect(whole.follow(view)).toBe(true);
    const bit = new Replay(shape, 'admitted');
    for (let length = 3; length < view.length; length += 7) expect(bit.follow(view.slice(0, length))).toBe(true);
    expect(bit.leftOf(view)).toBeLessThan(8);
    expect(bit.follow(view)).toBe(true);
    expect([bit.low, bit.high]).toEqual([whole.low, whole.high]);
    expect(bit.meterAt(view)?.reach(1, 1_769_000_006_200)).toBe(whole.meterAt(view)?.reach(1, 1_769_000_006_200));
  });

  it('begins again where what was known is read otherwise', () => {
    const replay = new Replay(shape, 'admitted');
    const [first, ...rest] = view;
    replay.follow([{ ...(first as Batch), admitted: 40 }, ...rest]);
    expect(replay.low).toBeGreaterThan(CAPACITY);
    expect(replay.follow(view)).toBe(true);
    expect(replay.low).toBe(CAPACITY);
  });
});
