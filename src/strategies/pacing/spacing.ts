import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import type { Gate } from './gated.ts';
import { gated } from './gated.ts';

/** The cure of thread 0: "add a small delay (e.g., 200-500ms) between calls to the same organization". */
export const spacing = defineStrategy({
  name: 'spacing',
  title: 'Spacing per org',
  titleOf: ({ by, minMs, maxMs }) => {
    const range = minMs === maxMs ? ` ${minMs} ms` : minMs === 200 && maxMs === 500 ? '' : ` ${minMs}-${maxMs} ms`;
    return `Spacing${range} ${perText(by)}`;
  },
  family: 'paces',
  what: 'Leaves 200 to 500 ms (a random time, drawn anew each time) between the starts of two calls to the same organization.',
  when: 'Where a limit stops bursts, or where calls are so short that spaced ones never overlap. A limit on calls in progress needs a concurrency limit when calls can last longer than the space between them.',
  parameters: {
    by: byParameter('org'),
    minMs: { kind: 'number', default: 200, unit: 'ms', min: 0, max: 86_400_000, doc: 'Shortest space.' },
    maxMs: {
      kind: 'number',
      default: 500,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Longest space; the same as minMs for a fixed one.',
    },
  },
  check: ({ minMs, maxMs }) => (minMs > maxMs ? { parameter: 'maxMs', rule: `at least minMs (${minMs})` } : null),
  references: [
    'Thread 0: "queue the requests and add a small delay (e.g., 200-500ms) between calls to the same organization"',
  ],
  example: 'backoff+spacing',
  build: ({ by, minMs, maxMs }) => ({
    pipeline: gated(by, ({ random }, key) => new Spaced((n) => minMs + random.at('spacing', key, n) * (maxMs - minMs))),
  }),
});

/** Opens again a while after each start; the n-th start (from 1) is followed by `spaceMs(n)`. */
class Spaced implements Gate {
  private readonly spaceMs: (start: number) => number;
  private starts = 0;
  private opensAtMs = -Infinity;

  constructor(spaceMs: (start: number) => number) {
    this.spaceMs = spaceMs;
  }

  take(nowMs: number): number {
    if (nowMs < this.opensAtMs) return this.opensAtMs - nowMs;
    this.starts += 1;
    this.opensAtMs = nowMs + this.spaceMs(this.starts);
    return 0;
  }
}
