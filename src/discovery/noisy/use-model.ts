/**
 * How full a limit is believed to be: what was observed to charge it, and what others are expected to have used unseen (Poisson, `unseenPerMs`),
 * as a mean and a variance. Siblings of the exact meters; written for belief, not for proof.
 */
export interface UseModel {
  /** Expected use at `atMs`, from what is noted so far. May be asked for times shortly before the last charge. */
  useAt(atMs: number): number;
  /** Variance of it. */
  varianceAt(atMs: number): number;
  /** Notes charges. Rejected ones are told where they count; `capacity` bounds what they take from a token bucket. */
  charge(cost: number, atMs: number, endMs: number, admitted: boolean, capacity: number): void;
  /** The use at `atMs` has been observed: what is unseen becomes as much as that takes. */
  correct(use: number, atMs: number): void;
}

/** What the kinds are told apart by, with the numbers that one replay needs. `phaseMs`: where an epoch window begins, modulo its length. */
export type Belief =
  | { readonly kind: 'fixed-window'; readonly anchor: 'first-request'; readonly windowMs: number }
  | { readonly kind: 'fixed-window'; readonly anchor: 'epoch'; readonly windowMs: number; readonly phaseMs: number }
  | { readonly kind: 'sliding-window-log'; readonly windowMs: number }
  | { readonly kind: 'sliding-window-counter'; readonly windowMs: number; readonly phaseMs: number }
  | { readonly kind: 'token-bucket'; readonly perMs: number; readonly stepMs: number }
  | { readonly kind: 'concurrency' };

/** A fresh model. */
export function createUseModel(belief: Belief, unseenPerMs: number): UseModel {
  switch (belief.kind) {
    case 'fixed-window':
      return belief.anchor === 'epoch'
        ? new EpochWindowUse(belief.windowMs, belief.phaseMs, unseenPerMs)
        : new FirstRequestWindowUse(belief.windowMs, unseenPerMs);
    case 'sliding-window-log':
      return new LogUse(belief.windowMs, unseenPerMs);
    case 'sliding-window-counter':
      return new CounterUse(belief.windowMs, belief.phaseMs, unseenPerMs);
    case 'token-bucket':
      return new TokenUse(belief.perMs, belief.stepMs, unseenPerMs);
    case 'concurrency':
  }
  return new ConcurrencyUse();
}

class EpochWindowUse implements UseModel {
  #window = Number.NEGATIVE_INFINITY;
  #use = 0;
  #variance = 0;
  #lastMs = 0;

  readonly windowMs: number;
  readonly phaseMs: number;
  readonly unseenPerMs: number;

  constructor(windowMs: number, phaseMs: number, unseenPerMs: number) {
    this.windowMs = windowMs;
    this.phaseMs = phaseMs;
    this.unseenPerMs = unseenPerMs;
  }

  useAt(atMs: number): number {
    const window = Math.floor((atMs - this.phaseMs) / this.windowMs);
    if (window <= this.#window) return this.#use + Math.max(0, atMs - this.#lastMs) * this.unseenPerMs;
    return (atMs - window * this.windowMs - this.phaseMs) * this.unseenPerMs;
  }

  varianceAt(atMs: number): number {
    const window = Math.floor((atMs - this.phaseMs) / this.windowMs);
    if (window <= this.#window) return this.#variance + Math.max(0, atMs - this.#lastMs) * this.unseenPerMs;
    return (atMs - window * this.windowMs - this.phaseMs) * this.unseenPerMs;
  }

  charge(cost: number, atMs: number): void {
    this.#advance(atMs);
    this.#use += cost;
  }

  correct(use: number, atMs: number): void {
    this.#advance(atMs);
    this.#use = use;
    this.#variance = 0;
  }

  #advance(atMs: number): void {
    const use = this.useAt(atMs);
    this.#variance = this.varianceAt(atMs);
    this.#use = use;
    this.#window = Math.max(this.#window, Math.floor((atMs - this.phaseMs) / this.windowMs));
    this.#lastMs = Math.max(this.#lastMs, atMs);
  }
}

class FirstRequestWindowUse implements UseModel {
  #endMs = Number.NEGATIVE_INFINITY;
  #use = 0;
  #variance = 0;
  #lastMs = 0;
  /** Whether others may have opened the window before: then it may end sooner than believed, once. */
  #loose = false;

  readonly windowMs: number;
  readonly unseenPerMs: number;

  constructor(windowMs: number, unseenPerMs: number) {
    this.windowMs = windowMs;
    this.unseenPerMs = unseenPerMs;
  }

  useAt(atMs: number): number {
    if (atMs < this.#endMs) return this.#use + Math.max(0, atMs - this.#lastMs) * this.unseenPerMs;
    return this.#openedBefore(atMs) * this.unseenPerMs;
  }

  varianceAt(atMs: number): number {
    const unseen = Math.max(0, atMs - this.#lastMs) * this.unseenPerMs;
    if (atMs < this.#endMs) return this.#variance + unseen;
    const before = this.#openedBefore(atMs) * this.unseenPerMs;
    return before + before ** 2 / 3;
  }

  charge(cost: number, atMs: number): void {
    this.#advance(atMs);
    this.#use += cost;
  }

  correct(use: number, atMs: number): void {
    this.#advance(atMs);
    // Less than what was seen: others had opened the window, and it has ended.
    if (this.#loose && use < this.#use - 0.5) {
      this.#endMs = atMs + this.windowMs;
      this.#loose = false;
    }
    this.#use = use;
    this.#variance = 0;
  }

  /** How long the window has been open already when somebody may have opened it unseen: on average half of it, if others come often. */
  #openedBefore(atMs: number): number {
    if (this.unseenPerMs === 0 || this.#endMs === Number.NEGATIVE_INFINITY) return 0;
    const idle = Math.max(0, atMs - this.#endMs) * this.unseenPerMs;
    return (Math.min(this.windowMs, atMs - this.#endMs) / 2) * (1 - Math.exp(-idle));
  }

  #advance(atMs: number): void {
    const use = this.useAt(atMs);
    const variance = this.varianceAt(atMs);
    if (atMs >= this.#endMs) {
      this.#loose = this.unseenPerMs > 0 && (atMs - this.#endMs) * this.unseenPerMs > 0.3;
      this.#endMs = atMs + this.windowMs;
    }
    this.#use = use;
    this.#variance = variance;
    this.#lastMs = Math.max(this.#lastMs, atMs);
  }
}

class LogUse implements UseModel {
  /** Charges, by time; what others are believed to have used among them. */
  #timesMs: number[] = [];
  #costs: number[] = [];
  #unseen: number[] = [];
  #head = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #variance = 0;

  readonly windowMs: number;
  readonly unseenPerMs: number;

  constructor(windowMs: number, unseenPerMs: number) {
    this.windowMs = windowMs;
    this.unseenPerMs = unseenPerMs;
  }

  useAt(atMs: number): number {
    let use = this.#sum;
    const fromMs = atMs - this.windowMs;
    for (let at = this.#head; at < this.#timesMs.length && (this.#timesMs[at] as number) <= fromMs; at++) {
      use -= (this.#costs[at] as number) + (this.#unseen[at] as number);
    }
    return use + this.#coming(atMs);
  }

  varianceAt(atMs: number): number {
    let variance = this.#variance;
    let left = 0;
    const fromMs = atMs - this.windowMs;
    for (let at = this.#head; at < this.#timesMs.length; at++) {
      const unseen = this.#unseen[at] as number;
      if ((this.#timesMs[at] as number) <= fromMs) variance += unseen;
      else left += unseen;
    }
    const coming = this.#coming(atMs);
    return Math.min(variance, left) + coming;
  }

  charge(cost: number, atMs: number): void {
    this.#advance(atMs);
    const last = this.#costs.length - 1;
    this.#costs[last] = (this.#costs[last] as number) + cost;
    this.#sum += cost;
  }

  correct(use: number, atMs: number): void {
    this.#advance(atMs);
    let unseen = 0;
    for (let at = this.#head; at < this.#unseen.length; at++) unseen += this.#unseen[at] as number;
    const wanted = Math.max(0, unseen + use - this.#sum);
    if (unseen > 1e-9) {
      for (let at = this.#head; at < this.#unseen.length; at++) {
        this.#unseen[at] = ((this.#unseen[at] as number) * wanted) / unseen;
      }
    } else if (wanted > 0) {
      this.#unseen[this.#unseen.length - 1] = wanted;
    }
    this.#sum += wanted - unseen;
    this.#variance = 0;
  }

  #coming(atMs: number): number {
    if (this.unseenPerMs === 0) return 0;
    return Math.max(0, Math.min(this.windowMs, atMs - this.#lastMs)) * this.unseenPerMs;
  }

  #advance(atMs: number): void {
    if (this.#timesMs.length > 0 && atMs <= this.#lastMs) return;
    const variance = this.varianceAt(atMs);
    if (this.unseenPerMs > 0) {
      // What has come unseen since, in portions so that it leaves as it came.
      const fromMs = Math.max(this.#lastMs, atMs - this.windowMs);
      const parts = Math.max(1, Math.min(24, Math.ceil(((atMs - fromMs) / this.windowMs) * 24)));
      for (let part = 1; part <= parts; part++) {
        const amount = ((atMs - fromMs) / parts) * this.unseenPerMs;
        this.#push(fromMs + ((part - 0.5) * (atMs - fromMs)) / parts, amount);
      }
    }
    this.#push(atMs, 0);
    while ((this.#timesMs[this.#head] as number) <= atMs - this.windowMs) {
      this.#sum -= (this.#costs[this.#head] as number) + (this.#unseen[this.#head] as number);
      this.#head += 1;
    }
    this.#variance = variance;
    this.#lastMs = atMs;
  }

  #push(atMs: number, unseen: number): void {
    this.#timesMs.push(atMs);
    this.#costs.push(0);
    this.#unseen.push(unseen);
    this.#sum += unseen;
  }
}

class CounterUse implements UseModel {
  #window = Number.NEGATIVE_INFINITY;
  #current = 0;
  #previous = 0;
  #variance = 0;
  #lastMs = 0;

  readonly windowMs: number;
  readonly phaseMs: number;
  readonly unseenPerMs: number;

  constructor(windowMs: number, phaseMs: number, unseenPerMs: number) {
    this.windowMs = windowMs;
    this.phaseMs = phaseMs;
    this.unseenPerMs = unseenPerMs;
  }

  useAt(atMs: number): number {
    const { windowMs, unseenPerMs } = this;
    const window = Math.floor((atMs - this.phaseMs) / windowMs);
    const startMs = window * windowMs + this.phaseMs;
    const left = 1 - (atMs - startMs) / windowMs;
    if (window <= this.#window) {
      return this.#previous * left + this.#current + Math.max(0, atMs - this.#lastMs) * unseenPerMs;
    }
    const before = startMs - Math.max(this.#lastMs, startMs - windowMs);
    const previous = (window === this.#window + 1 ? this.#current : 0) + before * unseenPerMs;
    return previous * left + (atMs - startMs) * unseenPerMs;
  }

  varianceAt(atMs: number): number {
    const coming = Math.min(2 * this.windowMs, Math.max(0, atMs - this.#lastMs)) * this.unseenPerMs;
    return this.#variance + coming;
  }

  charge(cost: number, atMs: number): void {
    this.#advance(atMs);
    this.#current += cost;
  }

  correct(use: number, atMs: number): void {
    this.#advance(atMs);
    const { windowMs } = this;
    const left = 1 - (atMs - (this.#window * windowMs + this.phaseMs)) / windowMs;
    const current = use - this.#previous * left;
    this.#current = Math.max(0, current);
    if (current < 0 && left > 0) this.#previous = Math.max(0, use / left);
    this.#variance = 0;
  }

  #advance(atMs: number): void {
    if (atMs <= this.#lastMs) return;
    const { windowMs, unseenPerMs } = this;
    this.#variance = this.varianceAt(atMs);
    const window = Math.floor((atMs - this.phaseMs) / windowMs);
    const startMs = window * windowMs + this.phaseMs;
    if (window > this.#window) {
      const before = startMs - Math.max(this.#lastMs, startMs - windowMs);
      this.#previous = (window === this.#window + 1 ? this.#current : 0) + before * unseenPerMs;
      this.#current = (atMs - startMs) * unseenPerMs;
      this.#window = window;
    } else {
      this.#current += (atMs - this.#lastMs) * unseenPerMs;
    }
    this.#lastMs = atMs;
  }
}

class TokenUse implements UseModel {
  /** The charge that found the bucket full. */
  #sinceMs = Number.NEGATIVE_INFINITY;
  #spent = 0;
  #variance = 0;
  #lastMs = 0;

  readonly perMs: number;
  readonly stepMs: number;
  readonly unseenPerMs: number;

  constructor(perMs: number, stepMs: number, unseenPerMs: number) {
    this.perMs = perMs;
    this.stepMs = stepMs;
    this.unseenPerMs = unseenPerMs;
  }

  useAt(atMs: number): number {
    if (this.#spent === 0) return 0;
    const elapsedMs = atMs - this.#sinceMs;
    const refilled = (this.stepMs === 0 ? elapsedMs : Math.floor(elapsedMs / this.stepMs) * this.stepMs) * this.perMs;
    const unseen = Math.max(0, atMs - this.#lastMs) * this.unseenPerMs;
    return Math.max(0, this.#spent + unseen - refilled);
  }

  varianceAt(atMs: number): number {
    if (this.unseenPerMs === 0) return 0;
    const drain = this.perMs - this.unseenPerMs;
    const coming = Math.max(0, atMs - this.#lastMs);
    // Queued at rest: what a few arrivals leave behind.
    const rest = 0.25 + this.unseenPerMs / Math.max(1e-12, drain);
    return this.useAt(atMs) === 0 ? rest : this.#variance + Math.min(coming * this.unseenPerMs, 1e9);
  }

  charge(cost: number, atMs: number, _endMs: number, admitted: boolean, capacity: number): void {
    this.#advance(atMs);
    const missing = this.useAt(atMs);
    if (missing <= 0) {
      this.#sinceMs = atMs;
      this.#spent = admitted ? cost : Math.min(cost, capacity);
    } else {
      this.#spent += admitted ? cost : Math.max(0, Math.min(cost, capacity - missing));
    }
  }

  correct(use: number, atMs: number): void {
    this.#advance(atMs);
    const now = this.useAt(atMs);
    if (this.#spent === 0) this.#sinceMs = atMs;
    this.#spent = Math.max(0, this.#spent + use - now);
    this.#variance = 0.1;
  }

  #advance(atMs: number): void {
    if (atMs <= this.#lastMs) return;
    if (this.unseenPerMs > 0) {
      this.#variance = this.varianceAt(atMs);
      const use = this.useAt(atMs);
      if (use <= 0) this.#spent = 0;
      else this.#spent += (atMs - this.#lastMs) * this.unseenPerMs;
    }
    this.#lastMs = atMs;
  }
}

class ConcurrencyUse implements UseModel {
  #holds: { readonly endMs: number; readonly cost: number }[] = [];

  useAt(atMs: number): number {
    let use = 0;
    for (const { endMs, cost } of this.#holds) if (endMs > atMs) use += cost;
    return use;
  }

  varianceAt(): number {
    return 0;
  }

  charge(cost: number, atMs: number, endMs: number, admitted: boolean): void {
    if (!admitted) return;
    this.#holds = this.#holds.filter((hold) => hold.endMs > atMs);
    this.#holds.push({ cost, endMs });
  }

  correct(): void {
    // What others hold is known for an instant only.
  }
}
