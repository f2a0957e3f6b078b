import { byParameter, keyBy } from '../counted-by.ts';
import { lastAnswers } from './last-answer.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';

/**
 * The limiter that reads headers: one queue per route, one call at a time. Its counter of invalid requests lives in module scope, but only an
 * event that nobody listens to is made of it, so that trials need no thread of their own.
 */
export const discord = defineLibrary({
  name: 'discord',
  title: 'discord.js REST',
  family: 'reacts',
  packages: ['@discordjs/rest'],
  what: "discord.js's REST client: one call at a time for each route, at most 50 starts a second, waits by X-RateLimit-Remaining and X-RateLimit-Reset-After, and after a 429 for Retry-After and 50 ms. It never gives a 429 up.",
  when: "For servers with Discord's headers. A 429 without Retry-After is tried again at once, for ever.",
  parameters: {
    by: byParameter('org'),
    callsPerSecond: {
      kind: 'integer',
      default: 50,
      unit: 'calls/s',
      min: 1,
      max: 1_000_000,
      doc: '`globalRequestsPerSecond`.',
    },
    offsetMs: {
      kind: 'integer',
      default: 50,
      unit: 'ms',
      min: 0,
      max: 3_600_000,
      doc: '`offset`: added to each wait.',
    },
  },
  references: ['https://discord.js.org/docs/packages/rest/main'],
  load: () => import('@discordjs/rest'),
  around: ({ REST }, { by, callsPerSecond, offsetMs }) =>
    perKey(keyBy(by), (fetch) => {
      const network = lastAnswers(fetch);
      const restByOrigin = new Map<string, InstanceType<typeof REST>>();
      const restOf = (origin: string) => {
        const rest =
          restByOrigin.get(origin) ??
          new REST({
            api: origin,
            globalRequestsPerSecond: callsPerSecond,
            offset: offsetMs,
            // They free memory of routes that are no longer used, and would keep a program alive.
            hashSweepInterval: 0,
            handlerSweepInterval: 0,
            makeRequest: (url, init) => network.send(url, init as RequestInit) as never,
          });
        restByOrigin.set(origin, rest);
        return rest;
      };
      return (input, init) =>
        network.call(input, init, async ({ url, method, ...call }) => {
          const { origin, pathname, searchParams } = new URL(url);
          const answer: unknown = await restOf(origin).queueRequest({
            fullRoute: pathname as `/${string}`,
            method: method as never,
            query: searchParams,
            passThroughBody: true,
            auth: false,
            versioned: false,
            ...call,
          });
          return answer as Response;
        });
    }),
});
