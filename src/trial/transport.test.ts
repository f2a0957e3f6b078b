import { describe, expect, test } from 'vitest';
import type { Fetch, Pipeline } from '../strategies/strategy.ts';
import { urlOf } from './outgoing.ts';
import { jobsAtOnce, plainHeaders, runTiny, TINY_POLICY, tinyScenario } from './testing/tiny.ts';

const one = tinyScenario(jobsAtOnce(1));

/** A pipeline that does `act` once, with the real fetch and the driver's own call. */
function once(act: (fetch: Fetch, url: string, init: RequestInit) => Promise<Response>): Pipeline {
  return (fetch) => (input, init) => act(fetch, urlOf(input), init ?? {});
}

describe('transport', () => {
  test.each<[string, (fetch: Fetch, url: string, init: RequestInit) => Promise<Response>]>([
    ['text and plain headers', (fetch, url, init) => fetch(url, init)],
    ['URL', (fetch, url, init) => fetch(new URL(url), init)],
    ['Request', (fetch, url, init) => fetch(new Request(url, init))],
    ['Request with init', (fetch, url, init) => fetch(new Request(url, { method: 'POST' }), init)],
    ['Headers', (fetch, url, init) => fetch(url, { ...init, headers: new Headers(init.headers) })],
    ['pairs', (fetch, url, init) => fetch(url, { ...init, headers: [...new Headers(init.headers)] })],
    [
      'capitals',
      (fetch, url, { headers, ...init }) => {
        const pairs = Object.entries(headers as Record<string, string>);
        return fetch(url, { ...init, headers: Object.fromEntries(pairs.map(([k, v]) => [k.toUpperCase(), v])) });
      },
    ],
    ['small letters in the method', (fetch, url, init) => fetch(url, { ...init, method: 'get' })],
  ])('transport knows sender and job from %s', async (_, act) => {
    const { result, record } = await runTiny(one, once(act));
    expect(result.failure).toBeNull();
    expect(result.metrics?.jobs.done).toBe(1);
    expect([...record.attempts.planned.subarray(0, 1)]).toEqual([0]);
    expect(record.detours.size).toBe(0);
  });

  test('transport answers after the service time, or the time of a rejection', async () => {
    const { record } = await runTiny(tinyScenario(jobsAtOnce(6)));
    const tookMs = (attempt: number) => record.attempts.endMs[attempt]! - record.attempts.startMs[attempt]!;
    expect([0, 1, 2, 3, 4, 5].map(tookMs)).toEqual([100, 100, 100, 100, 100, 10]);
    expect(record.attempts.status[5]).toBe(429);
    expect(record.causes[record.attempts.cause[5]!]).toBe('org');
  });

  test('transport refuses a request without a sender without asking the gateway', async () => {
    const { result } = await runTiny(
      one,
      once((fetch, url) => fetch(url)),
    );
    expect(result.metrics?.attempts.total).toBe(0);
    expect(result.failure).toEqual({
      reason: 'threw',
      detail:
        'no job was done; the first error was: TypeError: Cannot send request: its authorization header must be `Bearer` and the token of a sender, but it is not',
    });
  });

  test('transport notes where a request went that was changed', async () => {
    const { record } = await runTiny(
      one,
      once((fetch, url, init) => fetch(url.replace('/users', '/groups'), init)),
    );
    expect([...record.detours]).toEqual([[0, { method: 'GET', path: '/api/v2/groups' }]]);
  });

  test('transport counts a request that names no job, for nobody', async () => {
    const extra = once(async (fetch, url, init) => {
      const { authorization } = plainHeaders(init);
      await fetch(`${url}&extra`, { headers: { authorization: authorization ?? '' } });
      return fetch(url, init);
    });
    const { result, record } = await runTiny(one, extra);
    expect(result.failure).toBeNull();
    expect([...record.attempts.planned.subarray(0, 2)]).toEqual([-1, 0]);
    expect(result.metrics?.attempts).toEqual({ total: 2, admitted: 2, rejected: 0, cancelled: 0 });
    expect(result.metrics?.timeMs).toEqual({ queued: 0, held: 100, backingOff: 0, inService: 100 });
  });

  test('transport charges the items that the header names', async () => {
    const policy = { ...TINY_POLICY, limits: [{ ...TINY_POLICY.limits[0]!, cost: { base: 1, perItem: 1 } }] };
    const drafts = [{ sender: 0, path: '/api/v2/users', method: 'POST', body: '[]', items: 4 }, ...jobsAtOnce(2)];
    const { record } = await runTiny(tinyScenario(drafts, { policy }));
    expect([...record.attempts.items.subarray(0, 3)]).toEqual([4, 1, 1]);
    expect([...record.attempts.status.subarray(0, 3)]).toEqual([200, 200, 429]);
  });

  test('transport identifies whose request it is', async () => {
    const seen: unknown[] = [];
    await runTiny(tinyScenario(jobsAtOnce(2, 2)), (fetch, { identify }) => (input, init) => {
      seen.push(identify(input, init), identify(new Request(urlOf(input), init)), identify(input));
      return fetch(input, init);
    });
    const of = (org: string, job: string) => ({ org, client: `client-${org}`, token: `token-${org}`, job });
    const nobody = { org: '', client: '', token: '', job: '' };
    expect(seen).toEqual([of('org-01', '0'), of('org-01', '0'), nobody, of('org-02', '1'), of('org-02', '1'), nobody]);
  });
});

describe('transport with an abort signal', () => {
  const concurrency = { ...TINY_POLICY, limits: [{ name: 'two', algorithm: { kind: 'concurrency', limit: 2 } }] };

  test('transport cancels on abort: the promise rejects with the reason, the slot is free, the attempt is counted', async () => {
    const reason = new Error('too slow');
    const reasons: unknown[] = [];
    const { result, record } = await runTiny(
      tinyScenario(jobsAtOnce(3), { policy: concurrency }),
      (fetch, { clock }) =>
        async (input, init) => {
          const controller = new AbortController();
          const isFirst = plainHeaders(init)['x-ratelab-job'] === '0';
          if (isFirst) clock.setTimer(() => controller.abort(reason), 40);
          else await new Promise<void>((resolve) => clock.setTimer(resolve, 41));
          return fetch(input, { ...init, signal: controller.signal }).catch((error: unknown) => {
            reasons.push(error);
            return fetch(input, init);
          });
        },
    );
    expect(reasons).toEqual([reason]);
    // Its slot was given up at 40 ms; its second try at 40 ms and one more at 41 ms take both, so that the third is refused.
    expect(result.metrics?.attempts).toEqual({ total: 4, admitted: 2, rejected: 1, cancelled: 1 });
    expect([record.attempts.startMs[0], record.attempts.endMs[0]]).toEqual([0, 40]);
  });

  test('transport sends nothing when the signal is aborted before', async () => {
    const { result } = await runTiny(one, (fetch) => (input, init) => {
      const signal = AbortSignal.abort(new Error('never'));
      return fetch(input, { ...init, signal });
    });
    expect(result.metrics?.attempts.total).toBe(0);
    expect(result.failure?.detail).toBe('no job was done; the first error was: Error: never');
  });

  test('transport obeys the signal of a Request', async () => {
    const { result } = await runTiny(one, (fetch, { clock }) => (input, init) => {
      const controller = new AbortController();
      clock.setTimer(() => controller.abort(), 5);
      return fetch(new Request(urlOf(input), { ...init, signal: controller.signal }));
    });
    expect(result.metrics?.attempts).toEqual({ total: 1, admitted: 0, rejected: 0, cancelled: 1 });
    expect(result.metrics?.jobs).toMatchObject({ done: 0, failed: 1 });
  });

  test('transport ignores an abort after the answer', async () => {
    const { result } = await runTiny(one, (fetch) => async (input, init) => {
      const controller = new AbortController();
      const response = await fetch(input, { ...init, signal: controller.signal });
      controller.abort();
      return response;
    });
    expect(result.metrics?.attempts).toEqual({ total: 1, admitted: 1, rejected: 0, cancelled: 0 });
  });
});
