import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../../random/keyed-random.ts';
import { parseStrategy } from '../parse.ts';
import { type Arrival, respond, stubServer, TestClock, testContext } from '../testing-clock.ts';
import { Fifo } from './fifo.ts';
import { readRateHeaders } from './rate-headers.ts';

type Answer = (arrival: Arrival, index: number) => Response;

/** Sends the URLs at once (or one by one at `everyMs`) and runs to the end. */
async function run(
  spec: string,
  urls: readonly string[],
  options: {
    answer?: Answer;
    latencyMs?: number;
    runMs?: number;
    dice?: Parameters<typeof testContext>[1];
    everyMs?: number;
  } = {},
) {
  const clock = new TestClock();
  const server = stubServer(clock, options.answer ?? (() => respond(200)), options.latencyMs);
  const context = testContext(clock, options.dice);
  const fetch = parseStrategy(spec).pipeline(server.fetch, context);
  const responses: Promise<Response>[] = [];
  for (const [index, url] of urls.entries()) {
    const send = () => void responses.push(fetch(url));
    if (options.everyMs === undefined || index === 0) send();
    else clock.setTimer(send, index * options.everyMs);
  }
  await clock.run(options.runMs ?? 1_000_000);
  const statuses = (await Promise.all(responses)).map(({ status }) => status);
  return {
    atMs: server.arrivals.map(({ atMs }) => atMs),
    urls: server.arrivals.map(({ url }) => url),
    statuses,
    notes: context.notes,
    pending: clock.pending,
  };
}

const calls = (count: number, org = 'a') => Array.from({ length: count }, (_, index) => `https://${org}/${index}`);

/** The most intervals [start, start + latency) that overlap. */
function mostAtOnce(atMs: readonly number[], latencyMs: number): number {
  return Math.max(...atMs.map((from) => atMs.filter((other) => other <= from && from < other + latencyMs).length));
}

describe('spacing', () => {
  test('leaves the drawn time between two starts of an org, in order', async () => {
    const { atMs, urls } = await run('spacing', calls(4), {
      dice: (_stream, _org, index) => [0, 0, 0.5, 0.999][index] ?? 0,
    });
    expect(atMs).toEqual([0, 200, 550, 1050]);
    expect(urls).toEqual(calls(4));
  });

  test('does not hold up another org', async () => {
    expect((await run('spacing:minMs=300,maxMs=300', [...calls(2, 'a'), ...calls(2, 'b')])).atMs).toEqual([
      0, 0, 300, 300,
    ]);
  });

  test('refuses a longest space below the shortest', () => {
    expect(() => parseStrategy('spacing:minMs=600')).toThrow(
      'Cannot parse strategy spacing:minMs=600: spacing.maxMs must be at least minMs (600), current value is 500',
    );
  });
});

describe('concurrency', () => {
  test('never has more in progress than the limit, and no fewer while work waits', async () => {
    const { atMs, urls, pending } = await run('concurrency:limit=3', calls(9), { latencyMs: 100 });
    expect(atMs).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200]);
    expect(mostAtOnce(atMs, 100)).toBe(3);
    expect(urls).toEqual(calls(9));
    expect(pending).toBe(0);
  });

  test('frees the place of a failed call', async () => {
    const clock = new TestClock();
    let arrived = 0;
    const fetch = parseStrategy('concurrency:limit=1').pipeline(async () => {
      arrived += 1;
      throw new Error('broken line');
    }, testContext(clock));
    const both = Promise.allSettled([fetch('https://a/0'), fetch('https://a/1')]);
    await clock.run(10);
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(arrived).toBe(2);
  });

  test('frees the place of a call that throws instead of rejecting', async () => {
    const clock = new TestClock();
    const fetch = parseStrategy('concurrency:limit=1').pipeline(() => {
      throw new Error('no promise');
    }, testContext(clock));
    const both = Promise.allSettled([fetch('https://a/0'), fetch('https://a/1')]);
    await clock.run(10);
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('org-queues', () => {
  test('sends one at a time for each org', async () => {
    expect((await run('org-queues', [...calls(2, 'a'), ...calls(2, 'b')], { latencyMs: 100 })).atMs).toEqual([
      0, 0, 100, 100,
    ]);
  });
});

describe('round-robin', () => {
  test('serves the orgs in turn, whatever their backlog', async () => {
    const urls = [...calls(4, 'a'), ...calls(1, 'b'), ...calls(2, 'c')];
    const result = await run('round-robin:concurrency=1', urls, { latencyMs: 10 });
    expect(result.urls.map((url) => url.slice('https://'.length))).toEqual([
      'a/0',
      'a/1',
      'b/0',
      'c/0',
      'a/2',
      'c/1',
      'a/3',
    ]);
    expect(result.atMs).toEqual([0, 10, 20, 30, 40, 50, 60]);
  });

  test('never has more in progress than its concurrency', async () => {
    const { atMs } = await run('round-robin:concurrency=2', [...calls(5, 'a'), ...calls(5, 'b')], { latencyMs: 70 });
    expect(mostAtOnce(atMs, 70)).toBe(2);
    expect(atMs.length).toBe(10);
  });

  test('passes over an aborted request', async () => {
    const clock = new TestClock();
    const server = stubServer(clock, () => respond(200), 10);
    const fetch = parseStrategy('round-robin:concurrency=1').pipeline(server.fetch, testContext(clock));
    const controller = new AbortController();
    void fetch('https://a/0');
    const second = fetch('https://a/1', { signal: controller.signal });
    void fetch('https://a/2');
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    await clock.run(100);
    expect(server.arrivals.map(({ url }) => url)).toEqual(['https://a/0', 'https://a/2']);
  });
});

describe('window-quota', () => {
  test('opens a window with the first start and leaves the margin after it', async () => {
    const { atMs } = await run('window-quota:limit=2,windowMs=1000,marginMs=50', calls(5));
    expect(atMs).toEqual([0, 0, 1050, 1050, 2100]);
  });

  test('counts from the next request when the window has ended', async () => {
    const { atMs } = await run('window-quota:limit=1,windowMs=1000,marginMs=0', calls(4), { everyMs: 700 });
    expect(atMs).toEqual([0, 1000, 2000, 3000]);
  });

  test('anchor=epoch follows the multiples of the window', async () => {
    // The test clock starts at a whole second.
    const { atMs } = await run('window-quota:limit=2,windowMs=1000,anchor=epoch,marginMs=50', calls(5));
    expect(atMs).toEqual([0, 0, 50, 50, 1050]);
  });
});

describe('delay-each-call', () => {
  test('waits a random time in the range before each call', async () => {
    const { atMs } = await run('delay-each-call', calls(3), { dice: (_stream, job) => Number(job) / 2 });
    expect(atMs).toEqual([10_000, 20_000, 30_000]);
  });

  test('throws new dice for each attempt of a job', async () => {
    const refuseTwice: Answer = (_, index) => respond(index < 2 ? 429 : 200);
    const dice = (stream: string, _job: string | number, index: number) =>
      stream === 'delay-each-call' ? index / 2 : 0;
    const { atMs } = await run('immediate-retry+delay-each-call', calls(1), { answer: refuseTwice, dice });
    expect(atMs).toEqual([10_000, 30_000, 60_000]);
  });
});

describe('broker', () => {
  test('takes calls of all orgs in order, evenly, with so many consumers', async () => {
    const { atMs, urls } = await run('broker:ratePerSecond=10,concurrency=2', [...calls(3, 'a'), ...calls(2, 'b')], {
      latencyMs: 250,
    });
    expect(atMs).toEqual([0, 100, 250, 350, 500]);
    expect(urls).toEqual([...calls(3, 'a'), ...calls(2, 'b')]);
  });

  test('leaves a note for each throttled request', async () => {
    const { notes } = await run('broker', calls(3), { answer: (_, index) => respond(index === 1 ? 200 : 429) });
    expect(notes).toEqual([
      ['throttled requests', 1],
      ['throttled requests', 2],
    ]);
  });
});

describe('org-gate', () => {
  const refuseFirst: Answer = (_, index) => (index === 0 ? respond(429, { 'retry-after': '3' }) : respond(200));

  test('holds every request of the org until Retry-After has passed, and none of another', async () => {
    const urls = ['https://a/0', 'https://a/1', 'https://b/2', 'https://a/3'];
    const { atMs, urls: arrived } = await run('retry-after+org-gate', urls, { answer: refuseFirst, everyMs: 1000 });
    expect(arrived.map((url, index) => `${url} ${atMs[index]}`)).toEqual([
      'https://a/0 0',
      'https://b/2 2000',
      'https://a/1 3000',
      'https://a/3 3000',
      'https://a/0 3000',
    ]);
  });

  test('by=client holds the requests of all its orgs', async () => {
    const { atMs } = await run('org-gate:by=client', ['https://a/0', 'https://b/1'], {
      answer: refuseFirst,
      everyMs: 1000,
    });
    expect(atMs).toEqual([0, 3000]);
  });

  test('without Retry-After holds absentMs, or not at all', async () => {
    const answer: Answer = (_, index) => respond(index === 0 ? 429 : 200);
    expect((await run('org-gate', calls(2), { answer, everyMs: 1000 })).atMs).toEqual([0, 5000]);
    expect((await run('org-gate:absentMs=0', calls(2), { answer, everyMs: 1000 })).atMs).toEqual([0, 1000]);
  });
});

describe('remaining-gate', () => {
  test('sends no more than remains, and at 0 waits for the reset', async () => {
    // A fixed window of 3 calls in 10 s.
    const window: Answer = ({ atMs }, index) => {
      const windowIndex = Math.floor(index / 3);
      const resetSeconds = Math.ceil(((windowIndex + 1) * 10_000 - atMs) / 1000);
      return respond(200, {
        'x-ratelimit-remaining': String(2 - (index % 3)),
        'x-ratelimit-reset': String(resetSeconds),
      });
    };
    const { atMs } = await run('remaining-gate', calls(7), { answer: window, everyMs: 100 });
    expect(atMs).toEqual([0, 100, 200, 10_200, 10_200, 10_200, 20_200]);
  });

  test('after a wait sends one ahead, and as many more as its answer allows', async () => {
    const remaining = [0, 2, 1, 0];
    const answer: Answer = (_, index) =>
      respond(200, { 'x-ratelimit-remaining': String(remaining[index] ?? 9), 'retry-after': '1' });
    const { atMs } = await run('remaining-gate', calls(5), { answer, latencyMs: 10, everyMs: 20 });
    expect(atMs).toEqual([0, 1010, 1020, 1020, 2030]);
  });

  test('knows nothing without the headers, and lets all go', async () => {
    expect((await run('remaining-gate', calls(5))).atMs).toEqual([0, 0, 0, 0, 0]);
    const onlyOnRefusals: Answer = (_, index) =>
      index === 0 ? respond(429, { 'x-rate-limit-remaining': '0', 'retry-after': '1' }) : respond(200);
    const { atMs } = await run('remaining-gate', calls(4), { answer: onlyOnRefusals, latencyMs: 10, everyMs: 100 });
    expect(atMs).toEqual([0, 1010, 1020, 1020]);
  });

  test('never stands still for ever, also when a call fails', async () => {
    const clock = new TestClock();
    let calls = 0;
    const fetch = parseStrategy('remaining-gate').pipeline(async () => {
      calls += 1;
      if (calls === 2) throw new Error('broken line');
      return respond(200, { 'x-ratelimit-remaining': '0' });
    }, testContext(clock));
    const all = Promise.allSettled([
      fetch('https://a/0'),
      clockedLater(clock, () => fetch('https://a/1')),
      clockedLater(clock, () => fetch('https://a/2')),
    ]);
    await clock.run(100_000);
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

function clockedLater<T>(clock: TestClock, action: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => void clock.setTimer(() => void action().then(resolve, reject), 10));
}

describe('readRateHeaders', () => {
  const nowMs = 1_750_000_000_000;
  test.each([
    [
      { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '12' },
      { remaining: 7, waitMs: 12_000 },
    ],
    [
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1750000003' },
      { remaining: 0, waitMs: 3000 },
    ],
    [
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1715432000' },
      { remaining: 0, waitMs: 0 },
    ],
    [
      { 'inin-ratelimit-allowed': '180', 'inin-ratelimit-count': '1', 'inin-ratelimit-reset': '61' },
      { remaining: 179, waitMs: 61_000 },
    ],
    [
      { 'inin-ratelimit-allowed': '180', 'inin-ratelimit-count': '200' },
      { remaining: 0, waitMs: null },
    ],
    [
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12', 'retry-after': '3' },
      { remaining: 0, waitMs: 3000 },
    ],
    [{ 'x-ratelimit-remaining': 'many' }, null],
    [{ 'retry-after': '3' }, null],
  ])('reads %j as %j', (headers, expected) => {
    expect(readRateHeaders(respond(200, headers as Record<string, string>), nowMs)).toEqual(expected);
  });
});

describe('Fifo', () => {
  test('gives back what came in, in order, over many turns', () => {
    const fifo = new Fifo<number>();
    const peeked: (number | undefined)[] = [];
    const taken: (number | undefined)[] = [];
    const dice = createRandomSource(42);
    let next = 0;
    for (let step = 0; step < 20_000; step++) {
      if (dice.at('fifo', '', step) < (step < 10_000 ? 0.7 : 0.3)) {
        fifo.push(next++);
      } else {
        peeked.push(fifo.peek());
        taken.push(fifo.shift());
      }
    }
    const out = taken.filter((item) => item !== undefined);
    expect(taken).toEqual(peeked);
    expect(fifo.size).toBe(next - out.length);
    expect(out).toEqual(Array.from({ length: out.length }, (_, index) => index));
    expect(out.length).toBeGreaterThan(8000);
  });
});
