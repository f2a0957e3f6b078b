/** Identification that looks the truth up, for tests of everything around it: which limit rejects is seen in the gateway, its numbers are read from there. */
import type { BenchGateway } from '../../../bench/discovery/generate.ts';
import type { Shape } from '../../../src/discovery/hypothesis.ts';
import type { Identify } from '../../../src/discovery/explore/settle.ts';
import type { ProbeEvent } from '../../../src/discovery/record.ts';
import type { PolicyBlackBox } from '../../../src/trial/black-box.ts';

/** Probes in which nothing is rejected before it says so. */
const SENT_MAX = 8000;

/** Drives the stream until something rejects that is not known, and tells what it is. */
export function oracle(gateway: BenchGateway, box: PolicyBlackBox): Identify {
  return async ({ prober, points, known, costOf }) => {
    const from = prober.events.length;
    for (let round = 0; round < 3000 && prober.events.length - from < SENT_MAX; round++) {
      const chunk = known.fitting(points, prober.nowMs, 8 + 4 * round);
      if (chunk.length === 0) {
        const nextMs = Math.min(...points.map((point) => known.nextFitMs(point, prober.nowMs)));
        if (nextMs === Number.POSITIVE_INFINITY) break;
        // Now and then all at once: what limits those under way shows in no other way; but mostly on and on, as long windows need.
        const isAtOnce = round < 60 ? round % 3 === 2 : round % 600 === 0;
        const idleMs = isAtOnce ? known.idleFromMs(points) : nextMs;
        await prober.waitUntil(Math.max(idleMs, prober.nowMs + 1000));
        continue;
      }
      const before = [...box.rejectionsByCause];
      const unexplained = known.unexplained.length;
      await prober.sendMany(chunk);
      const event = known.unexplained[unexplained];
      if (event === undefined) continue;
      const causes = box.rejectionsByCause.flatMap((count, at) => (count > (before[at] ?? 0) ? [at] : []));
      if (causes.length > 1) return { kind: 'conflict', from: event, reason: `${causes.length} limits at once` };
      const limit = gateway.limits[causes[0] as number];
      if (limit === undefined) break;
      const of = prober.events[event] as ProbeEvent;
      const unit = (limit.costs.get(of.route) ?? 1) / (costOf?.(of) ?? 1);
      const { algorithm } = limit;
      const units = ('limit' in algorithm ? algorithm.limit : algorithm.capacity) / unit;
      // A fraction of a request shows in tokens and in weighted counts.
      const showsParts = algorithm.kind === 'token-bucket' || algorithm.kind === 'sliding-window-counter';
      const capacity = showsParts ? units : Math.floor(units);
      const shape = shapeOf(algorithm, unit);
      return {
        kind: 'found',
        hypothesis: { shape, counts: limit.counts, capacity },
        alternatives: [],
        countsKnown: true,
        capacity: { low: capacity, high: capacity },
        windowMs: 'windowMs' in shape ? { low: shape.windowMs, high: shape.windowMs } : null,
        refillPerSecond: null,
        stepMs: null,
      };
    }
    return { kind: 'none', looked: { requests: 0, overMs: 0 } };
  };
}

function shapeOf(algorithm: BenchGateway['policy']['limits'][number]['algorithm'], unit: number): Shape {
  switch (algorithm.kind) {
    case 'fixed-window':
      return { kind: algorithm.kind, windowMs: algorithm.windowMs, anchor: algorithm.anchor };
    case 'token-bucket':
      return { kind: algorithm.kind, refillPerSecond: algorithm.refillPerSecond / unit, stepMs: algorithm.stepMs };
    case 'concurrency':
      return { kind: algorithm.kind };
    default:
      return { kind: algorithm.kind, windowMs: algorithm.windowMs };
  }
}
