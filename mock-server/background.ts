/**
 * Other clients' load: Poisson arrivals whose rate is constant within each local hour of a zone. A Poisson process has no memory, so each
 * hour starts its own dice: when an arrival comes depends on the seed, the source and the hour alone, never on who asked before.
 */
import type { Admitted, Caller, GatewayRequest, KeyedRandom } from './gateway.ts';
import { onGrid } from './latency.ts';
import { localHourAt, localHourFormat } from './local-time.ts';
import type { BackgroundTraffic, Policy } from './policy.ts';

/** What the gateway does for its background. */
export interface BackgroundDoor {
  /** Asks for admission; null: rejected, or how long it is in service matters to nobody. */
  ask(request: GatewayRequest, atMs: number): Admitted | null;
  /** Ends a request in service. */
  complete(admission: Admitted): void;
}

/** Throws of the dice that a source makes in one go: turning from one source's dice to another's costs more than a throw. */
const THROWS = 32;

/** How long the background has been running before the first request, at most. */
const WARM_UP_MS_MAX = 600_000;

/** All background traffic of a gateway, advanced as time passes. */
export class Background {
  readonly #sources: readonly Source[];
  readonly #inService = new InServiceQueue();
  readonly #door: BackgroundDoor;
  readonly #warmUpMs: number;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(sources: readonly Source[], warmUpMs: number, door: BackgroundDoor) {
    this.#sources = sources;
    this.#door = door;
    this.#warmUpMs = warmUpMs;
  }

  /** The background of a policy, null when there is none. */
  static of(policy: Policy, random: KeyedRandom, door: BackgroundDoor): Background | null {
    const sources = policy.background
      .filter(({ ratePerSecond, byHour }) => ratePerSecond > 0 && byHour.some((factor) => factor > 0))
      .map((traffic) => new Source(traffic, random));
    return sources.length === 0 ? null : new Background(sources, warmUpMs(policy), door);
  }

  /** Lets every arrival and every end of service up to now happen, in order of time; ends first, then sources in the policy's order. */
  advanceTo(nowMs: number): void {
    if (this.#nextMs > nowMs) return;
    if (this.#nextMs === Number.NEGATIVE_INFINITY) {
      for (const source of this.#sources) source.start(Math.max(0, nowMs - this.#warmUpMs));
    }
    for (;;) {
      let source: Source | null = null;
      let nextMs = this.#inService.nextMs;
      for (const candidate of this.#sources) {
        if (candidate.nextMs >= nextMs) continue;
        source = candidate;
        nextMs = candidate.nextMs;
      }
      this.#nextMs = nextMs;
      if (nextMs > nowMs) return;
      if (source === null) {
        const ended = this.#inService.pop();
        if (ended !== null) this.#door.complete(ended);
      } else {
        const admitted = this.#door.ask(source.request, nextMs);
        if (admitted !== null) this.#inService.push(admitted);
        source.step();
      }
    }
  }
}

/** As long as any bucket remembers, up to ten minutes. */
function warmUpMs(policy: Policy): number {
  const memories = policy.limits.map(({ algorithm }) => {
    if (algorithm.kind === 'concurrency') return 60_000;
    if (algorithm.kind === 'token-bucket') return (algorithm.capacity / algorithm.refillPerSecond) * 1000;
    return 2 * algorithm.windowMs;
  });
  return Math.min(WARM_UP_MS_MAX, Math.ceil(Math.max(0, ...memories)));
}

/** One kind of background traffic. */
class Source {
  readonly request: GatewayRequest;
  /** When its next request arrives. */
  nextMs = 0;
  readonly #traffic: BackgroundTraffic;
  readonly #random: KeyedRandom;
  readonly #format: Intl.DateTimeFormat;
  #dice = '';
  #drawn = 0;
  /** The throws of the dice from `#drawn - #drawn % THROWS` on. */
  readonly #throws = new Float64Array(THROWS);
  #ratePerMs = 0;
  #hourEndMs = 0;
  #fromMs = 0;
  /** The last arrival, not rounded. */
  #atMs = 0;

  constructor(traffic: BackgroundTraffic, random: KeyedRandom) {
    this.#traffic = traffic;
    this.#random = random;
    this.#format = localHourFormat(traffic.timeZone);
    const { method, path, items } = traffic;
    this.request = { caller: callerOf(traffic), method, path, items, requestId: '' };
  }

  /** Begins with the first arrival from `fromMs` on. */
  start(fromMs: number): void {
    this.#enterHour(fromMs);
    this.step();
  }

  /** Moves on to the next arrival. */
  step(): void {
    for (;;) {
      // Infinity or not a number where this hour has no rate.
      this.#atMs += -Math.log1p(-this.#throw()) / this.#ratePerMs;
      if (!(this.#atMs < this.#hourEndMs)) this.#enterHour(this.#hourEndMs);
      else if (this.#atMs >= this.#fromMs) break;
    }
    this.nextMs = onGrid(this.#atMs);
  }

  #throw(): number {
    const at = this.#drawn % THROWS;
    if (at === 0) {
      for (let next = 0; next < THROWS; next++) {
        this.#throws[next] = this.#random('background', this.#dice, this.#drawn + next);
      }
    }
    this.#drawn += 1;
    return this.#throws[at] as number;
  }

  /** Takes up the local hour around `fromMs`. Its arrivals are drawn from its start, also where a change of the clock cuts it short. */
  #enterHour(fromMs: number): void {
    const { hour, endMs } = localHourAt(this.#format, fromMs);
    this.#fromMs = fromMs;
    this.#atMs = endMs - 3_600_000;
    this.#hourEndMs = endMs;
    this.#ratePerMs = (this.#traffic.ratePerSecond * (this.#traffic.byHour[hour] ?? 0)) / 1000;
    this.#dice = `${this.#traffic.name}|${endMs}`;
    this.#drawn = 0;
  }
}

function callerOf({ name, identity }: BackgroundTraffic): Caller {
  const own = `background: ${name}`;
  const unnamed = { org: own, client: own, token: own, user: own, app: own, ip: own };
  return { ...unnamed, ...identity, tier: 'standard', permitted: true };
}

/** Admitted background requests by the time that they end: a binary heap. */
class InServiceQueue {
  readonly #heap: { readonly dueMs: number; readonly order: number; readonly admission: Admitted }[] = [];
  #order = 0;

  get nextMs(): number {
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  push(admission: Admitted): void {
    const entry = { dueMs: admission.nowMs + admission.serviceMs, order: this.#order++, admission };
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  pop(): Admitted | null {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined) return null;
    if (last === top) return top.admission;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const right = heap[child + 1];
      let least = heap[child];
      if (least === undefined) break;
      if (right !== undefined && before(right, least)) {
        child += 1;
        least = right;
      }
      if (!before(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return top.admission;
  }
}

function before(a: { readonly dueMs: number; readonly order: number }, b: typeof a): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
