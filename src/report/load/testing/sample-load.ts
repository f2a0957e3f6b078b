/** A load's results for tests of its report: ninety seconds of a ramp, with names that would be markup. */
import type { LoadResults } from '../../../results/load-results.ts';

/** A name that must be shown as text. */
export const hostileName = `<img src=x onerror="alert(1)">|\u001B[31m</script>`;

const seconds = Array.from({ length: 90 }, (_, index) => index);
const quantiles = (count: number, p50Ms: number) => ({
  count,
  p50Ms,
  p90Ms: p50Ms * 2,
  p99Ms: p50Ms * 4,
  p999Ms: p50Ms * 8,
  maxMs: p50Ms * 9,
});

/** The results. */
export function sampleLoad(change: Partial<LoadResults> = {}): LoadResults {
  const sent = seconds.map((second) => 10 + second);
  const admitted = sent.map((count) => Math.min(count, 60));
  const rejected = sent.map((count, second) => count - (admitted[second] ?? 0));
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  return {
    schemaVersion: 1,
    kind: 'load',
    tool: { name: 'ratelab', version: '0.0.0' },
    target: { kind: 'policy', name: hostileName },
    request: { method: 'GET', path: `/${hostileName}`, headerNames: [], bodyBytes: 0 },
    model: 'open',
    options: {
      connections: 50,
      pipelining: 1,
      rate: { fromPerSecond: 10, toPerSecond: 99, steps: 90 },
      durationMs: 90_000,
      requestsMax: 100_000,
      timeoutMs: 10_000,
      seed: 1,
    },
    complete: true,
    ranMs: 90_000,
    counts: {
      sent: sum(sent),
      admitted: sum(admitted),
      rejected: sum(rejected),
      other: 3,
      timeouts: 2,
      errors: 1,
      unanswered: 4,
      unsent: 5,
      byStatus: { 200: sum(admitted), 429: sum(rejected), 500: 3 },
    },
    rejections: { source: 'body', byCause: { [hostileName]: sum(rejected) - 4, b: 1, c: 1, d: 1, e: 1 } },
    firstRejection: { request: 1836, atMs: 51_020, status: 429, sentPerSecond: 61, offeredPerSecond: 61 },
    retryAfter: { count: sum(rejected), minMs: 1000, medianMs: 2000, maxMs: 31_000 },
    latency: {
      intended: { all: quantiles(4900, 20), byClass: { '2xx': quantiles(4000, 22), '4xx': quantiles(900, 9) } },
      sent: { all: quantiles(4900, 10), byClass: { '2xx': quantiles(4000, 11), '4xx': quantiles(900, 5) } },
      late: quantiles(4900, 0.1),
    },
    histogram: {
      endsMs: [0.1, 1, 10, 100, 1000].flatMap((ms) => [1, 1.47, 2.15, 3.16, 4.64, 6.81].map((step) => ms * step)),
      intended: Array.from({ length: 30 }, (_, index) => (index < 8 ? 0 : Math.max(1, 900 - (index - 14) ** 2 * 20))),
      sent: Array.from({ length: 30 }, (_, index) => (index > 25 ? 0 : Math.max(0, 1000 - (index - 12) ** 2 * 22))),
    },
    series: {
      binMs: 1000,
      sent,
      admitted,
      rejected,
      other: seconds.map((second) => Number(second > 86)),
      lost: seconds.map((second) => Number(second > 86)),
      rejectedByCause: {
        [hostileName]: rejected,
        b: seconds.map(() => 0),
        c: seconds.map(() => 0),
        d: seconds.map(() => 0),
        e: seconds.map(() => 0),
      },
      p50Ms: seconds.map((second) => (second === 3 ? null : 20)),
      p99Ms: seconds.map(() => null),
      maxMs: seconds.map((second) => (second === 3 ? null : 30 + second)),
    },
    senders: [hostileName, 'org-2'].map((name) => ({ name, sent: 2, admitted: 1, rejected: 1, other: 0, lost: 0 })),
    ...change,
  };
}
