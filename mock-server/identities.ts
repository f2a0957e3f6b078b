/**
 * Who is known to the gateway. A caller is recognised by its object first and by its values second, and keeps direct references to
 * its buckets, so that a decision looks nothing up by text.
 */
import type { Buckets, HeldBucket } from './buckets.ts';
import type { Caller } from './gateway.ts';
import type { Charge, Route } from './matching.ts';

/** What a route's charges mean for one caller: the buckets, in the order of the route's charges. */
export class Plan {
  readonly route: Route;
  readonly charges: readonly Charge[];
  readonly held: HeldBucket[];

  constructor(route: Route, held: HeldBucket[]) {
    this.route = route;
    this.charges = route.charges;
    this.held = held;
  }
}

/** One organization: how many of its requests are in service. */
export class Org {
  readonly name: string;
  inService = 0;
  /** Callers known now; at 0, with nothing in service, the org is forgotten. */
  callers = 0;

  constructor(name: string) {
    this.name = name;
  }
}

/** How long a caller's dice last. */
const DICE_MS = 600_000;
/** Routes whose plans a caller keeps at most; beyond it they are made again. */
const PLANS_MAX = 64;

/** One caller as the gateway knows it. */
export class KnownCaller {
  readonly caller: Caller;
  readonly org: Org;
  /** True once forgotten: the gateway meets the caller anew. */
  dropped = false;
  #period = -1;
  #dice = '';
  #drawn = 0;
  #plan: Plan | null = null;
  /** Plans of earlier routes; made with the second one. */
  #plans: Map<Route, Plan> | null = null;

  constructor(caller: Caller, org: Org) {
    this.caller = caller;
    this.org = org;
  }

  /** The caller's buckets for a route. */
  planFor(route: Route, buckets: Buckets, nowMs: number): Plan {
    let plan = this.#plan;
    if (plan === null || plan.route !== route) {
      plan = this.#plans?.get(route) ?? this.#makePlan(route, buckets, nowMs);
      this.#plan = plan;
    }
    const held = plan.held;
    for (let at = 0; at < held.length; at++) {
      if (held[at]?.dropped === true) held[at] = this.#bucket(plan.charges[at], buckets, nowMs);
    }
    return plan;
  }

  /**
   * Names this caller's dice. They are renewed every ten minutes, and throws are counted from there, so that a caller who was forgotten
   * and returns throws what it would have thrown anyway.
   */
  dice(nowMs: number): string {
    const period = Math.floor(nowMs / DICE_MS);
    if (period !== this.#period) {
      this.#period = period;
      this.#drawn = 0;
      this.#dice = `${this.caller.org}|${this.caller.token}|${period}`;
    }
    return this.#dice;
  }

  /** Index of the next throw; `peek` leaves it for the next one. */
  nextThrow(nowMs: number, peek = false): number {
    this.dice(nowMs);
    const index = this.#drawn;
    if (!peek) this.#drawn += 1;
    return index;
  }

  /** Whether the gateway may forget it: its present dice are untouched. */
  isIdle(nowMs: number): boolean {
    return this.#period < Math.floor(nowMs / DICE_MS);
  }

  /** Lets go of everything: whoever holds this caller's object must meet it anew. */
  forget(): void {
    this.dropped = true;
    this.#plan = null;
    this.#plans = null;
  }

  #makePlan(route: Route, buckets: Buckets, nowMs: number): Plan {
    const plan = new Plan(
      route,
      route.charges.map((charge) => this.#bucket(charge, buckets, nowMs)),
    );
    if (this.#plan === null) return plan;
    this.#plans ??= new Map([[this.#plan.route, this.#plan]]);
    if (this.#plans.size >= PLANS_MAX) this.#plans.clear();
    this.#plans.set(route, plan);
    return plan;
  }

  #bucket(charge: Charge | undefined, buckets: Buckets, nowMs: number): HeldBucket {
    if (charge === undefined) throw new Error('Cannot find a bucket: the plan has more buckets than charges');
    return buckets.of(charge.limit, this.caller, charge.routeKey, nowMs);
  }
}

/** Callers looked at for each new one. */
const SWEPT_PER_NEW = 2;

/** All callers and organizations known now. */
export class Identities {
  readonly #byObject = new WeakMap<Caller, KnownCaller>();
  readonly #byValue = new Map<string, KnownCaller>();
  readonly #orgs = new Map<string, Org>();
  #cursor = this.#byValue.entries();

  /** The caller behind an object. */
  of(caller: Caller, nowMs: number): KnownCaller {
    const known = this.#byObject.get(caller);
    return known === undefined || known.dropped ? this.#meet(caller, nowMs) : known;
  }

  /** One request of an organization's is no longer in service. */
  served(org: Org): void {
    org.inService -= 1;
    this.#forgetIfEmpty(org);
  }

  #meet(caller: Caller, nowMs: number): KnownCaller {
    this.#sweep(nowMs);
    const { org, client, token, user, app, ip, tier, permitted } = caller;
    const value = JSON.stringify([org, client, token, user, app, ip, tier, permitted]);
    let known = this.#byValue.get(value);
    if (known === undefined) {
      known = new KnownCaller({ ...caller }, this.#org(org));
      known.org.callers += 1;
      this.#byValue.set(value, known);
    }
    this.#byObject.set(caller, known);
    return known;
  }

  #org(name: string): Org {
    const org = this.#orgs.get(name) ?? new Org(name);
    this.#orgs.set(name, org);
    return org;
  }

  #sweep(nowMs: number): void {
    for (let step = 0; step < SWEPT_PER_NEW; step++) {
      const next = this.#cursor.next();
      if (next.done === true) {
        this.#cursor = this.#byValue.entries();
        continue;
      }
      const [value, known] = next.value;
      if (!known.isIdle(nowMs)) continue;
      known.forget();
      this.#byValue.delete(value);
      known.org.callers -= 1;
      this.#forgetIfEmpty(known.org);
    }
  }

  #forgetIfEmpty(org: Org): void {
    if (org.callers === 0 && org.inService === 0) this.#orgs.delete(org.name);
  }
}
