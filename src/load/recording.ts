/** What happened to each request, counted as it happens: memory depends on the duration, not on the number of requests. */
import type { LoadResults } from '../results/load-results.ts';
import { boundedNames, causeInBody, isRejection, retryAfterMs } from './causes.ts';
import type { Answer, Loss, Sent } from './connections.ts';
import type { DriveListener } from './drive.ts';
import { Latencies, rounded } from './latencies.ts';
import type { Pace } from './pace.ts';

type Counts = Pick<LoadResults['counts'], 'sent' | 'admitted' | 'rejected' | 'other' | 'timeouts' | 'errors'>;
type Outcome = 'admitted' | 'rejected' | 'other' | 'lost';
type Sender = LoadResults['senders'][number];
type CountSeries = 'sent' | Outcome;

/** Part of the results that is known from answers alone. */
export type Recorded = Pick<
  LoadResults,
  'rejections' | 'firstRejection' | 'retryAfter' | 'latency' | 'histogram' | 'series' | 'senders'
> & { readonly counts: Counts & Pick<LoadResults['counts'], 'byStatus'> };

/** Length of an entry of a series. */
export const BIN_MS = 1000;
/** Different values of Retry-After that are told apart. */
const RETRY_AFTERS_MAX = 10_000;
/** Ends of the histogram's bins: six per factor of ten, from 0.1 ms to 68 s. */
const HISTOGRAM_ENDS = [0.1, 1, 10, 100, 1000, 10_000].flatMap((ms) =>
  [1, 1.47, 2.15, 3.16, 4.64, 6.81].map((step) => Number((ms * step).toPrecision(3))),
);

/** Records a drive. */
export class Recording implements DriveListener {
  readonly counts: Counts = { sent: 0, admitted: 0, rejected: 0, other: 0, timeouts: 0, errors: 0 };
  /** Epoch ms. */
  startMs = 0;
  readonly #pace: Pace | null;
  readonly #senders: Sender[];
  readonly #byStatus = new Map<number, number>();
  readonly #byCause = new Map<string, number[]>();
  readonly #nameOf = boundedNames();
  readonly #retryAfters = new Map<number, number>();
  readonly #series: Record<CountSeries, number[]> = { sent: [], admitted: [], rejected: [], other: [], lost: [] };
  readonly #intended = new ByClass();
  readonly #actual = new ByClass();
  readonly #late = new Latencies();
  readonly #quantiles = new QuantileSeries();
  readonly #speed = new Speedometer();
  /** Rates at which the requests under way were sent, until the first rejection is sure. */
  readonly #rates = new Map<number, number>();
  #first: LoadResults['firstRejection'] = null;

  constructor(senders: readonly string[], pace: Pace | null) {
    this.#pace = pace;
    this.#senders = senders.map((name) => ({ name, sent: 0, admitted: 0, rejected: 0, other: 0, lost: 0 }));
  }

  onStart(startMs: number): void {
    this.startMs = startMs;
  }

  onSent(sent: Sent): void {
    const atMs = sent.sentMs - this.startMs;
    this.counts.sent += 1;
    if (this.#pace !== null) this.#late.add(sent.lateMs);
    (this.#senders[sent.sender] as Sender).sent += 1;
    increase(this.#series.sent, atMs);
    if (this.#first === null) this.#rates.set(sent.number, this.#speed.after(atMs));
  }

  onAnswer(sent: Sent, answer: Answer, nowMs: number): void {
    const { status } = answer;
    const rejected = isRejection(status);
    const outcome = rejected ? 'rejected' : status < 400 ? 'admitted' : 'other';
    this.counts[outcome] += 1;
    this.#settle(sent, outcome, nowMs);
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    this.#intended.add(status, nowMs - sent.dueMs);
    this.#actual.add(status, nowMs - sent.sentMs);
    this.#quantiles.add(nowMs - this.startMs, nowMs - sent.dueMs);
    if (rejected) this.#reject(sent, answer, nowMs);
    this.#rates.delete(sent.number);
  }

  onLost(sent: Sent, loss: Loss, nowMs: number): void {
    this.counts[loss === 'timeout' ? 'timeouts' : 'errors'] += 1;
    this.#settle(sent, 'lost', nowMs);
    this.#rates.delete(sent.number);
  }

  /** Everything. To be called once, at the end. */
  recorded(): Recorded {
    const { p50Ms, p99Ms, maxMs } = this.#quantiles.finished();
    const length = Math.max(p50Ms.length, ...Object.values(this.#series).map((list) => list.length));
    const filled = <T>(list: readonly T[], empty: T) => Array.from({ length }, (_, index) => list[index] ?? empty);
    const causes = [...this.#byCause];
    return {
      counts: { ...this.counts, byStatus: Object.fromEntries(this.#byStatus) },
      rejections: { source: 'body', byCause: Object.fromEntries(causes.map(([name, list]) => [name, sum(list)])) },
      firstRejection: this.#first,
      retryAfter: this.#retryAfter(),
      latency: { intended: this.#intended.quantiles(), sent: this.#actual.quantiles(), late: this.#late.quantiles() },
      histogram: histogram(this.#intended.all, this.#actual.all),
      series: {
        binMs: BIN_MS,
        sent: filled(this.#series.sent, 0),
        admitted: filled(this.#series.admitted, 0),
        rejected: filled(this.#series.rejected, 0),
        other: filled(this.#series.other, 0),
        lost: filled(this.#series.lost, 0),
        rejectedByCause: Object.fromEntries(causes.map(([name, list]) => [name, filled(list, 0)])),
        p50Ms: filled(p50Ms, null),
        p99Ms: filled(p99Ms, null),
        maxMs: filled(maxMs, null),
      },
      senders: this.#senders,
    };
  }

  #settle({ sender }: Sent, outcome: Outcome, nowMs: number): void {
    (this.#senders[sender] as Sender)[outcome] += 1;
    increase(this.#series[outcome], nowMs - this.startMs);
  }

  #reject(sent: Sent, answer: Answer, nowMs: number): void {
    const cause = this.#nameOf(causeInBody(answer));
    const series = this.#byCause.get(cause) ?? [];
    this.#byCause.set(cause, series);
    increase(series, nowMs - this.startMs);
    this.#remember(sent, answer.status);
    const afterMs = retryAfterMs(answer, nowMs);
    if (afterMs === null) return;
    const value = this.#retryAfters.size < RETRY_AFTERS_MAX ? rounded(afterMs) : Math.round(afterMs / 1000) * 1000;
    this.#retryAfters.set(value, (this.#retryAfters.get(value) ?? 0) + 1);
  }

  /** Answers may overtake one another: the first rejection is that of the earliest request, not the one that is told first. */
  #remember({ number, sentMs }: Sent, status: number): void {
    const sentPerSecond = this.#rates.get(number);
    if (sentPerSecond === undefined || (this.#first !== null && this.#first.request <= number + 1)) return;
    const atMs = sentMs - this.startMs;
    const offered = this.#pace?.ratePerSecond(atMs) ?? null;
    this.#first = {
      request: number + 1,
      atMs: rounded(atMs),
      status,
      sentPerSecond: rounded(sentPerSecond),
      offeredPerSecond: offered === null ? null : rounded(offered),
    };
  }

  #retryAfter(): LoadResults['retryAfter'] {
    const values = [...this.#retryAfters].toSorted(([a], [b]) => a - b);
    const [first] = values;
    if (first === undefined) return null;
    const all = sum(values.map(([, times]) => times));
    let seen = 0;
    const median = values.find(([, times]) => (seen += times) * 2 >= all) ?? first;
    return { count: all, minMs: first[0], medianMs: median[0], maxMs: values.at(-1)?.[0] ?? first[0] };
  }
}

/** Latencies of all answers, and by class of status. */
class ByClass {
  readonly all = new Latencies();
  readonly #classes = new Map<string, Latencies>();

  add(status: number, latencyMs: number): void {
    this.all.add(latencyMs);
    const name = `${Math.floor(status / 100)}xx`;
    const own = this.#classes.get(name) ?? new Latencies();
    this.#classes.set(name, own);
    own.add(latencyMs);
  }

  quantiles(): LoadResults['latency']['sent'] {
    const byClass = [...this.#classes].map(([name, latencies]) => [name, latencies.quantiles()] as const);
    return { all: this.all.quantiles(), byClass: Object.fromEntries(byClass) };
  }
}

type Quantiles = Pick<LoadResults['series'], 'p50Ms' | 'p99Ms' | 'maxMs'>;

/** Quantiles of each second: one second's latencies at a time, since answers come in the order of time. */
class QuantileSeries {
  readonly #series: Quantiles = { p50Ms: [], p99Ms: [], maxMs: [] };
  readonly #present = new Latencies();

  add(atMs: number, latencyMs: number): void {
    while (this.#series.p50Ms.length < Math.floor(atMs / BIN_MS)) this.#turn();
    this.#present.add(latencyMs);
  }

  finished(): Quantiles {
    this.#turn();
    return this.#series;
  }

  #turn(): void {
    const quantiles = this.#present.quantiles();
    for (const key of ['p50Ms', 'p99Ms', 'maxMs'] as const) this.#series[key].push(quantiles[key]);
    this.#present.clear();
  }
}

/** How many requests were sent in the second up to now. */
class Speedometer {
  #times: number[] = [];
  #from = 0;

  /** Counts a request at `atMs` (not before the last one); requests per second, or of the shorter time since the start (at least 100 ms). */
  after(atMs: number): number {
    this.#times.push(atMs);
    while ((this.#times[this.#from] ?? atMs) <= atMs - 1000) this.#from += 1;
    if (this.#from > 10_000) {
      this.#times = this.#times.slice(this.#from);
      this.#from = 0;
    }
    return (this.#times.length - this.#from) / (Math.min(1000, Math.max(100, atMs)) / 1000);
  }
}

function increase(series: number[], atMs: number): void {
  const bin = Math.max(0, Math.floor(atMs / BIN_MS));
  while (series.length <= bin) series.push(0);
  series[bin] = (series[bin] ?? 0) + 1;
}

/** From the first bin that holds an answer to the last. */
function histogram(intended: Latencies, sent: Latencies): LoadResults['histogram'] {
  const [all, actual] = [intended.countsBelow(HISTOGRAM_ENDS), sent.countsBelow(HISTOGRAM_ENDS)];
  const held = all.flatMap((_, index) => ((all[index] ?? 0) + (actual[index] ?? 0) > 0 ? [index] : []));
  const [from, to] = [Math.min(...held, HISTOGRAM_ENDS.length), Math.max(...held, 0)];
  return {
    endsMs: HISTOGRAM_ENDS.slice(from, to + 1),
    intended: all.slice(from, Math.max(to + 1, from)),
    sent: actual.slice(from, Math.max(to + 1, from)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
