import { Readable } from 'node:stream';
import { defineLibrary } from './library.ts';
import { partsOf, type RequestParts, responseFrom, wireHeaders } from './parts.ts';
import type { Fetch } from '../strategy.ts';

/** The Node client, its network replaced by a fetch. */
export const got = defineLibrary({
  name: 'got',
  title: 'got',
  family: 'reacts',
  packages: ['got'],
  what: 'got: up to two retries of idempotent requests, after Retry-After, else 1 s, 2 s and so on with up to 0.1 s of noise. POST is not retried.',
  when: 'For GETs. A Retry-After of 0 counts as none; one of more than 24.8 days is retried at once.',
  parameters: {
    retries: { kind: 'integer', default: 2, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
  },
  references: ['https://github.com/sindresorhus/got/blob/main/documentation/7-retry.md'],
  load: () => import('got'),
  around:
    ({ got: client, HTTPError }, { retries }) =>
    (fetch) =>
    async (input, init) => {
      const parts = await partsOf(input, init);
      const answer = client(parts.url, {
        method: parts.method as 'GET',
        headers: parts.headers,
        ...(parts.body === undefined ? {} : { body: parts.body, allowGetBody: true }),
        ...(parts.signal === undefined ? {} : { signal: parts.signal }),
        retry: { limit: retries },
        responseType: 'buffer',
        request: (_url, options) => send(fetch, parts, options.headers) as never,
      });
      const { statusCode, statusMessage, headers, rawBody } = await answer.catch((error: unknown) => {
        if (error instanceof HTTPError) return error.response;
        throw error;
      });
      return responseFrom({ status: statusCode, statusText: statusMessage ?? '', headers, body: Buffer.from(rawBody) });
    },
});

/** One attempt: what got takes for the answer of node:http. */
async function send(fetch: Fetch, { url, method, body, signal }: RequestParts, headers: unknown): Promise<Readable> {
  const { 'content-length': _, ...rest } = headers as Record<string, string>;
  const response = await fetch(url, {
    method,
    headers: rest,
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  return Object.assign(Readable.from([Buffer.from(await response.arrayBuffer())], { objectMode: false }), {
    statusCode: response.status,
    statusMessage: response.statusText,
    headers: wireHeaders(response),
    url,
    complete: true,
  });
}
