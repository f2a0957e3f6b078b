import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import { TokenBucket } from './bucket.ts';
import { gated } from './gated.ts';

/** The cure of threads 1 and 3. */
export const tokenBucket = defineStrategy({
  name: 'token-bucket',
  title: 'Token bucket per org',
  titleOf: ({ by, ratePerSecond, burst }) => {
    const size = burst === ratePerSecond ? `${ratePerSecond}/s` : `${ratePerSecond}/s, burst ${burst}`;
    return `Token bucket ${perText(by)}${size === '10/s' ? '' : ` (${size})`}`;
  },
  family: 'paces',
  what: 'Starts at most a burst at once and a steady rate afterwards, with a bucket for each organization; the rest waits in line, first come first served.',
  when: 'Where the limit is known, or a safe share of it. Set the rate below the limit when other software uses the same organization. It cannot see limits that count something else.',
  parameters: {
    by: byParameter('org'),
    ratePerSecond: {
      kind: 'number',
      default: 10,
      unit: 'calls/s',
      min: 0.001,
      max: 1_000_000,
      doc: 'Tokens that arrive each second; every start takes one.',
    },
    burst: {
      kind: 'number',
      default: 10,
      unit: 'calls',
      min: 1,
      max: 1_000_000,
      doc: 'Tokens that an idle bucket holds. The code of thread 3 sets it to the rate.',
    },
  },
  references: [
    'Thread 3: `class OrgRateLimiter`, ten requests a second for each organization',
    'RFC 2697 and 2698 (token bucket meters): https://www.rfc-editor.org/rfc/rfc2697',
  ],
  example: 'retry-after+token-bucket',
  build: ({ by, ratePerSecond, burst }) => ({ pipeline: gated(by, () => new TokenBucket(ratePerSecond, burst)) }),
});
