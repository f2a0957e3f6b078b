import { defineStrategy } from '../definition.ts';
import { signalOf } from '../retry/request.ts';

/** The Genesys JavaScript SDK. */
export const sdkJavascript = defineStrategy({
  name: 'sdk-javascript',
  title: 'JavaScript SDK',
  titleOf: ({ timeoutMs }) => `JavaScript SDK${timeoutMs === 16_000 ? '' : ` (timeout ${timeoutMs} ms)`}`,
  family: 'reacts',
  what: 'Does what the Genesys JavaScript SDK does about a 429: nothing. A request that takes longer than 16 s is aborted.',
  when: 'To see what the SDK (and the iOS one, which has no retry code either) leaves to you. Put a strategy around it.',
  parameters: {
    timeoutMs: {
      kind: 'integer',
      default: 16_000,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Time for one request; 0: no end.',
    },
  },
  references: ['purecloud-platform-client-v2 on npm: no retry code, default timeout 16 s'],
  build: ({ timeoutMs }) =>
    timeoutMs === 0
      ? {}
      : {
          pipeline:
            (fetch, { clock }) =>
            async (input, init) => {
              const timeout = new AbortController();
              const timer = clock.setTimer(
                () => timeout.abort(new DOMException(`timeout of ${timeoutMs}ms exceeded`, 'TimeoutError')),
                timeoutMs,
              );
              const given = signalOf(input, init);
              const signal = given === null ? timeout.signal : AbortSignal.any([given, timeout.signal]);
              try {
                return await fetch(input, { ...init, signal });
              } finally {
                clock.clearTimer(timer);
              }
            },
        },
});
