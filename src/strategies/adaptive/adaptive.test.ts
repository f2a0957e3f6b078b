import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../../random/keyed-random.ts';
import { parseStrategy } from '../parse.ts';
import { TokenBucket } from '../pacing/bucket.ts';
import type { Gate } from '../pacing/gated.ts';
import { type Arrival, respond, stubServer, TestClock, testContext } from '../testing-clock.ts';
import { AdaptiveBucket } from './atb.ts';
import { Aimd } from './aimd.ts';
import { CubicRate } from './aws-adaptive.ts';
import { AwsRetries } from './aws-standard.ts';
import { Gradient2 } from './gradient2.ts';
import { RetryTokens } from './grpc-retry-throttling.ts';
import { RecentCounts } from './recent-counts.ts';
import { rejectionShare } from './sre-throttling.ts';
import { Vegas } from './vegas.ts';

const startMs = 1_750_000_000_000;
const [ok, refused] = [respond(200), respond(429)];

async function run(
  spec: string,
  urls: readonly string[],
  answer: (arrival: Arrival, index: number) => Response,
  {
    runMs = 1_000_000,
    dice,
    latencyMs = 0,
  }: { runMs?: number; dice?: Parameters<typeof testContext>[1]; latencyMs?: number } = {},
) {
  const clock = new TestClock();
  const server = stubServer(clock, answer, latencyMs);
  const context = testContext(clock, dice);
  const fetch = parseStrategy(spec).pipeline(server.fetch, context);
  const responses = urls.map((url) => fetch(url));
  await clock.run(runMs);
  const statuses = (await Promise.all(responses)).map(({ status }) => status);
  return { atMs: server.arrivals.map(({ atMs }) => atMs), statuses, notes: context.notes };
}

const calls = (count: number) => Array.from({ length: count }, (_, index) => `https://a/${index}`);

/** Sends through a gate as fast as it lets for some time, every answer at once; a server with a quota refuses the rest. Starts a second. */
function drive(gate: Gate, serverPerSecond: number, durationMs: number, countFromMs: number) {
  const server = new TokenBucket(serverPerSecond, serverPerSecond);
  let [sent, refusals] = [0, 0];
  for (let nowMs = startMs; nowMs < startMs + durationMs; nowMs += 1) {
    for (let tries = 0; tries < 20 && gate.take(nowMs) === 0; tries++) {
      const admitted = server.take(nowMs) === 0;
      gate.ended?.(admitted ? ok : refused, nowMs, nowMs);
      if (nowMs >= startMs + countFromMs) {
        sent += 1;
        refusals += admitted ? 0 : 1;
      }
    }
  }
  const seconds = (durationMs - countFromMs) / 1000;
  return { sentPerSecond: sent / seconds, refusedShare: refusals / sent };
}

describe('aimd', () => {
  const settings = {
    startPerSecond: 10,
    increasePerSecond: 2,
    everyMs: 10_000,
    decreaseFactor: 0.7,
    cooldownMs: 0,
    minPerSecond: 0.1,
    maxPerSecond: 13,
  };

  test('grows by a step every everyMs without a refusal, up to the highest rate', () => {
    const rates: number[] = [];
    const gate = new Aimd(settings, (rate) => rates.push(rate));
    for (let second = 0; second <= 35; second++) {
      gate.take(startMs + second * 1000);
      gate.ended(ok, startMs + second * 1000, startMs + second * 1000);
    }
    expect(rates).toEqual([12, 13, 13]);
  });

  test('is cut once for all refusals of one round trip', () => {
    const rates: number[] = [];
    const gate = new Aimd(settings, (rate) => rates.push(rate));
    gate.take(startMs);
    for (let index = 0; index < 5; index++) gate.ended(refused, startMs + 100 + index, startMs + index);
    gate.ended(refused, startMs + 300, startMs + 200);
    expect(rates.map((rate) => rate.toFixed(3))).toEqual(['7.000', '4.900']);
  });

  test('is not cut again before cooldownMs have passed', () => {
    const rates: number[] = [];
    const gate = new Aimd({ ...settings, cooldownMs: 5000 }, (rate) => rates.push(rate));
    gate.take(startMs);
    for (const atMs of [0, 4999, 5000, 9999]) gate.ended(refused, startMs + atMs + 20, startMs + atMs);
    expect(rates.map((rate) => rate.toFixed(3))).toEqual(['7.000', '4.900']);
  });

  test('settles about a quota that it does not know', () => {
    const gate = new Aimd({ ...settings, startPerSecond: 50, maxPerSecond: 1000 }, () => undefined);
    const { sentPerSecond, refusedShare } = drive(gate, 20, 600_000, 60_000);
    expect(sentPerSecond).toBeGreaterThan(14);
    expect(sentPerSecond).toBeLessThan(21);
    expect(refusedShare).toBeLessThan(0.02);
  });

  test('paces by its rate', async () => {
    const { atMs, notes } = await run('aimd:startPerSecond=5', calls(3), (_, index) =>
      respond(index === 0 ? 429 : 200),
    );
    expect(atMs).toEqual([0, 286, 572]);
    expect(notes).toEqual([['rate per second a', 3.5]]);
  });
});

describe('atb', () => {
  const settings = {
    startPerSecond: 10,
    increasePerSecond: 1,
    windowMs: 1000,
    gain: 0.0625,
    minPerSecond: 0.1,
    maxPerSecond: 1000,
  };

  test('halves at the first window with refusals, and less as congestion is seen to be rare', () => {
    const rates: number[] = [];
    const gate = new AdaptiveBucket(settings, (rate) => rates.push(rate));
    gate.take(startMs);
    gate.ended(refused, startMs + 1000);
    expect(rates).toEqual([5]);
    for (let second = 2; second < 60; second++) gate.ended(ok, startMs + second * 1000);
    const before = rates.at(-1) ?? 0;
    gate.ended(refused, startMs + 61_000);
    expect(rates.at(-1)).toBeGreaterThan(before * 0.95);
  });

  test('settles about a quota that it does not know', () => {
    const { sentPerSecond, refusedShare } = drive(
      new AdaptiveBucket({ ...settings, startPerSecond: 50 }, () => undefined),
      20,
      600_000,
      60_000,
    );
    expect(sentPerSecond).toBeGreaterThan(18);
    expect(sentPerSecond).toBeLessThan(22);
    expect(refusedShare).toBeLessThan(0.1);
  });
});

describe('aws-standard', () => {
  test('makes three attempts: steps of 1 s and 2 s when throttled, 50 and 100 ms for a 5xx, full jitter', async () => {
    expect(await run('aws-standard', calls(1), () => respond(429))).toMatchObject({
      atMs: [0, 500, 1500],
      statuses: [429],
    });
    expect(await run('aws-standard', calls(1), () => respond(503))).toMatchObject({
      atMs: [0, 25, 75],
      statuses: [503],
    });
    expect((await run('aws-standard', calls(1), () => respond(404))).atMs).toEqual([0]);
  });

  test('lets x-amz-retry-after lengthen the wait by at most 5 s, and never shorten it', async () => {
    const first = async (value: string) => {
      const answer = () => respond(429, { 'x-amz-retry-after': value, 'retry-after': '60' });
      return (await run('aws-standard:attemptsMax=2', calls(1), answer)).atMs[1];
    };
    expect(await Promise.all(['0', '2000', '60000', 'soon'].map(first))).toEqual([500, 2000, 5500, 500]);
  });

  test('pays 5 tokens for a retry after throttling, 14 after a 5xx; gets them back when it passes, and 1 for a plain success', () => {
    const settings = { attemptsMax: 9, throttlingBaseMs: 1000, transientBaseMs: 50, capMs: 20_000, quota: 100 };
    const rule = new AwsRetries(settings, testContext(new TestClock()).random);
    const identity = { org: '', client: '', token: '', job: '' };
    const at = (status: number, refusals: number, entity: string) =>
      rule.delayMs({
        response: respond(status),
        refusals,
        entity,
        identity,
        previousDelayMs: 0,
        startedAtMs: 0,
        nowMs: 0,
      });
    expect(at(429, 1, 'a')).toBe(500);
    expect(rule.quotaLeft).toBe(95);
    at(503, 1, 'b');
    expect(rule.quotaLeft).toBe(81);
    rule.passed('b', 1);
    expect(rule.quotaLeft).toBe(95);
    rule.passed('', 0);
    expect(rule.quotaLeft).toBe(96);
    for (let index = 0; index < 19; index++) expect(at(429, 1, `c${index}`)).toBe(500);
    expect(rule.quotaLeft).toBe(1);
    expect(at(429, 1, 'd')).toBeNull();
  });

  test('with its quota of 500 retries a hundred throttled calls once, and none of the next', async () => {
    const { atMs } = await run('aws-standard', calls(150), () => respond(429));
    expect(atMs.length).toBe(150 + 100);
  });
});

describe('aws-adaptive', () => {
  test('does not pace before the first throttling', async () => {
    expect((await run('aws-adaptive', calls(50), () => ok)).atMs).toEqual(Array(50).fill(0));
  });

  test('falls to 0.7 of the measured rate, and comes back to it after K seconds', () => {
    const rates: number[] = [];
    const gate = new CubicRate(0.7, 0.4, (rate) => rates.push(rate));
    // 20 calls a second for 10 s: the measured rate comes close to 20.
    const at = (tenths: number) => startMs + tenths * 50;
    for (let step = 0; step < 200; step++) {
      gate.take(at(step));
      gate.ended(ok, at(step));
    }
    expect(rates).toEqual([]);
    gate.ended(refused, at(200));
    const cut = rates.at(-1) ?? 0;
    expect(cut).toBeGreaterThan(13.5);
    expect(cut).toBeLessThan(15);
    const top = cut / 0.7;
    const untilPlateauMs = Math.cbrt((top * 0.3) / 0.4) * 1000;
    for (let step = 201; at(step) - at(200) <= untilPlateauMs; step++) gate.ended(ok, at(step));
    expect(rates.at(-1)).toBeGreaterThan(top * 0.999);
    expect(rates.at(-1)).toBeLessThanOrEqual(top);
  });

  test('never sets more than twice the measured rate, nor less than half a call a second', () => {
    const rates: number[] = [];
    const gate = new CubicRate(0.7, 0.4, (rate) => rates.push(rate));
    gate.take(startMs);
    gate.ended(refused, startMs);
    expect(rates).toEqual([0.5]);
    for (let second = 1; second < 600; second++) gate.ended(ok, startMs + second * 1000);
    // Two answers in the first second, one in each later one: the average is back at one a second after ten.
    expect(Math.max(...rates.slice(0, 10))).toBeLessThanOrEqual(2 * 2);
    expect(Math.max(...rates.slice(10))).toBeLessThanOrEqual(2.000001);
  });

  test('settles about a quota that it does not know', () => {
    const { sentPerSecond } = drive(new CubicRate(0.7, 0.4, () => undefined), 20, 300_000, 60_000);
    expect(sentPerSecond).toBeGreaterThan(15);
    expect(sentPerSecond).toBeLessThan(25);
  });
});

describe('sre-throttling', () => {
  test.each([
    [0, 0, 2, 0],
    [100, 50, 2, 0],
    [100, 100, 2, 0],
    [99, 0, 2, 0.99],
    [199, 50, 2, 99 / 200],
    [109, 99, 1.1, 0.1 / 110],
  ])('with %i requests and %i accepts at K = %d refuses a share', (requests, accepts, k, share) => {
    expect(rejectionShare(requests, accepts, k)).toBeCloseTo(share, 12);
  });

  test('holds what it refuses, and sends it later; nothing is lost', async () => {
    const answer = ({ atMs }: Arrival) => respond(atMs < 5000 ? 429 : 200);
    const random = createRandomSource(42);
    const { atMs, statuses } = await run('fixed-delay:delayMs=100+sre-throttling', calls(5), answer, {
      dice: (stream, job, index) => random.at(stream, job, index),
      runMs: 3_000_000,
    });
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    // Without throttling five jobs would be refused fifty times each.
    expect(atMs.filter((at) => at < 5000).length).toBeLessThan(30);
  });
});

describe('RecentCounts', () => {
  test('agrees with counting by hand, to one bin', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.boolean()), { maxLength: 200 }), (events) => {
        const counts = new RecentCounts(6000);
        let nowMs = startMs;
        const seen: { atMs: number; accept: boolean }[] = [];
        for (const [gapMs, accept] of events) {
          nowMs += gapMs;
          if (accept) counts.addAccept(nowMs);
          else counts.addRequest(nowMs);
          seen.push({ atMs: nowMs, accept });
        }
        const firstBin = Math.floor(nowMs / 100) - 59;
        const inside = seen.filter(({ atMs }) => Math.floor(atMs / 100) >= firstBin);
        const accepts = inside.filter(({ accept }) => accept).length;
        expect(counts.at(nowMs)).toEqual({ requests: inside.length - accepts, accepts });
        expect(counts.at(nowMs + 6000)).toEqual({ requests: 0, accepts: 0 });
      }),
      { seed: 42 },
    );
  });
});

describe('grpc-retry-throttling', () => {
  test('allows retries only above half of the tokens', () => {
    const tokens = new RetryTokens(10, 0.1);
    for (let failure = 0; failure < 4; failure++) tokens.failed();
    expect(tokens.allowRetry).toBe(true);
    tokens.failed();
    expect(tokens.allowRetry).toBe(false);
    tokens.succeeded();
    expect(tokens.allowRetry).toBe(true);
    for (let failure = 0; failure < 99; failure++) tokens.failed();
    for (let success = 0; success < 50; success++) tokens.succeeded();
    expect(tokens.allowRetry).toBe(false);
    tokens.succeeded();
    expect(tokens.allowRetry).toBe(true);
  });

  test('waits a random part of a doubling step, and stops after five attempts', async () => {
    const { atMs } = await run('grpc-retry-throttling:maxTokens=1000', calls(1), () => respond(429));
    expect(atMs).toEqual([0, 500, 1500, 3500, 7500]);
  });

  test('stops retrying for all once tokens are at half', async () => {
    const { atMs } = await run('grpc-retry-throttling', calls(20), () => respond(429));
    expect(atMs.length).toBe(20 + 4);
  });
});

describe('retry-budget', () => {
  test('spends one for each retry, and earns one with ten successes', async () => {
    expect((await run('retry-budget:capacity=3', calls(10), () => respond(429))).atMs.length).toBe(13);
    const firstRefused = await run('retry-budget:capacity=1', calls(22), (_, index) =>
      respond(index === 0 || index === 21 ? 429 : 200),
    );
    expect(firstRefused.statuses.filter((status) => status === 200).length).toBe(22);
  });
});

describe('gradient2', () => {
  const settings = {
    initialLimit: 20,
    minLimit: 1,
    maxLimit: 200,
    queueSize: 4,
    smoothing: 0.2,
    rttTolerance: 1.5,
    longWindow: 600,
  };

  test('grows by smoothing x queueSize while round trips stay as they are', () => {
    const rule = new Gradient2(settings);
    for (let sample = 0; sample < 10; sample++) rule.update({ rttMs: 100, inProgress: 100, refused: false });
    expect(rule.limit).toBeCloseTo(20 + 10 * 0.8, 9);
  });

  test('shrinks when round trips grow past the tolerance, at most by half of itself in a step', () => {
    const rule = new Gradient2(settings);
    for (let sample = 0; sample < 50; sample++) rule.update({ rttMs: 100, inProgress: 100, refused: false });
    const before = rule.limit;
    rule.update({ rttMs: 1000, inProgress: 100, refused: false });
    expect(rule.limit).toBeCloseTo(before * 0.8 + (before * 0.5 + 4) * 0.2, 6);
  });

  test('does not grow unused, and takes no notice of refusals', () => {
    const rule = new Gradient2(settings);
    rule.update({ rttMs: 100, inProgress: 9, refused: false });
    rule.update({ rttMs: 1, inProgress: 100, refused: true });
    expect(rule.limit).toBe(20);
  });

  test('has no more in progress than its limit', async () => {
    const { atMs, notes } = await run('gradient2:initialLimit=5,minLimit=1', calls(20), () => ok, { latencyMs: 100 });
    expect(atMs.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 100]);
    expect(notes[0]).toEqual(['limit a', 6]);
  });
});

describe('vegas', () => {
  const warm = (limit: number) => {
    const rule = new Vegas(limit, 1000, 1_000_000);
    rule.update({ rttMs: 100, inProgress: limit, refused: false });
    return rule;
  };
  const step = Math.log10(20);

  test.each([
    ['no queue', 100, 20 + 6 * step],
    ['a short queue (2 of 20)', 109, 20 + step],
    ['a middling queue (5 of 20)', 130, 20],
    ['a long queue (10 of 20)', 200, 20 - step],
  ])('with %s goes from 20 to the expected limit', (_, rttMs, limit) => {
    const rule = warm(20);
    rule.update({ rttMs, inProgress: 20, refused: false });
    expect(rule.limit).toBeCloseTo(limit, 9);
  });

  test('a refusal lowers the limit, never below one', () => {
    const rule = warm(20);
    rule.update({ rttMs: 1, inProgress: 20, refused: true });
    expect(rule.limit).toBeCloseTo(20 - step, 9);
    for (let index = 0; index < 100; index++) rule.update({ rttMs: 1, inProgress: 20, refused: true });
    expect(rule.limit).toBe(1);
  });

  test('forgets the shortest round trip after probeEvery x limit samples', () => {
    const rule = new Vegas(1, 1000, 3);
    for (const rttMs of [50, 200, 200]) rule.update({ rttMs, inProgress: 0, refused: false });
    rule.update({ rttMs: 200, inProgress: 1, refused: false });
    expect(rule.limit).toBe(7);
  });
});
