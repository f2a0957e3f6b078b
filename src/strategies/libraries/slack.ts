import { byParameter, keyBy } from '../counted-by.ts';
import { lastAnswers } from './last-answer.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';

/** Pauses its whole queue for Retry-After, then its own backoff comes on top. */
export const slack = defineLibrary({
  name: 'slack',
  title: 'Slack web-api client',
  family: 'reacts',
  packages: ['@slack/web-api'],
  what: "Slack's client: at most 100 requests at once; a 429 with Retry-After pauses the whole queue that long, and the refused request then waits for a backoff of 1 to 2 s, doubled, as well. A 429 without Retry-After is given up at once.",
  when: 'Where a refusal of one call means refusals of all. Each wait is longer than was asked for.',
  parameters: {
    by: byParameter('org'),
    concurrency: {
      kind: 'integer',
      default: 100,
      unit: 'calls',
      min: 1,
      max: 1_000_000,
      doc: '`maxRequestConcurrency`.',
    },
  },
  references: ['https://docs.slack.dev/tools/node-slack-sdk/web-api/#rate-limits'],
  load: () => import('@slack/web-api'),
  around: ({ WebClient, LogLevel }, { by, concurrency }) =>
    perKey(keyBy(by), (fetch) => {
      // It knows POST and answers with `ok: true` only: what it sends tells when, and the call itself is what is sent.
      const network = lastAnswers(fetch);
      const sendNow = new Map<string, () => Promise<Response>>();
      let calls = 0;
      const client = new WebClient(undefined, {
        maxRequestConcurrency: concurrency,
        logLevel: LogLevel.ERROR,
        fetch: async (_url, init) => sendNow.get(new URLSearchParams(init?.body as string).get('call') ?? '')!(),
      });
      return (input, init) =>
        network.call(input, init, async ({ url, ...call }) => {
          let admitted: Response | null = null;
          const number = `${(calls += 1)}`;
          sendNow.set(number, async () => {
            const response = await network.send(url, call);
            if (!response.ok) return response;
            admitted = response;
            return Response.json({ ok: true });
          });
          try {
            await client.apiCall(url, { call: number });
            return admitted!;
          } finally {
            sendNow.delete(number);
          }
        });
    }),
});
