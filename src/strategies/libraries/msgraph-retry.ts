import { copyOf } from '../retry/request.ts';
import { defineLibrary } from './library.ts';
import { partsOf } from './parts.ts';

/** The retry middleware of Microsoft's Graph client. */
export const msgraphRetry = defineLibrary({
  name: 'msgraph-retry',
  title: 'Microsoft Graph RetryHandler',
  family: 'reacts',
  packages: ['@microsoft/microsoft-graph-client'],
  what: 'The RetryHandler of @microsoft/microsoft-graph-client: up to three retries of 429, 503 and 504, POST too, after Retry-After (about three minutes at most), else 3 s to 4 s, 5 s to 6 s and so on.',
  when: 'For any request whose body is not a stream. A malformed Retry-After is retried at once.',
  parameters: {
    retries: { kind: 'integer', default: 3, unit: '', min: 0, max: 10, doc: 'Retries after the first attempt.' },
    delaySeconds: { kind: 'number', default: 3, unit: 's', min: 0, max: 180, doc: 'First wait without a Retry-After.' },
  },
  references: ['https://github.com/microsoftgraph/msgraph-sdk-javascript/blob/dev/src/middleware/RetryHandler.ts'],
  load: () => import('@microsoft/microsoft-graph-client'),
  around:
    ({ RetryHandler, RetryHandlerOptions }, { retries, delaySeconds }) =>
    (fetch, { discard }) =>
    async (input, init) => {
      const { url, ...options } = await partsOf(input, init);
      const handler = new RetryHandler(new RetryHandlerOptions(delaySeconds, retries));
      handler.setNext({
        execute: async (context) => {
          if (context.response !== undefined) discard?.(context.response);
          context.response = await fetch(copyOf(context.request), context.options);
        },
      });
      const context: Parameters<typeof handler.execute>[0] = { request: url, options };
      await handler.execute(context);
      return context.response as Response;
    },
});
