/**
 * What a person watching wants to know of the decisions: how many of which cause, when, and the latest of them. Everything is bounded, and a
 * decision costs a few additions: it is fed from the path of every request.
 */
import type { DecisionEvent, Platform } from '../platform.ts';
import { Recent } from '../recent.ts';

/** Seconds of gateway time that are kept one by one. */
export const SECONDS_KEPT = 300;
/** Decisions that are kept one by one. */
export const DECISIONS_KEPT = 100;
/** Callers whose names are kept, so that a bucket by token can be told without its token. */
const CALLERS_KEPT = 1000;
/** Different statuses and causes that totals are kept for; policies change, and each may bring new causes. */
const TOTALS_KEPT = 1000;
/** Longest text of a stranger that is passed on, in characters. */
const TEXT_KEPT = 200;

/** Decisions of one status and cause. */
export interface Total {
  /** 0 while there was none. */
  readonly status: number;
  /** Null: admitted. */
  readonly cause: string | null;
  readonly count: number;
}

/** The decisions of one second of gateway time. */
export interface Second {
  /** Epoch ms of its start. */
  readonly atMs: number;
  readonly admitted: number;
  /** By cause; causes that rejected nothing are absent. */
  readonly rejected: Readonly<Record<string, number>>;
}

/** One decision as it is shown. */
export interface ShownDecision {
  /** Epoch ms of gateway time. */
  readonly atMs: number;
  readonly org: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Null: admitted. */
  readonly cause: string | null;
  readonly retryAfterMs: number | null;
}

/** Who stands behind a token. */
export interface TokenOwner {
  readonly org: string;
  readonly client: string;
}

/** The decisions of one platform, counted from now on. */
export class Telemetry {
  readonly #platform: Platform;
  readonly #stop: () => void;
  #gateway: Platform['gateway'];
  #sinceMs: number;
  /** Of the gateways before this one. */
  readonly #earlier = new Map<string, Total>();
  /** Per cause, the admitted first; a cause has one status. */
  #counts: number[];
  #statuses: number[];
  #seconds: SecondSlot[] = [];
  #decisions: DecisionEvent[] = [];
  #next = 0;
  readonly #owners = new Recent<TokenOwner>(CALLERS_KEPT);

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#gateway = platform.gateway;
    this.#sinceMs = platform.time.nowMs;
    this.#counts = this.#zeros();
    this.#statuses = this.#zeros();
    this.#stop = platform.listen((event) => this.#count(event));
  }

  /** Epoch ms of gateway time since which {@link totals}, {@link seconds} and {@link decisions} count: the start, the last reset, the last change of policy. */
  get sinceMs(): number {
    this.#follow();
    return this.#sinceMs;
  }

  /** Decisions since {@link sinceMs}, the admitted first, then every cause in the policy's order, also those that rejected nothing. */
  totals(): readonly Total[] {
    this.#follow();
    return [null, ...this.#gateway.causes].map((cause, index) => ({
      status: this.#statuses[index] ?? 0,
      cause,
      count: this.#counts[index] ?? 0,
    }));
  }

  /** Decisions since the first, whatever was reset or changed; only what there was at least one of. */
  lifetimeTotals(): readonly Total[] {
    this.#follow();
    const all = new Map(this.#earlier);
    for (const total of this.totals()) addTotal(all, total);
    return [...all.values()];
  }

  /** The last {@link SECONDS_KEPT} seconds of gateway time in which anything was decided, the oldest first. */
  seconds(): readonly Second[] {
    this.#follow();
    const { causes } = this.#gateway;
    const oldest = secondOf(this.#platform.time.nowMs) - SECONDS_KEPT;
    return this.#seconds
      .filter(({ second }) => second > oldest)
      .toSorted((a, b) => a.second - b.second)
      .map(({ second, counts }) => ({
        atMs: second * 1000,
        admitted: counts[0] ?? 0,
        rejected: Object.fromEntries(
          causes.flatMap((cause, index) => {
            const count = counts[index + 1] ?? 0;
            return count === 0 ? [] : [[cause, count]];
          }),
        ),
      }));
  }

  /** The last {@link DECISIONS_KEPT} decisions, the latest first. */
  decisions(): readonly ShownDecision[] {
    this.#follow();
    const { causes } = this.#gateway;
    return [...this.#decisions.slice(this.#next), ...this.#decisions.slice(0, this.#next)]
      .toReversed()
      .map(({ nowMs, caller, method, path, status, cause, retryAfterMs }) => ({
        atMs: nowMs,
        org: shortened(caller.org),
        client: shortened(caller.client),
        method: shortened(method),
        path: shortened(path),
        status,
        cause: causes[cause] ?? null,
        retryAfterMs,
      }));
  }

  /** Who stands behind a token; null: not seen, or too long ago. */
  ownerOf(token: string): TokenOwner | null {
    return this.#owners.get(token) ?? null;
  }

  /** Counts no more. */
  stop(): void {
    this.#stop();
  }

  #count(event: DecisionEvent): void {
    if (this.#platform.gateway !== this.#gateway) this.#follow();
    const index = event.cause + 1;
    countOne(this.#counts, index);
    this.#statuses[index] = event.status;
    this.#countInSecond(secondOf(event.nowMs), index);
    this.#decisions[this.#next] = event;
    this.#next = (this.#next + 1) % DECISIONS_KEPT;
    const { token } = event.caller;
    if (this.#owners.get(token) === undefined) this.#owners.put(token, event.caller);
  }

  #countInSecond(second: number, index: number): void {
    const at = second % SECONDS_KEPT;
    let slot = this.#seconds[at];
    if (slot?.second !== second) this.#seconds[at] = slot = { second, counts: this.#zeros() };
    countOne(slot.counts, index);
  }

  #zeros(): number[] {
    return Array.from({ length: this.#gateway.causes.length + 1 }, () => 0);
  }

  /** A reset or another policy is another gateway: its causes have other numbers, and what is shown begins anew. */
  #follow(): void {
    if (this.#platform.gateway === this.#gateway) return;
    const { causes } = this.#gateway;
    for (const [index, count] of this.#counts.entries()) {
      const cause = index === 0 ? null : (causes[index - 1] ?? null);
      addTotal(this.#earlier, { status: this.#statuses[index] ?? 0, cause, count });
    }
    this.#gateway = this.#platform.gateway;
    this.#sinceMs = this.#platform.time.nowMs;
    this.#counts = this.#zeros();
    this.#statuses = this.#zeros();
    this.#seconds = [];
    this.#decisions = [];
    this.#next = 0;
  }
}

/** One place of the ring of seconds. */
interface SecondSlot {
  /** Epoch seconds. */
  readonly second: number;
  /** Per cause, the admitted first. */
  readonly counts: number[];
}

function secondOf(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}

function countOne(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function addTotal(totals: Map<string, Total>, { status, cause, count }: Total): void {
  if (count === 0) return;
  const name = totals.size < TOTALS_KEPT ? cause : 'other';
  const key = `${status} ${name ?? ''}`;
  totals.set(key, { status, cause: name, count: count + (totals.get(key)?.count ?? 0) });
}

/** A stranger's text, of bounded length. */
export function shortened(text: string): string {
  return text.length > TEXT_KEPT ? `${text.slice(0, TEXT_KEPT - 1)}…` : text;
}
