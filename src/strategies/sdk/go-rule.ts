/** The retry rule that the Go SDK and the CLI share (that of hashicorp/go-retryablehttp, with a cap on long waits). */
import type { Refusal, RetryRule } from '../retry/retrying.ts';

/** Numbers of {@link goRule}, as the SDK's RetryConfiguration. */
interface GoSettings {
  readonly retryWaitMinMs: number;
  readonly retryWaitMaxMs: number;
  readonly retryMax: number;
}

/** A 429 that asks for more is not retried. */
const retryAfterMsMax = 180_000;

/** 429 and every 5xx but 501. (A failed connection, which the SDK retries too, is passed on here.) */
export function isGoRetryable(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

/** After a 429 or 503 waits its Retry-After, whole seconds, uncapped; otherwise min x 2^n up to max, n from 0. */
export function goRule({ retryWaitMinMs, retryWaitMaxMs, retryMax }: GoSettings): RetryRule {
  return {
    delayMs: ({ response, refusals }: Refusal) => {
      const retries = refusals - 1;
      if (retries >= retryMax) return null;
      const { status } = response;
      const text = status === 429 || status === 503 ? response.headers.get('retry-after') : null;
      if (text !== null && /^\d+$/.test(text)) {
        const toldMs = Number(text) * 1000;
        return status === 429 && toldMs > retryAfterMsMax ? null : toldMs;
      }
      return Math.min(retryWaitMaxMs, retryWaitMinMs * 2 ** retries);
    },
  };
}

/** The parameters, with their defaults. */
export function goParameters<const D extends GoSettings>(defaults: D) {
  return {
    retryWaitMinMs: {
      kind: 'integer',
      default: defaults.retryWaitMinMs,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'First wait without Retry-After.',
    },
    retryWaitMaxMs: {
      kind: 'integer',
      default: defaults.retryWaitMaxMs,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'Longest wait without Retry-After.',
    },
    retryMax: {
      kind: 'integer',
      default: defaults.retryMax,
      unit: 'retries',
      min: 0,
      max: 1000,
      doc: 'Retries after the first attempt; 0 switches them off.',
    },
  } as const;
}
