import type { Octokit } from '@octokit/core';
import type { Fetch } from '../strategy.ts';
import { defineLibrary } from './library.ts';
import { partsOf, remembering, responseFrom } from './parts.ts';

/** GitHub's client with its retry plugin. */
export const octokitRetry = defineLibrary({
  name: 'octokit-retry',
  title: 'Octokit plugin-retry',
  family: 'reacts',
  packages: ['@octokit/plugin-retry', '@octokit/core'],
  what: 'Octokit with @octokit/plugin-retry: up to three retries of most errors, POST too, after 1 s, 4 s, 9 s. Reads no header.',
  when: 'For errors of the server. It knows nothing of Retry-After.',
  parameters: {
    retries: { kind: 'integer', default: 3, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
  },
  references: ['https://github.com/octokit/plugin-retry.js'],
  load: async () => ({
    Octokit: (await import('@octokit/core')).Octokit,
    retry: (await import('@octokit/plugin-retry')).retry,
  }),
  around:
    ({ Octokit, retry }, { retries }) =>
    (fetch) =>
      fetchOf(new (Octokit.plugin(retry))({ retry: { retries } }), fetch),
});

/** GitHub's client with its throttling plugin. */
export const octokitThrottling = defineLibrary({
  name: 'octokit-throttling',
  title: 'Octokit plugin-throttling',
  family: 'paces',
  packages: ['@octokit/plugin-throttling', '@octokit/core'],
  // Its bottleneck groups are made once for the module: every Octokit of the process shares them.
  keepsState: true,
  what: 'Octokit with @octokit/plugin-throttling: at most ten requests at once, writes 1 s apart; a 429 is sent again only if X-RateLimit-Remaining is 0 (1 s after X-RateLimit-Reset) or its message names a secondary rate limit (after Retry-After).',
  when: 'Against GitHub. A plain 429 with a Retry-After is not retried at all. One process has one set of queues.',
  parameters: {
    retries: {
      kind: 'integer',
      default: 1,
      unit: '',
      min: 0,
      max: 1000,
      doc: 'Retries that its two handlers agree to; 1 as in its documentation.',
    },
  },
  references: ['https://github.com/octokit/plugin-throttling.js'],
  load: async () => ({
    Octokit: (await import('@octokit/core')).Octokit,
    throttling: (await import('@octokit/plugin-throttling')).throttling,
  }),
  around: ({ Octokit, throttling }, { retries }) => {
    const agree = (_retryAfter: number, _options: object, _octokit: object, retryCount: number) => retryCount < retries;
    return (fetch) =>
      fetchOf(
        new (Octokit.plugin(throttling))({ throttle: { onRateLimit: agree, onSecondaryRateLimit: agree } }),
        fetch,
      );
  },
});

/** An Octokit as a fetch. Errors that have a response come back as the response. */
function fetchOf(octokit: Octokit, fetch: Fetch): Fetch {
  return async (input, init) => {
    const { url, method, headers, body, signal } = await partsOf(input, init);
    const { fetch: send, last } = remembering(fetch);
    try {
      const answer = await octokit.request({
        method: method as 'GET',
        url,
        headers,
        ...(body === undefined ? {} : { data: body }),
        request: {
          // Its own text of the URL would be expanded as a template.
          fetch: (_url: string, options: RequestInit) => send(url, options),
          parseSuccessResponseBody: false,
          ...(signal === undefined ? {} : { signal }),
        },
      });
      return responseFrom({
        status: answer.status,
        headers: answer.headers,
        body: (answer.data as BodyInit) || null,
      });
    } catch (error) {
      const refusal = last();
      if (refusal === null) throw error;
      return refusal;
    }
  };
}
