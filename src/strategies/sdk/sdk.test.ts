import { describe, expect, test } from 'vitest';
import { parseStrategy } from '../parse.ts';
import { type Arrival, respond, stubServer, TestClock, testContext } from '../testing-clock.ts';

async function attemptsOf(spec: string, answer: (arrival: Arrival, index: number) => Response, runMs = 10_000_000) {
  const clock = new TestClock();
  const server = stubServer(clock, answer);
  const response = parseStrategy(spec).pipeline(server.fetch, testContext(clock))('https://a/job');
  await clock.run(runMs);
  return { atMs: server.arrivals.map(({ atMs }) => atMs), status: (await response).status };
}

const always =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    respond(status, headers);

describe('sdk-javascript', () => {
  test('does not retry', async () => {
    expect(await attemptsOf('sdk-javascript', always(429, { 'retry-after': '1' }))).toEqual({ atMs: [0], status: 429 });
  });

  test('aborts after 16 s, and leaves no timer behind', async () => {
    const clock = new TestClock();
    const hangs = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      });
    const startMs = clock.nowMs;
    const slow = parseStrategy('sdk-javascript').pipeline(hangs, testContext(clock))('https://a/job');
    const failure = slow.then(
      () => 'passed',
      (error: unknown) => `${clock.nowMs - startMs}: ${String(error)}`,
    );
    await clock.run(20_000);
    expect(await failure).toBe('16000: TimeoutError: timeout of 16000ms exceeded');
    expect(clock.pending).toBe(0);
  });

  test("still obeys the caller's own signal", async () => {
    const clock = new TestClock();
    const own = new AbortController();
    const hangs = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      });
    const call = parseStrategy('sdk-javascript').pipeline(hangs, testContext(clock))('https://a/job', {
      signal: own.signal,
    });
    own.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });
});

describe('sdk-python', () => {
  test.each([413, 429, 503])('retries a %i ten times, exactly after Retry-After', async (status) => {
    const { atMs } = await attemptsOf('sdk-python', always(status, { 'retry-after': '7' }));
    expect(atMs).toEqual(Array.from({ length: 11 }, (_, index) => index * 7000));
  });

  test('has no cap on Retry-After', async () => {
    expect((await attemptsOf('sdk-python:total=1', always(429, { 'retry-after': '600' }))).atMs).toEqual([0, 600_000]);
  });

  test.each([
    [429, {}],
    [502, { 'retry-after': '1' }],
    [500, { 'retry-after': '1' }],
  ])('does not retry a %i with %j', async (status, headers) => {
    expect((await attemptsOf('sdk-python', always(status, headers as Record<string, string>))).atMs).toEqual([0]);
  });
});

describe('sdk-java', () => {
  test('does not retry by default', async () => {
    expect((await attemptsOf('sdk-java', always(429, { 'retry-after': '1' }))).atMs).toEqual([0]);
  });

  test('switched on, waits Retry-After, or 3 s, and retries once more than retryMax says', async () => {
    const told = await attemptsOf('sdk-java:maxRetryTimeSec=600', always(429, { 'retry-after': '10' }));
    expect(told.atMs).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    const silent = await attemptsOf('sdk-java:maxRetryTimeSec=600,retryMax=1', always(429));
    expect(silent.atMs).toEqual([0, 3000, 6000]);
  });

  test('begins no retry after maxRetryTimeSec', async () => {
    expect((await attemptsOf('sdk-java:maxRetryTimeSec=20', always(429, { 'retry-after': '10' }))).atMs).toEqual([
      0, 10_000, 20_000,
    ]);
  });

  test.each(['181', '9'.repeat(30), 'Mon, 05 Jan 2026 09:00:07 GMT'])('gives up on Retry-After: %s', async (value) => {
    expect((await attemptsOf('sdk-java:maxRetryTimeSec=600', always(429, { 'retry-after': value }))).atMs).toEqual([0]);
  });

  test('retries a 5xx every 3 s for five minutes, every 9 s for five, then every 27 s', async () => {
    const { atMs } = await attemptsOf('sdk-java:maxRetryTimeSec=1000', always(503));
    const gaps = atMs.slice(1).map((at, index) => at - (atMs[index] ?? 0));
    expect(gaps.filter((gap) => gap === 3000).length).toBe(100);
    expect(gaps.filter((gap) => gap === 9000).length).toBe(34);
    expect(gaps.filter((gap) => gap === 27_000).length).toBe(15);
    expect(gaps.length).toBe(149);
  });
});

describe('sdk-go', () => {
  test('does not retry by default', async () => {
    expect((await attemptsOf('sdk-go', always(429, { 'retry-after': '1' }))).atMs).toEqual([0]);
  });

  test('switched on, doubles from 5 s to 60 s without Retry-After', async () => {
    const { atMs } = await attemptsOf('sdk-go:retryMax=6', always(429));
    expect(atMs).toEqual([0, 5000, 15_000, 35_000, 75_000, 135_000, 195_000]);
  });

  test.each([
    [429, '180', 2],
    [429, '181', 1],
    [503, '600', 2],
    [500, '1', 2],
    [501, '1', 1],
    [404, '1', 1],
  ])('of a %i with Retry-After %s makes %i attempts', async (status, retryAfter, attempts) => {
    const { atMs } = await attemptsOf('sdk-go:retryMax=1', always(status, { 'retry-after': retryAfter }));
    expect(atMs.length).toBe(attempts);
  });
});

describe('sdk-cli', () => {
  test('retries 20 times, after Retry-After where there is one', async () => {
    const { atMs } = await attemptsOf('sdk-cli', always(429, { 'retry-after': '2' }));
    expect(atMs).toEqual(Array.from({ length: 21 }, (_, index) => index * 2000));
  });
});
