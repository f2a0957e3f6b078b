/** Every pacer against what it promises: a thousand calls at once, 50 ms each, at ten a second. */
import { describe, expect, test } from 'vitest';
import { callVirtually, mostInAnySecond } from './starts.ts';

/** 100 windows of ten, the first at 0, and the last call's 50 ms. */
const IN_WINDOWS_MS = 99 * 1000 + 50;
/** One each 100 ms. */
const EVENLY_MS = 999 * 100 + 50;

/** Library, virtual ms until the last answer, most starts in any second. */
const PACERS: readonly (readonly [spec: string, endMs: number, most: number])[] = [
  ['p-limit:concurrency=10', 100 * 50, 200],
  ['p-throttle', IN_WINDOWS_MS, 10],
  ['p-queue', IN_WINDOWS_MS, 10],
  ['p-queue:strict=true', IN_WINDOWS_MS, 10],
  ['limiter', IN_WINDOWS_MS, 10],
  ['limiter:kind=token-bucket', EVENLY_MS + 100, 10],
  ['limiter:kind=token-bucket,full=true', IN_WINDOWS_MS, 19],
  ['rate-limiter-flexible', IN_WINDOWS_MS, 10],
  ['async-sema', IN_WINDOWS_MS, 10],
  ['async-sema:uniform=true', EVENLY_MS, 10],
  ['throttled-queue', IN_WINDOWS_MS, 10],
  ['throttled-queue:evenly=true', EVENLY_MS, 10],
  ['p-ratelimit', 104_000, 10],
  ['stopcock', IN_WINDOWS_MS, 19],
  ['axios-rate-limit', IN_WINDOWS_MS + 1, 10],
  ['bottleneck', 99_953, 11],
  ['bottleneck:minTimeMs=0,reservoir=10', 99_062, 16],
  ['p-throttle:strict=true', IN_WINDOWS_MS + 900, 10],
];

describe('a thousand calls at ten a second', () => {
  test.each(PACERS)('%s ends after %d ms, at most %d starts in any second', async (spec, endMs, most) => {
    const called = await callVirtually({ spec, count: 1000 });
    expect(called.responses.map(({ status }) => status)).toEqual(Array(1000).fill(200));
    expect({ endMs: called.endMs, most: mostInAnySecond(called.startsMs) }).toEqual({ endMs, most });
  });
});
