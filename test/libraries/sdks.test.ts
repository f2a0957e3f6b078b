/** What SDKs do with a 429: gaps between attempts, in virtual time, with answers after 10 ms. */
import { describe, expect, test } from 'vitest';
import { callVirtually, START_MS } from './starts.ts';

const LATENCY_MS = 10;

/** Refuses twice, then admits. */
const refusing = (headers: Record<string, string>, status = 429) => ({
  latencyMs: LATENCY_MS,
  answer: (attempt: number) =>
    attempt < 2 ? Response.json({ message: 'no', status }, { status, headers }) : Response.json({ ok: true }),
});

/** Ms from each answer to the next attempt, and the status at the end. */
async function gapsOf(spec: string, headers: Record<string, string>, status = 429, init: RequestInit = {}) {
  const { startsMs, responses } = await callVirtually({ spec, init, ...refusing(headers, status) });
  const gaps = startsMs.slice(1).map((startMs, index) => startMs - startsMs[index]! - LATENCY_MS);
  return { gaps, status: responses[0]!.status };
}

const DATE = new Date(START_MS + 7990).toUTCString();

describe('retries of SDKs', () => {
  test.each([
    ['openai', { 'retry-after': '7' }, [7000, 7000], 200],
    ['openai', { 'retry-after': '60' }, [60_000, 60_000], 200],
    ['openai', { 'retry-after-ms': '1234' }, [1234, 1234], 200],
    ['openai', { 'retry-after': '0' }, [1, 1], 200],
    ['openai', { 'retry-after': '3000000' }, [1, 1], 200],
    ['anthropic', { 'retry-after': '7' }, [7000, 7000], 200],
    ['azure', {}, [], 429],
    ['azure', { 'retry-after': '7' }, [7000, 7000], 200],
    ['azure:policy=throttling', { 'x-ms-retry-after-ms': '1234' }, [1234, 1234], 200],
    ['discord', { 'retry-after': '7' }, [7050, 7050], 200],
    ['discord', { 'retry-after': '0' }, [50, 50], 200],
    ['discord', {}, [0, 0], 200],
    ['slack', {}, [], 429],
    ['slack', { 'retry-after': 'abc' }, [], 429],
    ['genesys-sdk', { 'retry-after': '7' }, [], 429],
    ['retry-after+genesys-sdk', { 'retry-after': '7' }, [7000, 7000], 200],
  ] as const)('%s with %j waits %j and ends with %d', async (spec, headers, gaps, status) => {
    expect(await gapsOf(spec, headers)).toEqual({ gaps: [...gaps], status });
  });

  test('a date is waited for', async () => {
    for (const spec of ['openai', 'anthropic', 'azure']) {
      const { startsMs } = await callVirtually({ spec, ...refusing({ 'retry-after': DATE }) });
      expect([spec, startsMs[1]]).toEqual([spec, Date.parse(DATE) - START_MS]);
    }
  });

  test('openai and anthropic wait 0.375 to 0.5 s, then twice that, without Retry-After', async () => {
    for (const spec of ['openai', 'anthropic']) {
      const { gaps } = await gapsOf(spec, {});
      expect(gaps).toHaveLength(2);
      gaps.forEach((gap, index) => {
        expect(gap).toBeGreaterThanOrEqual(375 * 2 ** index);
        expect(gap).toBeLessThanOrEqual(500 * 2 ** index);
      });
    }
  });

  test('slack waits for Retry-After and for a backoff of 1 to 2 s, doubled, on top', async () => {
    const { gaps, status } = await gapsOf('slack', { 'retry-after': '7' });
    expect(status).toBe(200);
    expect(gaps).toHaveLength(2);
    expect(gaps[0]).toBeGreaterThanOrEqual(8000);
    expect(gaps[0]).toBeLessThanOrEqual(9000);
    expect(gaps[1]).toBeGreaterThan(8900);
  });

  test('slack holds all other calls back meanwhile', async () => {
    const { startsMs } = await callVirtually({
      spec: 'slack:concurrency=1',
      count: 3,
      ...refusing({ 'retry-after': '7' }),
    });
    expect(startsMs[1]! - startsMs[0]!).toBe(7000 + LATENCY_MS);
  });
});

describe('what an SDK hands on', () => {
  const SPECS = ['openai', 'anthropic', 'azure', 'discord', 'slack', 'genesys-sdk'];

  test.each(SPECS)('%s sends the call with its own URL, method, headers and body at each attempt', async (spec) => {
    const { requests } = await callVirtually({
      spec: spec === 'genesys-sdk' ? 'retry-after+genesys-sdk' : spec,
      init: { method: 'PUT', body: '{"name":"x"}' },
      ...refusing({ 'retry-after': '1' }),
    });
    expect(requests).toHaveLength(3);
    for (const request of requests) {
      expect(request.url).toBe('https://api.example.invalid/api/v2/users?page=0');
      expect(request.method).toBe('PUT');
      expect(request.headers.get('authorization')).toBe('Bearer token-1');
      expect(request.headers.get('x-job')).toBe('0');
      expect(request.headers.get('x-ratelab-call')).toBeNull();
      expect(await request.text()).toBe('{"name":"x"}');
    }
  });

  test.each(SPECS)('%s hands on the response that was refused, with headers and body', async (spec) => {
    const headers = { 'retry-after': '9', 'x-ratelimit-limit': '5' };
    const [response] = (
      await callVirtually({
        spec: { openai: 'openai:retries=0', anthropic: 'anthropic:retries=0', azure: 'azure:retries=0' }[spec] ?? spec,
        // Discord gives no 429 up, and Slack only without Retry-After.
        answer: () =>
          spec === 'discord'
            ? Response.json({ message: 'no' }, { status: 404, headers })
            : Response.json(
                { message: 'no' },
                { status: 429, headers: { ...headers, ...(spec === 'slack' && { 'retry-after': 'soon' }) } },
              ),
      })
    ).responses;
    expect(response).toBeInstanceOf(Response);
    expect(response!.status).toBe(spec === 'discord' ? 404 : 429);
    expect(response!.headers.get('retry-after')).toBe(spec === 'slack' ? 'soon' : '9');
    expect(response!.headers.get('x-ratelimit-limit')).toBe('5');
    expect(await response!.json()).toEqual({ message: 'no' });
  });

  test.each(SPECS)('%s hands on an admitted body', async (spec) => {
    const { responses } = await callVirtually({ spec, answer: () => Response.json({ id: 7 }) });
    expect(await responses[0]!.json()).toEqual({ id: 7 });
  });

  test('a network error is thrown on', async () => {
    for (const spec of ['openai:retries=0', 'anthropic:retries=0', 'azure:retries=0', 'genesys-sdk']) {
      await expect(
        callVirtually({
          spec,
          answer: () => {
            throw new TypeError('fetch failed');
          },
        }),
      ).rejects.toThrow(/^threw: /);
    }
  });
});
