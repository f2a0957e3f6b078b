import { lastAnswers } from './last-answer.ts';
import { defineLibrary } from './library.ts';

/** The retry loop of the most used SDK of its kind. */
export const openai = defineLibrary({
  name: 'openai',
  title: 'openai SDK',
  family: 'reacts',
  packages: ['openai'],
  what: "OpenAI's client: two retries of any method, after retry-after-ms or Retry-After, else 0.5 s doubled up to 8 s, less up to a quarter.",
  when: 'Shows how SDKs of this make retry. Obeys any Retry-After, however long; one beyond 24.8 days overflows the timer and is retried at once.',
  parameters: {
    retries: { kind: 'integer', default: 2, unit: '', min: 0, max: 1000, doc: '`maxRetries`.' },
  },
  references: ['https://github.com/openai/openai-node#retries'],
  load: () => import('openai'),
  around:
    ({ default: OpenAI }, { retries }) =>
    (fetch) => {
      const network = lastAnswers(fetch);
      const client = new OpenAI({
        apiKey: 'unused',
        organization: null,
        project: null,
        baseURL: 'https://api.openai.com/v1',
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
