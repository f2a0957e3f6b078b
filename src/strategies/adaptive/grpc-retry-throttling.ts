import { byParameter, keyBy } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { retrying } from '../retry/retrying.ts';

/** gRPC proposal A6. */
export const grpcRetryThrottling = defineStrategy({
  name: 'grpc-retry-throttling',
  title: 'gRPC retry throttling',
  family: 'reacts',
  what: 'Retries with a random part of a doubling delay, and stops retrying altogether while failures outweigh successes: each refusal takes a token, each success returns a tenth of one, and at half of the tokens or fewer nothing is retried.',
  when: 'To keep retries from making an overload worse, where a failed call may simply fail. A batch loses jobs with it.',
  parameters: {
    by: byParameter('all'),
    maxTokens: {
      kind: 'integer',
      default: 10,
      unit: 'tokens',
      min: 1,
      max: 1000,
      doc: 'Tokens at the start and at most.',
    },
    tokenRatio: { kind: 'number', default: 0.1, unit: 'tokens', min: 0.001, max: 1000, doc: 'What a success returns.' },
    attemptsMax: {
      kind: 'integer',
      default: 5,
      unit: 'attempts',
      min: 1,
      max: 1000,
      doc: 'Attempts in all; gRPC allows at most 5.',
    },
    initialBackoffMs: { kind: 'number', default: 1000, unit: 'ms', min: 1, max: 3_600_000, doc: 'First step.' },
    maxBackoffMs: { kind: 'number', default: 30_000, unit: 'ms', min: 1, max: 86_400_000, doc: 'Longest step.' },
    multiplier: { kind: 'number', default: 2, unit: '', min: 1, max: 100, doc: 'Factor from step to step.' },
  },
  references: [
    'gRPC proposal A6, client retries: https://github.com/grpc/proposal/blob/master/A6-client-retries.md (it sets no default backoff; 1 s, 30 s and 2 are ours)',
  ],
  build: ({ by, maxTokens, tokenRatio, attemptsMax, initialBackoffMs, maxBackoffMs, multiplier }) => ({
    pipeline: retrying(({ random }) => {
      const keyOf = keyBy(by);
      const tokensByKey = new Map<string, RetryTokens>();
      const tokensOf = (key: string) => {
        const tokens = tokensByKey.get(key) ?? new RetryTokens(maxTokens, tokenRatio);
        tokensByKey.set(key, tokens);
        return tokens;
      };
      return {
        delayMs: ({ refusals, entity, identity }) => {
          const tokens = tokensOf(keyOf(identity));
          tokens.failed();
          if (refusals >= attemptsMax || !tokens.allowRetry) return null;
          return (
            random.at('grpc-retry', entity, refusals) * stepMs(initialBackoffMs, multiplier, maxBackoffMs, refusals)
          );
        },
        passed: (_entity, _refusals, identity) => tokensOf(keyOf(identity)).succeeded(),
      };
    }),
  }),
});

/** min(max, initial x multiplier^(refusals - 1)), by products: engines differ in the last bit of other powers than those of 2. */
function stepMs(initialMs: number, multiplier: number, maxMs: number, refusals: number): number {
  let ms = initialMs;
  for (let refusal = 1; refusal < refusals && ms < maxMs; refusal++) ms *= multiplier;
  return Math.min(maxMs, ms);
}

/** The token count of A6, in thousandths, so that ten tenths are one. */
export class RetryTokens {
  private readonly max: number;
  private readonly ratio: number;
  private count: number;

  constructor(maxTokens: number, tokenRatio: number) {
    this.max = maxTokens * 1000;
    this.ratio = Math.round(tokenRatio * 1000);
    this.count = this.max;
  }

  get allowRetry(): boolean {
    return this.count > this.max / 2;
  }

  failed(): void {
    this.count = Math.max(0, this.count - 1000);
  }

  succeeded(): void {
    this.count = Math.min(this.max, this.count + this.ratio);
  }
}
