import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { defineLibrary } from './library.ts';
import { partsOf } from './parts.ts';

/** The retry of all Azure SDKs: obeys Retry-After, and leaves a 429 without one alone. */
export const azure = defineLibrary({
  name: 'azure',
  title: 'Azure core-rest-pipeline',
  family: 'reacts',
  packages: ['@azure/core-rest-pipeline'],
  what: "Azure's pipeline: up to three retries of any method after Retry-After, retry-after-ms or x-ms-retry-after-ms. A 429 without them is given up at once.",
  when: 'Where every refusal says how long to wait. All organizations that were refused together come back together, as there is no jitter.',
  parameters: {
    policy: {
      kind: 'choice',
      default: 'default',
      unit: '',
      choices: ['default', 'throttling'],
      doc: 'default: defaultRetryPolicy, which also retries 408 and 5xx with backoff. throttling: throttlingRetryPolicy.',
    },
    retries: { kind: 'integer', default: 3, unit: '', min: 0, max: 1000, doc: '`maxRetries`.' },
  },
  references: ['https://github.com/Azure/azure-sdk-for-js/tree/main/sdk/core/core-rest-pipeline'],
  load: () => import('@azure/core-rest-pipeline'),
  around: (core, { policy, retries }) => {
    const { createEmptyPipeline, createHttpHeaders, createPipelineRequest } = core;
    const retry = policy === 'default' ? core.defaultRetryPolicy : core.throttlingRetryPolicy;
    return (fetch) => {
      const pipeline = createEmptyPipeline();
      pipeline.addPolicy(retry({ maxRetries: retries }));
      return async (input, init) => {
        const { url, method, headers, body, signal } = await partsOf(input, init);
        const request = createPipelineRequest({
          url,
          method: method as 'GET',
          headers: createHttpHeaders(headers),
          allowInsecureConnection: true,
          ...(body === undefined ? {} : { body }),
          ...(signal === undefined ? {} : { abortSignal: signal }),
        });
        let last: Response | null = null;
        const response = await pipeline.sendRequest(
          {
            sendRequest: async (sent): Promise<PipelineResponse> => {
              last = await fetch(sent.url, {
                method: sent.method,
                headers: sent.headers.toJSON({ preserveCase: true }),
                ...(body === undefined ? {} : { body }),
                ...(signal === undefined ? {} : { signal }),
              });
              return {
                request: sent,
                status: last.status,
                headers: createHttpHeaders(Object.fromEntries(last.headers)),
              };
            },
          },
          request,
        );
        return last ?? new Response(null, { status: response.status });
      };
    };
  },
});
