/**
 * Looks at the gateway at no more than 200 instants per trial: is capacity idle while work is open, and how full are the buckets?
 *
 * It sets no timers: before anything happens, it catches up with the instants that have passed since the last thing that happened, in
 * between which nothing changed. How long a trial will take is not known, so it starts finely and, each time it has enough samples,
 * drops every other one and looks half as often.
 */
import type { Gateway, GatewayRequest } from '../../mock-server/gateway.ts';
import type { Sample } from '../metrics/record.ts';
import type { Job } from '../workload/workload.ts';
import { pathOf } from './outgoing.ts';
import { sortRows } from '../metrics/sort-rows.ts';

const SAMPLES_MAX = 200;
/** First distance of two samples. Not a round number, so that no window border is met again and again. */
const FIRST_INTERVAL_MS = 41.42135;
/** Senders with open work that are asked for per sample; who is asked rotates. */
const SENDERS_ASKED_MAX = 8;
/** Buckets noted per limit and sample. */
const BUCKETS_MAX = 256;

/** What is open: how many jobs of each sender are at which stage, and the URLs of the jobs. Kept by driver and transport. */
export class OpenWork {
  /** Handed to the pipeline, not ended. */
  readonly handed: Int32Array;
  /** Attempts that wait for their response. */
  readonly inFlight: Int32Array;
  /** Jobs handed over so far that wait for no other job. */
  readonly free: Int32Array;
  /** By planned row, the very text that the driver handed over; undefined when the job is not open. */
  readonly urls: (string | undefined)[] = [];
  /** Senders that may have open work, each once: all that have, and some that had. */
  readonly senders: number[] = [];
  readonly #isListed: Uint8Array;

  constructor(senders: number, planned: number) {
    this.urls.length = planned;
    this.handed = new Int32Array(senders);
    this.inFlight = new Int32Array(senders);
    this.free = new Int32Array(senders);
    this.#isListed = new Uint8Array(senders);
  }

  /** Puts a sender on the list. */
  list(sender: number): void {
    if (this.#isListed[sender] === 1) return;
    this.#isListed[sender] = 1;
    this.senders.push(sender);
  }

  /** Takes the sender at a position of the list from it; the last one takes its place. */
  unlist(position: number): void {
    this.#isListed[this.senders[position]!] = 0;
    const last = this.senders.pop()!;
    if (position < this.senders.length) this.senders[position] = last;
  }
}

/** What an observer needs to know of its trial. */
export interface ObserverOptions {
  readonly gateway: Gateway;
  /** Epoch ms. */
  readonly startsAtMs: number;
  readonly plan: readonly Job[];
  /** Ms from the trial's start at which each planned job could be sent. */
  readonly releaseMs: Float64Array;
  readonly callers: readonly GatewayRequest['caller'][];
  readonly work: OpenWork;
  /** Whether bucket levels are wanted. */
  readonly levels: boolean;
}

/** Who looks on while a trial runs. */
export interface Watching {
  /** Epoch ms of the next sample: whoever changes anything calls {@link catchUp} first when the time has come. */
  readonly nextMs: number;
  /** The samples so far, in order; null: the gateway is out of sight. */
  readonly samples: readonly Sample[] | null;
  /** Takes the samples due before or at `nowMs` (epoch ms). */
  catchUp(nowMs: number): void;
}

/** For a gateway that is out of sight: sees nothing. */
export function blindObserver(): Watching {
  return { nextMs: Number.POSITIVE_INFINITY, samples: null, catchUp: () => {} };
}

/** Takes the samples of one trial. */
export class Observer implements Watching {
  nextMs: number;
  #samples: Sample[] = [];
  #intervalMs = FIRST_INTERVAL_MS;
  #taken = 0;
  #firstAsked = 0;
  readonly #options: ObserverOptions;
  /** Per sender, the request that stands for its work: that of its first job. */
  readonly #requests: (GatewayRequest | undefined)[];
  /** Rows of jobs that wait for no other, by release; those before `#released` are counted in `#available`. */
  readonly #byRelease: Int32Array;
  #released = 0;
  readonly #available: Int32Array;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.nextMs = options.startsAtMs + FIRST_INTERVAL_MS;
    this.#available = new Int32Array(options.callers.length);
    this.#requests = Array.from({ length: options.callers.length });
    this.#byRelease = this.#readPlan();
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  catchUp(nowMs: number): void {
    while (this.nextMs <= nowMs) {
      this.#take(this.nextMs);
      this.#taken += 1;
      this.nextMs = this.#options.startsAtMs + (this.#taken + 1) * this.#intervalMs;
    }
  }

  #take(atEpochMs: number): void {
    const { startsAtMs, levels } = this.#options;
    const atMs = atEpochMs - startsAtMs;
    this.#release(atMs);
    this.#samples.push({
      atMs,
      idle: this.#capacityIsIdle(atEpochMs),
      levels: levels ? this.#levels(atEpochMs) : [],
    });
    if (this.#samples.length === SAMPLES_MAX) this.#thin();
  }

  /** Keeps the samples at even multiples of the interval, which are all multiples of twice the interval. */
  #thin(): void {
    this.#samples = this.#samples.filter((_, index) => index % 2 === 1);
    this.#intervalMs *= 2;
    this.#taken = this.#samples.length - 1;
  }

  /** Finds each sender's first job, and the jobs that wait for no other, by release. */
  #readPlan(): Int32Array {
    const { plan, releaseMs, callers } = this.#options;
    const rows = new Int32Array(plan.length);
    let used = 0;
    for (let row = 0; row < plan.length; row++) {
      const { sender, method, path, items, after } = plan[row]!;
      if (this.#requests[sender] === undefined) {
        const caller = callers[sender]!;
        this.#requests[sender] = { caller, method, path: pathOf(path), items, requestId: '' };
      }
      if (after < 0) rows[used++] = row;
    }
    return sortRows(rows.subarray(0, used), releaseMs);
  }

  #release(atMs: number): void {
    const { plan, releaseMs, work } = this.#options;
    for (; this.#released < this.#byRelease.length; this.#released++) {
      const row = this.#byRelease[this.#released]!;
      if (releaseMs[row]! > atMs) return;
      const { sender } = plan[row]!;
      this.#available[sender]! += 1;
      work.list(sender);
    }
  }

  /** Whether some sender has work that is not on its way, and the gateway would let it in. */
  #capacityIsIdle(nowMs: number): boolean {
    const { gateway, work } = this.#options;
    const { senders, handed, inFlight, free } = work;
    let asked = 0;
    for (let left = senders.length; left > 0 && asked < SENDERS_ASKED_MAX; left--) {
      const position = this.#firstAsked % senders.length;
      const sender = senders[position]!;
      const open = this.#available[sender]! - free[sender]! + handed[sender]!;
      if (open <= 0) {
        work.unlist(position);
        continue;
      }
      this.#firstAsked = position + 1;
      if (open <= inFlight[sender]!) continue;
      asked += 1;
      if (gateway.wouldAdmit(this.#requests[sender]!, nowMs)) return true;
    }
    return false;
  }

  #levels(nowMs: number): Sample['levels'] {
    const { gateway } = this.#options;
    return gateway.policy.limits.flatMap((limit) => gateway.levels(limit.name, nowMs).slice(0, BUCKETS_MAX));
  }
}
