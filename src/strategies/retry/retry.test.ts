import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../../random/keyed-random.ts';
import { parseStrategy } from '../parse.ts';
import { type Arrival, respond, stubServer, TestClock, testContext } from '../testing-clock.ts';
import { backoffMs } from './delays.ts';
import { uuidOf } from './request-id.ts';

type Answer = (arrival: Arrival, index: number) => Response;

/** When the attempts of one request started, and the last status. */
async function attemptsOf(
  spec: string,
  answer: Answer,
  options: { dice?: number; runMs?: number; init?: RequestInit } = {},
) {
  const clock = new TestClock();
  const server = stubServer(clock, answer);
  const fetch = parseStrategy(spec).pipeline(server.fetch, testContext(clock, options.dice ?? 0.5));
  const response = fetch('https://a/job', options.init);
  await clock.run(options.runMs ?? 10_000_000);
  return { atMs: server.arrivals.map(({ atMs }) => atMs), arrivals: server.arrivals, status: (await response).status };
}

const refusedTimes =
  (times: number, headers: Record<string, string> = {}, status = 429): Answer =>
  (_, index) =>
    index < times ? respond(status, headers) : respond(200);

describe('none', () => {
  test('takes the first answer', async () => {
    expect(await attemptsOf('none', refusedTimes(1))).toMatchObject({ atMs: [0], status: 429 });
  });
});

describe('immediate-retry', () => {
  test('retries without waiting until it passes or attemptsMax is reached', async () => {
    expect(await attemptsOf('immediate-retry', refusedTimes(3))).toMatchObject({ atMs: [0, 0, 0, 0], status: 200 });
    expect(await attemptsOf('immediate-retry:attemptsMax=2', refusedTimes(3))).toMatchObject({
      atMs: [0, 0],
      status: 429,
    });
  });
});

describe('fixed-delay', () => {
  test('waits the same each time', async () => {
    expect((await attemptsOf('fixed-delay:delayMs=700', refusedTimes(3))).atMs).toEqual([0, 700, 1400, 2100]);
  });

  test.each([
    [429, 2],
    [503, 2],
    [400, 1],
    [403, 1],
    [500, 1],
    [502, 1],
  ])('of a status %i makes %i attempts', async (status, attempts) => {
    expect((await attemptsOf('fixed-delay', refusedTimes(1, {}, status))).atMs.length).toBe(attempts);
  });
});

describe('backoff', () => {
  test.each([
    ['none', 0.5, [0, 100, 300, 700, 1100]],
    ['full', 0.5, [0, 50, 150, 350, 550]],
    ['equal', 0.5, [0, 75, 225, 525, 825]],
    // 100 + 0.5 x (300 - 100) = 200; 100 + 0.5 x (600 - 100) = 350; then the cap
    ['decorrelated', 0.5, [0, 200, 550, 950, 1350]],
  ])('with %s jitter and dice %d starts at %j', async (jitter, dice, atMs) => {
    const spec = `backoff:jitter=${jitter},baseMs=100,capMs=400`;
    expect((await attemptsOf(spec, refusedTimes(4), { dice })).atMs).toEqual(atMs);
  });

  test('does not read Retry-After', async () => {
    expect((await attemptsOf('backoff:jitter=none', refusedTimes(1, { 'retry-after': '60' }))).atMs).toEqual([0, 1000]);
  });

  test('gives up after attemptsMax with the last response', async () => {
    const result = await attemptsOf('backoff:jitter=none,baseMs=10,attemptsMax=3', refusedTimes(99));
    expect(result).toMatchObject({ atMs: [0, 10, 30], status: 429 });
  });

  test('throws its dice by job and attempt, so that other requests never shift them', async () => {
    const random = createRandomSource(7);
    const clock = new TestClock();
    const server = stubServer(clock, ({ init }) => respond(init?.method === 'PUT' ? 200 : 429));
    const context = { ...testContext(clock), random };
    const fetch = parseStrategy('backoff:baseMs=1000,attemptsMax=3').pipeline(server.fetch, context);
    void fetch('https://a/other');
    void fetch('https://a/job');
    await clock.run(100_000);
    const alone = await (async () => {
      const quiet = new TestClock();
      const own = stubServer(quiet, () => respond(429));
      void parseStrategy('backoff:baseMs=1000,attemptsMax=3').pipeline(own.fetch, { ...testContext(quiet), random })(
        'https://a/job',
      );
      await quiet.run(100_000);
      return own.arrivals.map(({ atMs }) => atMs);
    })();
    const together = server.arrivals.filter(({ url }) => url.endsWith('/job')).map(({ atMs }) => atMs);
    expect(together).toEqual(alone);
    expect(together[1]).not.toBe(500);
  });
});

describe('backoffMs', () => {
  const state = fc.record({
    refusals: fc.integer({ min: 1, max: 2000 }),
    previousDelayMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    dice: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  const base = fc.integer({ min: 1, max: 1000 });
  const cap = fc.integer({ min: 1000, max: 100_000 });

  test('full jitter stays in [0, min(cap, base x 2^(n-1)))', () => {
    fc.assert(
      fc.property(state, base, cap, (given, baseMs, capMs) => {
        const delayMs = backoffMs('full', baseMs, capMs, given);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThan(Math.min(capMs, baseMs * 2 ** (given.refusals - 1)));
      }),
      { seed: 42 },
    );
  });

  test('equal jitter keeps at least half', () => {
    fc.assert(
      fc.property(state, base, cap, (given, baseMs, capMs) => {
        const fullMs = backoffMs('none', baseMs, capMs, given);
        const delayMs = backoffMs('equal', baseMs, capMs, given);
        expect(delayMs).toBeGreaterThanOrEqual(fullMs / 2);
        expect(delayMs).toBeLessThanOrEqual(fullMs);
      }),
      { seed: 42 },
    );
  });

  test('decorrelated jitter lies between base and three times the last wait, at most cap', () => {
    fc.assert(
      fc.property(state, base, cap, (given, baseMs, capMs) => {
        const delayMs = backoffMs('decorrelated', baseMs, capMs, given);
        const highMs = Math.max(baseMs, 3 * (given.previousDelayMs || baseMs));
        expect(delayMs).toBeGreaterThanOrEqual(baseMs);
        expect(delayMs).toBeLessThanOrEqual(Math.min(capMs, highMs));
      }),
      { seed: 42 },
    );
  });
});

describe('retry-after', () => {
  test.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['nothing', {}, 5000],
    ['a negative number', { 'retry-after': '-3' }, 5000],
    ['garbage', { 'retry-after': 'soon 1' }, 5000],
    ['zero', { 'retry-after': '0' }, 0],
    ['a past date', { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, 0],
    [
      'a date and its own clock',
      { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT', date: 'Sun, 06 Nov 1994 08:49:30 GMT' },
      7000,
    ],
  ])('told %s, %j, waits %i ms', async (_, headers, waitMs) => {
    expect((await attemptsOf('retry-after', refusedTimes(1, headers))).atMs).toEqual([0, waitMs]);
  });

  test('hands over the response when told to wait longer than waitMsMax or any timer', async () => {
    const day = await attemptsOf('retry-after', refusedTimes(1, { 'retry-after': '86401' }));
    expect(day).toMatchObject({ atMs: [0], status: 429 });
    const ages = await attemptsOf(
      'retry-after:waitMsMax=2147483647',
      refusedTimes(1, { 'retry-after': '9'.repeat(400) }),
    );
    expect(ages).toMatchObject({ atMs: [0], status: 429 });
  });

  test('absent=backoff backs off only without a header', async () => {
    const answer: Answer = (_, index) =>
      index === 0 ? respond(429) : index === 1 ? respond(429, { 'retry-after': '2' }) : respond(200);
    const { atMs } = await attemptsOf('retry-after:absent=backoff,baseMs=1000', answer, { dice: 0.25 });
    expect(atMs).toEqual([0, 250, 2250]);
  });

  test('retries a POST with the same body, and never a stream', async () => {
    const post = await attemptsOf('retry-after', refusedTimes(1), { init: { method: 'POST', body: 'x' } });
    expect(post.arrivals.map(({ init }) => init?.body)).toEqual(['x', 'x']);
    const body = new ReadableStream<Uint8Array>();
    const stream = await attemptsOf('retry-after', refusedTimes(1), { init: { method: 'POST', body } });
    expect(stream).toMatchObject({ atMs: [0], status: 429 });
  });

  test('sends a Request with a body as often as needed', async () => {
    const clock = new TestClock();
    const bodies: string[] = [];
    const fetch = parseStrategy('retry-after').pipeline(async (input) => {
      bodies.push(await (input as Request).text());
      return respond(bodies.length < 3 ? 429 : 200);
    }, testContext(clock));
    const response = fetch(new Request('https://a/job', { method: 'POST', body: 'x' }));
    await new Promise((resolve) => setImmediate(resolve));
    for (let second = 0; second < 20; second++) {
      await clock.run(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await response).status).toBe(200);
    expect(bodies).toEqual(['x', 'x', 'x']);
  });

  test('stops waiting when the request is aborted', async () => {
    const clock = new TestClock();
    const server = stubServer(clock, () => respond(429));
    const controller = new AbortController();
    const fetch = parseStrategy('retry-after').pipeline(server.fetch, testContext(clock));
    const response = fetch('https://a/job', { signal: controller.signal });
    await clock.run(1000);
    controller.abort(new Error('enough'));
    await expect(response).rejects.toThrow('enough');
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['none', [null, null, null]],
    ['same', ['0', '0', '0']],
    ['fresh', ['0', '1', '2']],
  ])('requestId=%s numbers the ids of the attempts %j', async (kind, expected) => {
    const random = createRandomSource(1);
    const clock = new TestClock();
    const server = stubServer(clock, refusedTimes(2));
    const init = { headers: { authorization: 'secret' } };
    void parseStrategy(`retry-after:requestId=${kind}`).pipeline(server.fetch, { ...testContext(clock), random })(
      'https://a/job',
      init,
    );
    await clock.run(60_000);
    const headers = server.arrivals.map((arrival) => new Headers(arrival.init?.headers));
    const ids = headers.map((sent) => sent.get('x-genesys-request-id'));
    const known = ['0', '1', '2'].map((attempt) => uuidOf(random, 'job', Number(attempt)));
    expect(ids.map((id) => (id === null ? null : String(known.indexOf(id))))).toEqual(expected);
    expect(init).toEqual({ headers: { authorization: 'secret' } });
    expect(headers.map((sent) => sent.get('authorization'))).toEqual(Array(3).fill('secret'));
  });
});

describe('uuidOf', () => {
  test('has the form of version 4 and differs by job and attempt', () => {
    const random = createRandomSource(1);
    const ids = ['a', 'b'].flatMap((job) => [0, 1, 2].map((attempt) => uuidOf(random, job, attempt)));
    expect(new Set(ids).size).toBe(6);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('give-up', () => {
  /** /hopeless is always refused; /fine passes each time it is asked. */
  async function run(spec: string, headers: Record<string, string>, finePassesTo: string) {
    const clock = new TestClock();
    const server = stubServer(clock, ({ url }) => (url.includes('hopeless') ? respond(429, headers) : respond(200)));
    const fetch = parseStrategy(spec).pipeline(server.fetch, testContext(clock));
    let status: number | null = null;
    void fetch('https://a/hopeless').then((response) => (status = response.status));
    for (let second = 0; second < 200; second++) {
      await clock.run(1000);
      void fetch(finePassesTo);
    }
    const attempts = server.arrivals.filter(({ url }) => url.endsWith('/hopeless')).length;
    return { attempts, status };
  }

  test('stops after five refusals in a row while others of the org pass', async () => {
    expect(await run('retry-after+give-up', {}, 'https://a/fine')).toEqual({ attempts: 5, status: 429 });
  });

  test('goes on while nothing of that org passes', async () => {
    expect((await run('retry-after+give-up', {}, 'https://b/fine')).attempts).toBeGreaterThan(30);
  });

  test('does not count refusals that came earlier than told', async () => {
    const early = await run('fixed-delay:delayMs=1000+give-up', { 'retry-after': '30' }, 'https://a/fine');
    expect(early.attempts).toBe(121);
  });

  test('goes on once a request of the same token, method and path has passed', async () => {
    const clock = new TestClock();
    const server = stubServer(clock, ({ url }) => respond(url.endsWith('?page=2') ? 429 : 200));
    const fetch = parseStrategy('fixed-delay:attemptsMax=30+give-up').pipeline(server.fetch, testContext(clock));
    await fetch('https://a/list?page=1');
    void fetch('https://a/list?page=2');
    for (let second = 0; second < 60; second++) {
      await clock.run(1000);
      void fetch('https://a/other');
    }
    expect(server.arrivals.filter(({ url }) => url.endsWith('?page=2')).length).toBe(30);
  });
});
