import { byParameter, perText } from '../counted-by.ts';
import { defineStrategy } from '../definition.ts';
import type { Gate } from './gated.ts';
import { gated } from './gated.ts';

/** Lets through while fewer than `limit` attempts are in progress. */
class InProgress implements Gate {
  private readonly limit: number;
  private inProgress = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  take(): number {
    if (this.inProgress >= this.limit) return Infinity;
    this.inProgress += 1;
    return 0;
  }

  ended(): void {
    this.inProgress -= 1;
  }
}

const when =
  'Where the limit counts requests in progress, or heavy queries of an organization share a pool. It is no rate limit: short calls may still come fast. A call ends when its headers arrive.';

/** The cure of thread 1: "limiting concurrent queries per organization". */
export const concurrency = defineStrategy({
  name: 'concurrency',
  title: 'Concurrency limit per org',
  titleOf: ({ by, limit }) => `${limit} at a time ${perText(by)}`,
  family: 'paces',
  what: 'Has at most a set number of requests in progress for each organization; the rest waits in line, first come first served.',
  when,
  parameters: {
    by: byParameter('org'),
    limit: { kind: 'integer', default: 2, unit: 'calls', min: 1, max: 100_000, doc: 'Calls in progress at once.' },
  },
  references: ['Thread 1: "limiting concurrent queries per organization to avoid hitting the shared pool limits"'],
  example: 'retry-after+concurrency',
  build: ({ by, limit }) => ({ pipeline: gated(by, () => new InProgress(limit)) }),
});

/** One at a time. */
export const orgQueues = defineStrategy({
  name: 'org-queues',
  title: 'Queue per org',
  family: 'paces',
  what: 'Has one queue for each organization and one request of it in progress at a time.',
  when: `The simplest form of a concurrency limit. ${when}`,
  parameters: {},
  references: [
    'Thread 0: "queue the requests"',
    'Thread 3: "implement a local rate-limiting queue within your AppFoundry application"',
  ],
  example: 'retry-after+org-queues',
  build: () => ({ pipeline: gated('org', () => new InProgress(1)) }),
});
