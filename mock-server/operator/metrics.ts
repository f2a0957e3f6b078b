/** The platform in Prometheus' text form. Labels are the policy's own names, never a client's: their number is bounded. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { shownLimits, type Watched } from './snapshot.ts';

/** The metrics of one operator's door. */
export interface Metrics {
  readonly contentType: string;
  /** Everything as it is now. */
  text(): Promise<string>;
}

/** Makes a registry of its own. `processMetrics`: also those of this process (memory, event loop), which has them once only. */
export function createMetrics({ platform, time, telemetry }: Watched, processMetrics: boolean): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'ratelab_requests_total',
    help: 'Decisions since the start, by status and by what rejected (empty: admitted).',
    labelNames: ['status', 'cause'],
    registers,
    // Counted by the telemetry, and copied when somebody looks: a labelled counter would cost every decision.
    collect: () => {
      requests.reset();
      for (const { status, cause, count } of telemetry.lifetimeTotals())
        requests.inc({ status: String(status), cause: cause ?? '' }, count);
    },
  });
  const free = gauge('ratelab_bucket_free', 'Free units of the buckets of a limit: the emptiest, and the mean.', [
    'limit',
    'of',
  ]);
  const capacity = gauge('ratelab_bucket_capacity', 'Units of the largest bucket of a limit.', ['limit']);
  const buckets = gauge('ratelab_buckets', 'Buckets of a limit that are held (looked at: at most 10,000).', ['limit']);
  const inService = gauge('ratelab_in_service', 'Requests admitted and not yet answered.', []);
  const speed = gauge('ratelab_clock_speed', 'Gateway ms per real ms.', []);
  const clock = gauge('ratelab_clock_seconds', 'The gateway\u2019s time, in seconds since the epoch.', []);

  function gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers });
  }

  function look(): void {
    for (const one of [free, capacity, buckets]) one.reset();
    for (const limit of shownLimits(platform, telemetry)) {
      free.set({ limit: limit.name, of: 'emptiest' }, limit.freeMin);
      free.set({ limit: limit.name, of: 'mean' }, limit.freeMean);
      capacity.set({ limit: limit.name }, limit.capacity);
      buckets.set({ limit: limit.name }, limit.buckets);
    }
    inService.set(platform.inService);
    speed.set(time.speed);
    clock.set(time.nowMs / 1000);
  }

  return {
    contentType: registry.contentType,
    text: () => {
      look();
      return registry.metrics();
    },
  };
}
