import { defineStrategy } from '../definition.ts';
import { retrying } from '../retry/retrying.ts';
import { goParameters, goRule, isGoRetryable } from './go-rule.ts';

/** The Genesys command line client. */
export const sdkCli = defineStrategy({
  name: 'sdk-cli',
  title: 'Genesys CLI',
  titleOf: ({ retryMax }) => `Genesys CLI${retryMax === 20 ? '' : `, ${retryMax} retries`}`,
  family: 'reacts',
  what: 'Retries as the Genesys CLI does: the Go SDK with retries on, up to 20, after Retry-After or 5 s doubling up to 60 s.',
  when: 'As a sound client without pacing: it obeys Retry-After, but waits at least 5 s without one and has no jitter.',
  parameters: goParameters({ retryWaitMinMs: 5000, retryWaitMaxMs: 60_000, retryMax: 20 }),
  references: ['platform-client-sdk-cli: https://github.com/MyPureCloud/platform-client-sdk-cli'],
  build: (settings) => ({ pipeline: retrying(() => goRule(settings), { refuses: isGoRetryable }) }),
});
