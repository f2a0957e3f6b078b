import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import type { Gate } from './gated.ts';
import { gated } from './gated.ts';

/** Counts as a fixed window does. */
export const windowQuota = defineStrategy({
  name: 'window-quota',
  title: 'Window quota per token',
  titleOf: ({ by, limit, windowMs }) => {
    const numbers = limit === 300 && windowMs === 60_000 ? '' : ` (${limit} in ${windowMs / 1000} s)`;
    return `Window quota ${perText(by)}${numbers}`;
  },
  family: 'paces',
  what: 'Starts at most a quota of requests in each fixed window and holds the rest until the next one, counting the windows as the server is believed to.',
  when: "Where the server counts in fixed windows and the quota is known, such as the documented 300 a minute for each access token. With a wrong idea of when windows begin it sends up to twice the quota in one of the server's windows; a token bucket does not depend on that.",
  parameters: {
    by: byParameter('token'),
    limit: { kind: 'integer', default: 300, unit: 'calls', min: 1, max: 1_000_000_000, doc: 'Starts in one window.' },
    windowMs: { kind: 'number', default: 60_000, unit: 'ms', min: 1, max: 86_400_000, doc: 'Length of a window.' },
    anchor: {
      kind: 'choice',
      default: 'first',
      unit: '',
      choices: ['first', 'epoch'],
      doc: 'A window opens at the first request after the last one ended (first), or at multiples of windowMs since the Unix epoch, such as the full minute (epoch).',
    },
    marginMs: {
      kind: 'number',
      default: 250,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Waits so much longer at a border, since the way to the server takes time and clocks differ.',
    },
  },
  references: [
    'The documented platform: primary bucket of 300 requests a minute for each access token, window opened by its first request',
  ],
  example: 'retry-after+window-quota',
  build: ({ by, limit, windowMs, anchor, marginMs }) => ({
    pipeline: gated(by, () => new WindowQuota(limit, windowMs, anchor === 'epoch', marginMs)),
  }),
});

/**
 * At most `limit` starts in each window.
 *
 *     first:  |x.x..xx...|margin|   (nothing sent)   |x...      a window opens with the first start after the last one ended
 *     epoch:  |margin.x.xx...|margin..x..|                      windows are fixed; the margin stands at their beginning
 */
class WindowQuota implements Gate {
  private readonly limit: number;
  private readonly windowMs: number;
  private readonly atEpoch: boolean;
  private readonly marginMs: number;
  private endsAtMs = -Infinity;
  private left = 0;

  constructor(limit: number, windowMs: number, atEpoch: boolean, marginMs: number) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.atEpoch = atEpoch;
    this.marginMs = marginMs;
  }

  take(nowMs: number): number {
    if (nowMs >= this.endsAtMs) {
      const openedMs = this.atEpoch ? Math.floor((nowMs - this.marginMs) / this.windowMs) * this.windowMs : nowMs;
      this.endsAtMs = openedMs + this.windowMs + this.marginMs;
      this.left = this.limit;
    }
    if (this.left === 0) return this.endsAtMs - nowMs;
    this.left -= 1;
    return 0;
  }
}
