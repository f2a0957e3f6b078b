import { describe, expect, it } from 'vitest';
import { createGateway, type Caller, type GatewayRequest, type KeyedRandom } from './gateway.ts';
import { localHourAt, localHourFormat } from './local-time.ts';
import { parsePolicy } from './policy.ts';

/** A keyed hash in [0, 1). */
const random: KeyedRandom = (stream, entity, index) => {
  let hash = 2166136261;
  for (const letter of `${stream}|${entity}|${index}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
};
const CALLER: Caller = {
  org: 'acme',
  client: 'c',
  token: 't',
  user: 'u',
  app: 'a',
  ip: 'i',
  tier: 'standard',
  permitted: true,
};
const REQUEST: GatewayRequest = { caller: CALLER, method: 'GET', path: '/x', items: 1, requestId: '' };
const HOUR_MS = 3_600_000;

/** How many background requests a day's counter holds at each of the hours after the start. */
function countsByHour(startMs: number, hours: number, traffic: Record<string, unknown>): number[] {
  const policy = parsePolicy({
    name: 'busy',
    limits: [{ name: 'hour', algorithm: { kind: 'fixed-window', limit: 1e9, windowMs: HOUR_MS, anchor: 'epoch' } }],
    background: [{ name: 'others', path: '/x', ratePerSecond: 1, ...traffic }],
  });
  const gateway = createGateway(policy, { random });
  return Array.from({ length: hours }, (_, hour) => {
    const [level] = gateway.levels('hour', startMs + (hour + 1) * HOUR_MS - 1);
    return level === undefined ? 0 : level.capacity - level.free;
  });
}

describe('background traffic', () => {
  it('follows the local hour of its zone, through a change of the clocks', () => {
    const byHour = Array.from({ length: 24 }, (_, hour) => (hour === 1 ? 1 : hour === 3 ? 2 : 0));
    // Los Angeles leaves out 2:00 to 3:00 on 2026-03-08: local 0:00 is 8:00 UTC.
    const counts = countsByHour(Date.UTC(2026, 2, 8, 8), 4, { timeZone: 'America/Los_Angeles', byHour });
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeGreaterThan(3600 - 4 * 60);
    expect(counts[1]).toBeLessThan(3600 + 4 * 60);
    expect(counts[2]).toBeGreaterThan(7200 - 4 * 85);
    expect(counts[2]).toBeLessThan(7200 + 4 * 85);
    expect(counts[3]).toBe(0);
  });

  it('comes at the same times whoever asks, and however often', () => {
    const startMs = Date.UTC(2026, 0, 5, 9);
    const policy = parsePolicy({
      name: 'shared',
      limits: [{ name: 'shared', algorithm: { kind: 'token-bucket', capacity: 50, refillPerSecond: 20 } }],
      background: [{ name: 'others', path: '/x', ratePerSecond: 15 }],
    });
    const often = createGateway(policy, { random });
    const seldom = createGateway(policy, { random });
    for (let at = 0; at < 5000; at++) often.wouldAdmit(REQUEST, startMs + at * 2);
    seldom.wouldAdmit(REQUEST, startMs);
    expect(often.levels('shared', startMs + 10_000)).toEqual(seldom.levels('shared', startMs + 10_000));
  });

  it('comes at the same times whenever the gateway was first asked', () => {
    const startMs = Date.UTC(2026, 0, 5, 9);
    // The hour in which a gateway is first asked is not whole.
    const later = countsByHour(startMs - HOUR_MS, 5, {}).slice(2);
    expect(countsByHour(startMs, 4, {}).slice(1)).toEqual(later);
    expect(new Set(later).size).toBe(3);
  });

  it('is refused like anybody, and leaves its places in concurrency limits when served', () => {
    const policy = parsePolicy({
      name: 'slots',
      limits: [{ name: 'slots', algorithm: { kind: 'concurrency', limit: 3 } }],
      latency: [{ medianMs: 400, sigma: 0 }],
      background: [{ name: 'others', path: '/x', ratePerSecond: 20 }],
    });
    const gateway = createGateway(policy, { random });
    const startMs = Date.UTC(2026, 0, 5, 9);
    const free = Array.from({ length: 500 }, (_, at) => gateway.levels('slots', startMs + at * 50)[0]?.free ?? 3);
    expect(Math.min(...free)).toBe(0);
    expect(Math.max(...free)).toBeGreaterThanOrEqual(2);
  });

  it('has been running before the first request', () => {
    const policy = parsePolicy({
      name: 'warm',
      limits: [{ name: 'minute', algorithm: { kind: 'sliding-window-log', limit: 1000, windowMs: 60_000 } }],
      background: [{ name: 'others', path: '/x', ratePerSecond: 5 }],
    });
    const [level] = createGateway(policy, { random }).levels('minute', Date.UTC(2026, 0, 5, 9));
    expect(level?.free).toBeGreaterThan(700 - 80);
    expect(level?.free).toBeLessThan(700 + 80);
  });
});

describe('localHourAt', () => {
  it.each([
    ['UTC', '2026-01-05T09:30:00Z', 9, '2026-01-05T10:00:00Z'],
    ['Asia/Kolkata', '2026-01-05T09:45:00Z', 15, '2026-01-05T10:30:00Z'],
    ['America/Los_Angeles', '2026-03-08T10:00:00Z', 3, '2026-03-08T11:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:10:00Z', 1, '2026-04-04T15:30:00Z'],
  ])('%s at %s', (zone, instant, hour, end) => {
    expect(localHourAt(localHourFormat(zone), Date.parse(instant))).toEqual({ hour, endMs: Date.parse(end) });
  });
});
