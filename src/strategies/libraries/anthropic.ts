import { lastAnswers } from './last-answer.ts';
import { defineLibrary } from './library.ts';

/** As the openai SDK, from the same generator; small differences in what it makes of Retry-After. */
export const anthropic = defineLibrary({
  name: 'anthropic',
  title: 'Anthropic SDK',
  family: 'reacts',
  packages: ['@anthropic-ai/sdk'],
  what: "Anthropic's client: two retries of any method, after retry-after-ms or Retry-After, else 0.5 s doubled up to 8 s, less up to a quarter. A Retry-After of 0 is answered by its own backoff.",
  when: 'Shows how SDKs of this make retry.',
  parameters: {
    retries: { kind: 'integer', default: 2, unit: '', min: 0, max: 1000, doc: '`maxRetries`.' },
  },
  references: ['https://github.com/anthropics/anthropic-sdk-typescript#retries'],
  load: () => import('@anthropic-ai/sdk'),
  around:
    ({ default: Anthropic }, { retries }) =>
    (fetch) => {
      const network = lastAnswers(fetch);
      const client = new Anthropic({
        apiKey: 'unused',
        baseURL: 'https://api.anthropic.com',
        logLevel: 'off',
        maxRetries: retries,
        fetch: network.send,
      });
      return (input, init) =>
        network.call(input, init, ({ url, method, ...call }) =>
          client.request({ method: method.toLowerCase() as 'get', path: url, ...call }).asResponse(),
        );
    },
});
