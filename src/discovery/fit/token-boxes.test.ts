import { describe, expect, it } from 'vitest';
import { Replay } from './replay.ts';
import { BoxReplay, ratesIn, type TokenBox } from './token-boxes.ts';
import { tokenViewOf } from './token-view.ts';
import type { Batch, View } from './view.ts';

/** What a bucket of 7 that gains 2 tokens at a time decides of a few hundred probes. */
function recordOf(stepMs: number, all: boolean): Batch[] {
  const view: Batch[] = [{ atMs: 1000, cost: 1, admitted: 7, rejected: 1, excused: 0, endsMs: [], event: 0 }];
  let tokens = 0;
  let sinceMs = 1000;
  let atMs = 1000;
  let die = 12_345;
  for (let event = 8; event < 200; event++) {
    die = (die * 1_103_515_245 + 12_345) % 2_147_483_648;
    atMs += 5 + (die % 97) * (event % 9 === 0 ? 20 : 1);
    const steps = Math.floor((atMs - sinceMs) / stepMs);
    tokens = Math.min(7, tokens + 2 * steps);
    sinceMs = tokens === 7 ? atMs : sinceMs + steps * stepMs;
    const isAdmitted = tokens >= 1;
    if (isAdmitted) tokens -= 1;
    else if (all) tokens = 0;
    view.push({
      atMs,
      cost: 1,
      admitted: isAdmitted ? 1 : 0,
      rejected: isAdmitted ? 0 : 1,
      excused: 0,
      endsMs: [],
      event,
    });
  }
  return view;
}

describe('token boxes', () => {
  for (const all of [false, true]) {
    const view = recordOf(180, all);
    const one: TokenBox = { stepLow: 180, stepHigh: 180, capacityLow: 7, capacityHigh: 7 };
    const boxes: readonly TokenBox[] = [
      one,
      { ...one, stepLow: 160, stepHigh: 220 },
      { ...one, capacityLow: 6, capacityHigh: 9 },
      { ...one, stepLow: 0, stepHigh: 0 },
      { ...one, capacityLow: 6.9, capacityHigh: 7.3, grain: 1 / 16 },
    ];

    it(`never rule out what is true (rejected requests charge: ${all})`, () => {
      const rates = ratesIn(one, view, all);
      expect(rates.some(({ low, high }) => low <= 2 / 180 && 2 / 180 <= high)).toBe(true);
      for (const box of boxes.slice(1, 3)) expect(ratesIn(box, view, all)).not.toEqual([]);
      expect(ratesIn({ ...one, capacityLow: 8, capacityHigh: 8 }, view, all)).toEqual([]);
    });

    it(`go on where they were as the view grows (rejected requests charge: ${all})`, () => {
      const replays = boxes.map((box) => new BoxReplay(box, all));
      for (let length = 10; length <= view.length; length += 7) {
        const grown: View = view.slice(0, length);
        for (const [at, box] of boxes.entries()) {
          expect(replays[at]?.rates(tokenViewOf(grown, all))).toEqual(ratesIn(box, grown, all));
        }
      }
    });

    it(`begin again where what was known is told otherwise (rejected requests charge: ${all})`, () => {
      const replay = new BoxReplay(one, all);
      replay.rates(tokenViewOf(view.slice(0, 50), all));
      const other = view.map((batch, at) => (at === 3 ? { ...batch, atMs: batch.atMs + 1 } : batch));
      expect(replay.rates(tokenViewOf(other, all))).toEqual(ratesIn(one, other, all));
    });
  }

  it('allow the very rates that a replay of each does, where the bucket may have been full before every batch', () => {
    const box: TokenBox = { stepLow: 700, stepHigh: 700, capacityLow: 40, capacityHigh: 40 };
    const many = Array.from({ length: 60 }, (_, at) => batch(at * 1000 + (at % 7) * 90, 1 + (at % 5), 0));
    const view = [...many, batch(61_000, 40, 1), batch(61_650, 0, 1), batch(63_300, 9, 1), batch(70_000, 21, 0)];
    const spans = ratesIn(box, view, false);
    const isIn = (rate: number) => spans.some(({ low, high }) => low <= rate && rate < high);
    for (let tokens = 0.1; tokens < 40; tokens += 0.1003) {
      const shape = { kind: 'token-bucket', refillPerSecond: (tokens * 1000) / 700, stepMs: 700 } as const;
      expect([tokens, isIn(tokens / 700)]).toEqual([tokens, new Replay(shape, 'admitted', 40, 40).follow(view)]);
    }
    expect(spans).not.toEqual([]);
  });
});

function batch(atMs: number, admitted: number, rejected: number): Batch {
  return { atMs, cost: 1, admitted, rejected, excused: 0, endsMs: [], event: 0 };
}
