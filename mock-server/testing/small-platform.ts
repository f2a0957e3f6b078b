/** A platform for tests: a clock that stands until it is advanced, and one caller who is known. */
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { createScaledTime, type ScaledTime } from '../../src/time/scaled-time.ts';
import type { Caller, RenderedResponse } from '../gateway.ts';
import {
  createPlatform,
  type Exchange,
  type Platform,
  type PlatformOptions,
  type PlatformRequest,
} from '../platform.ts';
import { parsePolicy } from '../policy.ts';

export const STARTS_AT_MS = Date.UTC(2026, 10, 22, 9);

/** Known from the start by the token `known`. */
export const KNOWN: Caller = {
  org: 'acme',
  client: 'sync',
  token: 'known',
  user: 'robot',
  app: 'sync-app',
  ip: '192.0.2.9',
  tier: 'standard',
  permitted: true,
};

/** A platform, its clock, and a short way to ask. */
export interface SmallPlatform {
  readonly platform: Platform;
  readonly time: ScaledTime;
  /** Sends a request of the known caller's; the answer is null until it is given. */
  readonly ask: (request?: Partial<PlatformRequest>) => {
    readonly exchange: Exchange;
    response: RenderedResponse | null;
  };
}

/** Makes one; `policy` is loose. */
export function smallPlatform(
  policy: Record<string, unknown> = {},
  options: Partial<Omit<PlatformOptions, 'policy' | 'time' | 'random'>> = {},
): SmallPlatform {
  const time = createScaledTime({ speed: 0, startsAtMs: STARTS_AT_MS });
  const source = createRandomSource(7);
  const platform = createPlatform({
    policy: parsePolicy({ name: 'small', latency: [{ medianMs: 100, sigma: 0 }], rejectionMs: 10, ...policy }),
    random: (stream, entity, index) => source.at(stream, entity, index),
    time,
    callers: [KNOWN],
    ...options,
  });
  return {
    platform,
    time,
    ask(request = {}) {
      const asked: { exchange: Exchange; response: RenderedResponse | null } = {
        response: null,
        exchange: { hangUp: () => {} },
      };
      asked.exchange = platform.handle(
        {
          method: 'GET',
          target: '/api/v2/users/me',
          headers: { authorization: 'Bearer known' },
          body: '',
          ip: '127.0.0.1',
          ...request,
        },
        (response) => {
          if (asked.response !== null) throw new Error('answered twice');
          asked.response = response;
        },
      );
      return asked;
    },
  };
}

/** A header of a response by its exact name, null when it has none. */
export function headerOf(response: RenderedResponse | null, name: string): string | null {
  return response?.headers.find(([candidate]) => candidate === name)?.[1] ?? null;
}
