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

describe('pacers with a hook for refusals', () => {
  const refusedOnce = (headers: Record<string, string>) => ({
    count: 3,
    latencyMs: 10,
    answer: (attempt: number) =>
      attempt === 0 ? new Response('no', { status: 429, headers }) : Response.json({ ok: true }),
  });

  test.each(['bottleneck:minTimeMs=0', 'throttled-queue'])('%s gives a refusal back by default', async (spec) => {
    const { responses, startsMs } = await callVirtually({ spec, ...refusedOnce({ 'retry-after': '2' }) });
    expect(responses.map(({ status }) => status)).toEqual([429, 200, 200]);
    expect(responses[0]!.headers.get('retry-after')).toBe('2');
    expect(startsMs).toHaveLength(3);
  });

  test('bottleneck: its failed event tries again after Retry-After, or a second', async () => {
    const spec = 'bottleneck:minTimeMs=0,retries=1';
    const told = await callVirtually({ spec, ...refusedOnce({ 'retry-after': '2' }) });
    const untold = await callVirtually({ spec, ...refusedOnce({}) });
    expect([...told.responses, ...untold.responses].map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(told.startsMs[3]! - told.startsMs[0]!).toBe(10 + 2000);
    expect(untold.startsMs[3]! - untold.startsMs[0]!).toBe(10 + 1000);
  });

  test('throttled-queue: RetryError pauses the whole queue for Retry-After', async () => {
    const { responses, startsMs } = await callVirtually({
      spec: 'throttled-queue:limit=2,retries=1',
      ...refusedOnce({ 'retry-after': '2' }),
    });
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(startsMs).toEqual([0, 0, 2010, 2010]);
  });

  test.each(['bottleneck:minTimeMs=0,retries=1', 'throttled-queue:retries=1'])(
    '%s gives the last refusal back when it gives up',
    async (spec) => {
      const { responses, startsMs } = await callVirtually({
        spec,
        answer: () => new Response('no', { status: 429, headers: { 'retry-after': '2' } }),
      });
      expect(startsMs).toHaveLength(2);
      expect(responses[0]!.status).toBe(429);
      expect(await responses[0]!.text()).toBe('no');
    },
  );
});

test('one instance for each organization, unless they are all told to share one', async () => {
  const orgs = ['a', 'b'];
  const startsOf = async (spec: string) =>
    (await callVirtually({ spec, count: 20, orgOf: (index) => orgs[index % 2]! })).startsMs;
  for (const name of ['p-queue', 'limiter', 'async-sema', 'rate-limiter-flexible', 'throttled-queue', 'stopcock']) {
    expect([name, mostInAnySecond(await startsOf(`${name}:by=org`))]).toEqual([name, 20]);
    expect([name, mostInAnySecond(await startsOf(`${name}:by=all`))]).toEqual([name, name === 'stopcock' ? 19 : 10]);
  }
});
