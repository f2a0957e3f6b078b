import { defineStrategy } from '../definition.ts';
import { retrying } from '../retry/retrying.ts';
import { goParameters, goRule, isGoRetryable } from './go-rule.ts';

/** The Genesys Go SDK. */
export const sdkGo = defineStrategy({
  name: 'sdk-go',
  title: 'Go SDK',
  titleOf: ({ retryMax }) => (retryMax === 0 ? 'Go SDK (retries off)' : `Go SDK, ${retryMax} retries`),
  family: 'reacts',
  what: 'Retries as the Genesys Go SDK does: by default not at all; with retryMax set, on 429 (Retry-After up to 180 s, or absent) and 5xx but 501, after Retry-After or a doubling wait.',
  when: 'To see what the SDK does; set retryMax (its example: 20) to switch retries on.',
  parameters: goParameters({ retryWaitMinMs: 5000, retryWaitMaxMs: 60_000, retryMax: 0 }),
  references: [
    'platform-client-sdk-go, RetryConfiguration: https://github.com/MyPureCloud/platform-client-sdk-go',
    'hashicorp/go-retryablehttp, DefaultBackoff: https://github.com/hashicorp/go-retryablehttp',
  ],
  build: (settings) => ({ pipeline: retrying(() => goRule(settings), { refuses: isGoRetryable }) }),
});
