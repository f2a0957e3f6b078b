import type { Dispatcher } from 'undici-7-4';
import { neverBeforeRetryAfter } from '../../../src/laws/retry-after.ts';
import type { Fetch } from '../../../src/strategies/strategy.ts';
import { type Bug, REFUSING } from '../exhibit.ts';
import { libraryStrategy } from '../library-strategy.ts';

/** undici 7.4.0. */
export const undiciDate: Bug = {
  name: 'undici 7.4.0: a Retry-After that is a date is ignored',
  what: 'RetryAgent came back after half a second though the date of the header was many seconds ahead.',
  reported: { at: 'https://github.com/nodejs/undici/pull/4084', on: '2025-03-06' },
  mechanism:
    'The header is turned into a number first, and what is parsed as a date is that number, NaN, rather than the header. NaN is not greater than 0, so that its own backoff is taken.',
  made: 'library',
  breaks: 'neverBeforeRetryAfter',
  promises: [neverBeforeRetryAfter()],
  where: REFUSING,
  strategy: libraryStrategy(
    'undici-7-4',
    () => import('undici-7-4'),
    ({ Dispatcher: Base, RetryAgent }) =>
      (fetch) =>
      async (input, init) => {
        const request = new Request(input, init);
        const network = new Base();
        let last: Response | null = null;
        network.dispatch = (_options, handler) => {
          void exchange(fetch, request.clone(), handler).then((response) => (last = response));
          return true;
        };
        // It may wait as long as the longest header asks for.
        const agent = new RetryAgent(network, { maxTimeout: 86_400_000, maxRetries: 20 });
        await new Promise<void>((resolve) => {
          const { origin, pathname, search } = new URL(request.url);
          const options = { origin, path: pathname + search, method: request.method };
          agent.dispatch(options, { onResponseEnd: () => resolve(), onResponseError: () => resolve() });
        });
        return last!;
      },
  ),
};

const control = {
  aborted: false,
  paused: false,
  reason: null,
  pause() {},
  resume() {},
  abort() {},
} as unknown as Dispatcher.DispatchController;

/** One attempt: the handler is told what a connection would tell it. */
async function exchange(fetch: Fetch, request: Request, handler: Dispatcher.DispatchHandler): Promise<Response> {
  handler.onRequestStart?.(control, {});
  const response = await fetch(request);
  try {
    handler.onResponseStart?.(control, response.status, Object.fromEntries(response.headers), response.statusText);
    handler.onResponseEnd?.(control, {});
  } catch (error) {
    handler.onResponseError?.(control, error as Error);
  }
  return response;
}
