/** A platform with one quota over a sliding minute that nobody announces, and that may shrink for a while or be shared with somebody else. */
import type {
  Admitted,
  BucketLevel,
  Decision,
  Gateway,
  GatewayOptions,
  GatewayRequest,
  RenderedResponse,
} from '../../mock-server/gateway.ts';
import type { Policy } from '../../mock-server/policy.ts';
import { naturalLog } from '../../src/random/natural-log.ts';

/** An interval of a trial, ms from its start. */
export interface During {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How the quota behaves. */
export interface QuotaStory {
  /** Requests that are admitted in any `windowMs`. */
  readonly quota: number;
  readonly windowMs: number;
  /** What the quota is during a cut; null: it never changes. */
  readonly cut: (During & { readonly quota: number }) | null;
  /** Somebody else's requests, Poisson, who tries each once; null: nobody's. */
  readonly neighbour: (During & { readonly ratePerSecond: number }) | null;
  /** What Retry-After says, ms; null: when the next request would be admitted, in whole seconds rounded up. */
  readonly retryAfterMs: number | null;
}

/** Name of the one limit, and the cause of every refusal. */
export const QUOTA = 'quota';

/** Plays a story. Its policy must hold a limit `quota` that is never stricter than the story. */
export class HiddenQuota implements Gateway {
  readonly policy: Policy;
  readonly causes = [QUOTA];
  readonly bucketCount = 1;
  readonly #story: QuotaStory;
  readonly #startsAtMs: number;
  readonly #serviceMs: number;
  readonly #random: GatewayOptions['random'];
  /** Times of the admitted requests of the last window, a ring. */
  readonly #log: Float64Array;
  #oldest = 0;
  #used = 0;
  #neighbours = 0;
  /** When the neighbour's next request comes, ms from the start. */
  #neighbourMs: number;

  constructor(policy: Policy, { random }: GatewayOptions, startsAtMs: number, story: QuotaStory) {
    this.policy = policy;
    this.#story = story;
    this.#startsAtMs = startsAtMs;
    this.#serviceMs = policy.latency[0]?.medianMs ?? 0;
    this.#random = random;
    this.#log = new Float64Array(story.quota);
    this.#neighbourMs = this.#nextNeighbour(story.neighbour?.fromMs ?? Infinity);
  }

  decide(_request: GatewayRequest, nowMs: number): Decision {
    this.#moveTo(nowMs);
    if (this.#admits(nowMs)) return { admitted: true, serviceMs: this.#serviceMs, rate: null, nowMs };
    const retryAfterMs = this.#story.retryAfterMs ?? this.#untilFreeMs(nowMs);
    return { admitted: false, status: 429, cause: 0, retryAfterMs, asHttpDate: false, rate: null, nowMs };
  }

  wouldAdmit(_request: GatewayRequest, nowMs: number): boolean {
    this.#moveTo(nowMs);
    this.#forget(nowMs);
    return this.#used < this.#quotaAt(nowMs);
  }

  complete(_admission: Admitted, _nowMs: number): void {
    // Nothing is held while a request is in service.
  }

  render(_request: GatewayRequest, decision: Decision): RenderedResponse {
    const headers: [string, string][] = [['Content-Type', 'application/json']];
    if (decision.admitted) return { status: 200, headers, body: '{"ok":true}' };
    if (decision.retryAfterMs !== null) headers.push(['Retry-After', String(Math.ceil(decision.retryAfterMs / 1000))]);
    return { status: decision.status, headers, body: '{"code":"too.many.requests"}' };
  }

  levels(limit: string, nowMs: number): readonly BucketLevel[] {
    if (limit !== QUOTA) return [];
    this.#moveTo(nowMs);
    this.#forget(nowMs);
    const free = Math.max(0, this.#quotaAt(nowMs) - this.#used);
    return [{ limit, key: '', free, capacity: this.#story.quota }];
  }

  /** Lets the neighbour ask up to now. */
  #moveTo(nowMs: number): void {
    while (this.#startsAtMs + this.#neighbourMs <= nowMs) {
      this.#admits(this.#startsAtMs + this.#neighbourMs);
      this.#neighbourMs = this.#nextNeighbour(this.#neighbourMs);
    }
  }

  #nextNeighbour(afterMs: number): number {
    const { neighbour } = this.#story;
    if (neighbour === null) return Infinity;
    const dice = this.#random('neighbour', '', this.#neighbours++);
    const nextMs = afterMs - (naturalLog(1 - dice) * 1000) / neighbour.ratePerSecond;
    return nextMs < neighbour.toMs ? nextMs : Infinity;
  }

  /** Asks for admission, and charges it. */
  #admits(atMs: number): boolean {
    this.#forget(atMs);
    if (this.#used >= this.#quotaAt(atMs)) return false;
    this.#log[(this.#oldest + this.#used) % this.#log.length] = atMs;
    this.#used += 1;
    return true;
  }

  #forget(nowMs: number): void {
    while (this.#used > 0 && this.#log[this.#oldest]! <= nowMs - this.#story.windowMs) {
      this.#oldest = (this.#oldest + 1) % this.#log.length;
      this.#used -= 1;
    }
  }

  #quotaAt(nowMs: number): number {
    const { cut, quota } = this.#story;
    const atMs = nowMs - this.#startsAtMs;
    return cut !== null && atMs >= cut.fromMs && atMs < cut.toMs ? cut.quota : quota;
  }

  /** Until so many have left the window that one more fits, as the quota is now; whole seconds, rounded up. */
  #untilFreeMs(nowMs: number): number {
    const last = (this.#oldest + this.#used - this.#quotaAt(nowMs)) % this.#log.length;
    const freeMs = this.#log[last]! + this.#story.windowMs - nowMs;
    return Math.max(1, Math.ceil(freeMs / 1000)) * 1000;
  }
}
