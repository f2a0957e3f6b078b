import { defineStrategy } from '../definition.ts';
import { isRefusal } from '../retry/retrying.ts';
import { TokenBucket } from './bucket.ts';
import type { Gate } from './gated.ts';
import { gated } from './gated.ts';

/** The cure of thread 3: "route them through a message broker like RabbitMQ or AWS SQS". */
export const broker = defineStrategy({
  name: 'broker',
  title: 'Broker queue',
  titleOf: ({ ratePerSecond, concurrency }) => `Broker (${ratePerSecond}/s, ${concurrency} consumers)`,
  family: 'paces',
  what: 'Puts all calls of all organizations into one local queue, from which a set number of consumers takes them at a set rate; every throttled request leaves a note for the audit.',
  when: 'Where one place must control and prove what was sent. One queue for all bounds a limit on the whole application; it cannot keep a single organization below its own limit, and a busy organization delays all others.',
  parameters: {
    ratePerSecond: {
      kind: 'number',
      default: 10,
      unit: 'calls/s',
      min: 0.001,
      max: 1_000_000,
      doc: 'Messages taken from the queue each second, evenly spaced.',
    },
    concurrency: {
      kind: 'integer',
      default: 10,
      unit: 'calls',
      min: 1,
      max: 100_000,
      doc: 'Consumers: calls in progress at once.',
    },
  },
  references: [
    'Thread 3: "route them through a message broker ... you also create a natural audit trail of which requests were throttled and when"',
  ],
  example: 'retry-after+broker',
  build: ({ ratePerSecond, concurrency }) => ({
    pipeline: gated(
      'all',
      ({ note }) => new Broker(ratePerSecond, concurrency, (count) => note('throttled requests', count)),
    ),
  }),
});

/** A rate without bursts and a number of consumers; counts what was throttled. */
class Broker implements Gate {
  private readonly rate: TokenBucket;
  private readonly consumers: number;
  private readonly audit: (throttled: number) => void;
  private inProgress = 0;
  private throttled = 0;

  constructor(ratePerSecond: number, consumers: number, audit: (throttled: number) => void) {
    this.rate = new TokenBucket(ratePerSecond, 1);
    this.consumers = consumers;
    this.audit = audit;
  }

  take(nowMs: number): number {
    if (this.inProgress >= this.consumers) return Infinity;
    const waitMs = this.rate.take(nowMs);
    if (waitMs === 0) this.inProgress += 1;
    return waitMs;
  }

  ended(response: Response | null): void {
    this.inProgress -= 1;
    if (response !== null && isRefusal(response.status)) this.audit(++this.throttled);
  }
}
