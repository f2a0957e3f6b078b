/** Random timed requests, the same for every door: a pure function of the seed and the setting. */
import type { Caller } from '../../mock-server/gateway.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { Random } from '../../src/random/random.ts';
import type { Setting } from './settings.ts';

/** One request, and what happens before it. */
export interface Step {
  /** The clock moves on by so much first. A multiple of 1/1024 ms, so that sums are exact. */
  readonly afterMs: number;
  /** Then one of the requests in service is given up: the one at this share of those that are open; null: none. */
  readonly abort: number | null;
  readonly method: string;
  /** With query. */
  readonly target: string;
  readonly token: string;
  readonly items: number;
  /** '' when none is sent. */
  readonly requestId: string;
  readonly body: string;
}

/** Epoch ms at which all begin: a Monday morning in New York, off every round number. */
export const STARTS_AT_MS = Date.UTC(2026, 9, 5, 13, 7, 11, 417);

/** Token of nobody. */
const UNKNOWN_TOKEN = 'nobody';

/** Who asks: three organizations, up to two clients each and two tokens of one client; one premium, one without permission. */
export const callers: readonly Caller[] = [
  caller('org-01', 'a', 1),
  caller('org-02', 'a', 1),
  caller('org-01', 'b', 1),
  caller('org-01', 'a', 2),
  { ...caller('org-03', 'a', 1), tier: 'premium' },
  { ...caller('org-02', 'b', 1), permitted: false },
];

function caller(org: string, client: string, token: number): Caller {
  return {
    org,
    client: `${org}-${client}`,
    token: `token-of-${org}-${client}-${token}`,
    user: `user-${org}`,
    app: 'app',
    ip: '127.0.0.1',
    tier: 'standard',
    permitted: true,
  };
}

/** The steps of one setting. */
export function trafficOf(setting: Setting, seed: number): readonly Step[] {
  const random = createRandomSource(seed).stream('conformance', setting.policy.name);
  const ids: string[] = [''];
  return Array.from({ length: setting.requests }, (_, index) => {
    const [method, path] = pick(random, setting.routes, 1);
    const isRead = method === 'GET';
    // A new id, or one of the last few again, or none.
    if (random.next() < 0.5) ids.unshift(`id-${index}`);
    ids.length = Math.min(ids.length, 4);
    return {
      afterMs: stepOf(random, setting),
      abort: random.next() < 0.08 ? random.next() : null,
      method,
      target: path.replaceAll('*', () => `x${random.integer(1, 9)}`) + (isRead ? queryOf(random) : ''),
      // The first of the callers ask most.
      token: random.next() < 0.01 ? UNKNOWN_TOKEN : pick(random, callers, 2.5).token,
      items: random.next() < 0.25 ? random.integer(2, 12) : 1,
      requestId: random.next() < 0.3 ? pick(random, ids, 1) : '',
      body: isRead
        ? ''
        : JSON.stringify({ name: `n${index}`, version: random.integer(1, 3), of: 'ü'.repeat(index % 5) }),
    };
  });
}

/** Mostly nothing or little, now and then seconds to minutes. */
function stepOf(random: Random, { stepMs, burst, jumpMsMax }: Setting): number {
  if (random.next() < 1 / burst) return onGrid(10 ** random.between(3, Math.log10(jumpMsMax)));
  if (random.next() < 0.3) return 0;
  return onGrid(random.exponential(stepMs));
}

function queryOf(random: Random): string {
  return random.next() < 0.5 ? `?pageSize=${random.integer(1, 50)}&pageNumber=${random.integer(1, 3)}` : '';
}

/** One of a list; the greater `bias`, the more its first ones. */
function pick<T>(random: Random, list: readonly T[], bias: number): T {
  return list[Math.floor(random.next() ** bias * list.length)] as T;
}

function onGrid(durationMs: number): number {
  return Math.round(durationMs * 1024) / 1024;
}
