/** The method of docs/libraries.md: the same program in virtual time and on the real clock makes the same attempts, in the same order, with the same dice. */
import { describe, expect, test } from 'vitest';
import {
  differences,
  isWithin,
  playReally,
  playVirtually,
  type PlayedScript,
  type Script,
} from '../../docs/libraries-clocks.mjs';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import { createVirtualTime } from '../../src/time/virtual-time.ts';

const lab = { createRandomSource, createVirtualTime };
const START = { seed: 1, phaseMs: null };
/** Short enough for the real clock, far enough apart for a busy machine to keep the order. */
const REFUSED: Script = { calls: 2, everyMs: 300, refusals: 1, headers: { 'retry-after': '1' } };
const PACED: Script = { calls: 4, everyMs: 50, refusals: 0, headers: {} };

/** Which attempts, in the order of their starts. */
const orderOf = ({ attempts }: PlayedScript) =>
  attempts.toSorted((a, b) => a.atMs - b.atMs).map(({ call, attempt }) => `${call}.${attempt}`);

/** Starts, ms after the script's. */
const startsOf = ({ attempts }: PlayedScript) => attempts.map(({ atMs }) => atMs);

describe('a library in both worlds', () => {
  test.each([
    ['ky', REFUSED, [0, 300, 1030, 1330]],
    ['p-queue:limit=2,intervalMs=400', PACED, [0, 50, 400, 400]],
  ] as const)('%s makes the same attempts', async (spec, script, startsMs) => {
    const virtual = await playVirtually(script, parseStrategy(spec), START, lab);
    expect(startsOf(virtual).map(Math.round)).toEqual(startsMs);
    const real = await playReally(script, parseStrategy(spec), START, lab);
    expect([virtual.failure, real.failure]).toEqual([null, null]);
    expect(orderOf(real)).toEqual(orderOf(virtual));
  });

  test('the same dice are thrown', async () => {
    const spec = 'p-retry:minTimeoutMs=100,randomize=true';
    const virtual = await playVirtually(REFUSED, parseStrategy(spec), START, lab);
    const real = await playReally(REFUSED, parseStrategy(spec), START, lab);
    expect(virtual.dice).toBeGreaterThan(0);
    expect(real.dice).toBe(virtual.dice);
    expect(orderOf(real)).toEqual(orderOf(virtual));
  });
});

describe('differences', () => {
  const played = (...attempts: (readonly [string, number, number])[]): PlayedScript => ({
    attempts: attempts.map(([call, attempt, atMs]) => ({ call, attempt, atMs })),
    dice: 0,
    failure: null,
  });

  test('are ms that the second run started later', () => {
    expect(differences(played(['0', 0, 5], ['0', 1, 2005]), played(['0', 0, 6], ['0', 1, 2003]))).toEqual([1, -2]);
  });

  test('an attempt that only one of them made never agrees', () => {
    const missing = differences(played(['0', 0, 0], ['0', 1, 10]), played(['0', 0, 0], ['1', 0, 10]));
    expect(missing).toEqual([0, null, null]);
    expect(missing.map(isWithin)).toEqual([true, false, false]);
  });

  test('25 ms agree, more does not', () => {
    expect([25, -25, 25.1].map(isWithin)).toEqual([true, true, false]);
  });
});
