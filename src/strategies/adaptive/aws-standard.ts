import { defineStrategy } from '../definition.ts';
import { backoffMs } from '../retry/delays.ts';
import { retrying, type Refusal, type RetryRule } from '../retry/retrying.ts';
import type { RandomSource } from '../../random/random.ts';

const references = [
  'AWS Developer Tools Blog, Announcing updated retry behavior for AWS SDKs and Tools, 2026: https://aws.amazon.com/blogs/developer/announcing-updated-retry-behavior-for-aws-sdks-and-tools/',
  'aws-sdk-cpp issue 3832, the numbers before and after: https://github.com/aws/aws-sdk-cpp/issues/3832',
  'aws-sdk-go-v2 pull request 3400, quota costs and x-amz-retry-after: https://github.com/aws/aws-sdk-go-v2/pull/3400',
];

/** The retry defaults of the AWS SDKs since November 2026. */
export const awsStandard = defineStrategy({
  name: 'aws-standard',
  title: 'AWS SDK standard retries',
  titleOf: ({ attemptsMax }) => `AWS SDK standard retries${attemptsMax === 3 ? '' : ` (${attemptsMax} attempts)`}`,
  family: 'reacts',
  what: 'Retries as the AWS SDKs do since November 2026: three attempts, full jitter over a step that doubles from 1 s when throttled (50 ms for a 5xx), and a quota of retries that runs dry when most calls fail.',
  when: 'To compare with what the AWS SDKs would do to this platform. It does not read Retry-After (only x-amz-retry-after), and gives up after two retries: for batch work that must not lose a job it is too short.',
  parameters: {
    attemptsMax: { kind: 'integer', default: 3, unit: 'attempts', min: 1, max: 1000, doc: 'Attempts in all.' },
    throttlingBaseMs: {
      kind: 'number',
      default: 1000,
      unit: 'ms',
      min: 1,
      max: 3_600_000,
      doc: 'First step after a 429.',
    },
    transientBaseMs: {
      kind: 'number',
      default: 50,
      unit: 'ms',
      min: 1,
      max: 3_600_000,
      doc: 'First step after 500, 502, 503, 504.',
    },
    capMs: { kind: 'number', default: 20_000, unit: 'ms', min: 1, max: 86_400_000, doc: 'Longest step.' },
    quota: { kind: 'integer', default: 500, unit: 'tokens', min: 0, max: 1_000_000, doc: 'Retry quota of the client.' },
  },
  references,
  build: (settings) => ({
    pipeline: retrying(({ random }) => new AwsRetries(settings, random), { refuses: isRetryable }),
  }),
});

/** Numbers of {@link AwsRetries}, as the parameters of the strategy. */
interface AwsSettings {
  readonly attemptsMax: number;
  readonly throttlingBaseMs: number;
  readonly transientBaseMs: number;
  readonly capMs: number;
  readonly quota: number;
}

/** What the SDKs try again: throttling, and errors that pass by themselves. */
export function isRetryable(status: number): boolean {
  return status === 429 || status === 500 || status === 502 || status === 503 || status === 504;
}

/** Quota that a retry costs after throttling, and after a transient error; a first attempt that passes earns one token. */
const retryCosts = { throttling: 5, transient: 14, earned: 1 } as const;

/** The server's wish may lengthen a wait by this much. */
const wishMsMax = 5000;

/**
 * The rule of the standard mode. A retry takes its cost from the quota and gets it back when the request then passes; without quota
 * there is no retry. The wait is a random part of min(cap, base x 2^(n-1)); an `x-amz-retry-after` in ms may lengthen it by up to 5 s.
 */
export class AwsRetries implements RetryRule {
  private readonly settings: AwsSettings;
  private readonly random: RandomSource;
  private readonly paid = new Map<string, number>();
  private quota: number;

  constructor(settings: AwsSettings, random: RandomSource) {
    this.settings = settings;
    this.random = random;
    this.quota = settings.quota;
  }

  /** Tokens left. */
  get quotaLeft(): number {
    return this.quota;
  }

  delayMs({ response, refusals, entity }: Refusal): number | null {
    const { attemptsMax, throttlingBaseMs, transientBaseMs, capMs } = this.settings;
    const isThrottled = response.status === 429;
    const cost = isThrottled ? retryCosts.throttling : retryCosts.transient;
    if (refusals >= attemptsMax || cost > this.quota) {
      this.paid.delete(entity);
      return null;
    }
    this.quota -= cost;
    this.paid.set(entity, cost);
    const dice = this.random.at('aws-retry', entity, refusals);
    const baseMs = isThrottled ? throttlingBaseMs : transientBaseMs;
    const ownMs = backoffMs('full', baseMs, capMs, { refusals, previousDelayMs: 0, dice });
    return Math.min(Math.max(wishedMs(response) ?? 0, ownMs), ownMs + wishMsMax);
  }

  passed(entity: string, refusals: number): void {
    const back = refusals === 0 ? retryCosts.earned : (this.paid.get(entity) ?? 0);
    this.paid.delete(entity);
    this.quota = Math.min(this.settings.quota, this.quota + back);
  }
}

function wishedMs(response: Response): number | null {
  const text = response.headers.get('x-amz-retry-after');
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
