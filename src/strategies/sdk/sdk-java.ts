import { defineStrategy } from '../definition.ts';
import { retrying, type Refusal } from '../retry/retrying.ts';

/** The Genesys Java SDK (and the .NET one, which has the same code). */
export const sdkJava = defineStrategy({
  name: 'sdk-java',
  title: 'Java SDK',
  titleOf: ({ maxRetryTimeSec }) =>
    maxRetryTimeSec === 0 ? 'Java SDK (retries off)' : `Java SDK, retries for ${maxRetryTimeSec} s`,
  family: 'reacts',
  what: 'Retries as the Genesys Java and .NET SDKs do: by default not at all; with maxRetryTimeSec set, on 429 after Retry-After (3 s when absent), on 502, 503, 504 first in the same way, then every 3, 9 and 27 s.',
  when: 'To see what "built-in retry logic" means: it is off until a RetryConfiguration with a time is set. Give it maxRetryTimeSec to switch it on.',
  parameters: {
    maxRetryTimeSec: {
      kind: 'integer',
      default: 0,
      unit: 's',
      min: 0,
      max: 86_400,
      doc: 'How long after the first attempt a retry may be begun; 0 switches retries off.',
    },
    retryMax: {
      kind: 'integer',
      default: 5,
      unit: 'retries',
      min: 0,
      max: 1000,
      doc: 'The SDK retries while it has made no more retries than this, so one more than the name says.',
    },
    retryAfterDefaultMs: {
      kind: 'integer',
      default: 3000,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Wait without Retry-After.',
    },
    backoffIntervalMs: {
      kind: 'integer',
      default: 300_000,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'How long a 5xx is retried every 3 s, then every 9 s, then every 27 s.',
    },
  },
  references: [
    'platform-client-sdk-java, ApiClient.RetryConfiguration: https://mypurecloud.github.io/platform-client-sdk-java/',
  ],
  build: (settings) => ({
    pipeline: retrying(() => javaRule(settings), {
      refuses: (status) => status === 429 || status === 502 || status === 503 || status === 504,
    }),
  }),
});

/** Retries in the plain way before a 5xx backs off; not settable in every version of the SDK. */
const retriesBeforeBackoff = 5;
/** Waits of a 5xx that backs off: 3^1, 3^2, 3^3 s, one step per `backoffIntervalMs`. */
const backoffStepsMs = [3000, 9000, 27_000] as const;
/** A longer Retry-After is not waited for. */
const retryAfterMsMax = 180_000;

interface JavaSettings {
  readonly maxRetryTimeSec: number;
  readonly retryMax: number;
  readonly retryAfterDefaultMs: number;
  readonly backoffIntervalMs: number;
}

function javaRule({ maxRetryTimeSec, retryMax, retryAfterDefaultMs, backoffIntervalMs }: JavaSettings) {
  return {
    delayMs: ({ response, refusals, startedAtMs, nowMs }: Refusal): number | null => {
      const elapsedMs = nowMs - startedAtMs;
      const retries = refusals - 1;
      if (elapsedMs >= maxRetryTimeSec * 1000) return null;
      const plainRetries = response.status === 429 ? retries : Math.min(retries, retriesBeforeBackoff);
      if (plainRetries > retryMax) return null;
      if (response.status === 429 || retries < retriesBeforeBackoff) {
        const text = response.headers.get('retry-after');
        if (text === null) return retryAfterDefaultMs;
        // The SDK parses an integer; anything else, an HTTP date too, throws and ends the call.
        const toldMs = /^\d+$/.test(text) ? Number(text) * 1000 : Infinity;
        return toldMs <= retryAfterMsMax ? toldMs : null;
      }
      return backoffStepsMs[Math.min(2, Math.floor(elapsedMs / backoffIntervalMs))]!;
    },
  };
}
