/**
 * Who is known to the gateway. A caller is recognised by its object first and by its values second, and keeps direct references to
 * its buckets, so that a decision looks nearly nothing up by text.
 */
import type { Buckets, HeldBucket } from './buckets.ts';
import type { Caller } from './gateway.ts';
import type { Bucket } from './limits/limit.ts';
import type { Charge, Route, Routes } from './matching.ts';
import { Stamp } from './stamp.ts';

/** What a route's charges mean for one caller: the buckets, in the order of the route's charges. */
export class Plan {
  readonly route: Route;
  readonly charges: readonly Charge[];
  readonly held: readonly HeldBucket[];
  /** The algorithms of `held`: all that most decisions read. */
  readonly buckets: readonly Bucket[];
  /** Whether every charge is a plain one, made at once: no places to hold, no mirror to tell, none of a rejected request, none of 0. */
  readonly plain: boolean;
  /** Whether a rejected request charges any of them. */
  readonly countsRejected: boolean;

  constructor(route: Route, held: readonly HeldBucket[], lagging: boolean) {
    this.route = route;
    this.charges = route.charges;
    this.held = held;
    this.buckets = held.map(({ bucket }) => bucket);
    this.countsRejected = held.some(({ limit }) => limit.counts === 'all');
    this.plain =
      !lagging &&
      !this.countsRejected &&
      route.charges.every(({ base }) => base > 0) &&
      held.every(({ slots, mirror }) => slots === null && mirror === null);
  }

  /** Lets go of its buckets, which may then be dropped when they are idle. */
  letGo(): void {
    for (const held of this.held) held.users -= 1;
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
/** Plans that a caller keeps at most; beyond it they are made again. */
const PLANS_MAX = 64;
/** One caller as the gateway knows it. */
export class KnownCaller {
  readonly caller: Caller;
  readonly org: Org;
  /** True once forgotten: the gateway meets the caller anew. */
  forgotten = false;
  /** Whether it asked since the sweep last looked: cheaper to note than the time. */
  seen = true;
  /** When the sweep last found it `seen`. */
  foundMs = 0;
  #period = -1;
  #dice = '';
  #drawn = 0;
  /** By the route's number, modulo {@link PLANS_MAX}. */
  readonly #plans: (Plan | null)[] = [];

  constructor(caller: Caller, org: Org) {
    this.caller = caller;
    this.org = org;
  }

  /** The caller's buckets for a method and path. */
  planFor(method: string, path: string, routes: Routes, buckets: Buckets, nowMs: number): Plan {
    this.seen = true;
    const route = routes.of(method, path);
    const plan = this.#plans[route.number % PLANS_MAX];
    return plan?.route === route ? plan : this.#makePlan(route, buckets, nowMs);
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

  /** Index of the next throw of {@link dice}. */
  nextThrow(nowMs: number): number {
    this.dice(nowMs);
    return this.#drawn++;
  }

  /** Whether forgetting it would make no difference: its present dice are untouched. */
  isIdle(nowMs: number): boolean {
    return this.#period < Math.floor(nowMs / DICE_MS);
  }

  /** Lets go of its buckets, which may then be dropped when they are idle. */
  letGo(): void {
    for (const plan of this.#plans) plan?.letGo();
    this.#plans.length = 0;
  }

  #makePlan(route: Route, buckets: Buckets, nowMs: number): Plan {
    const held = route.charges.map((charge) => {
      const one = buckets.of(charge.limit, this.caller, charge.routeKey, nowMs);
      // At once: making the next one may sweep.
      one.users += 1;
      return one;
    });
    const plan = new Plan(route, held, buckets.lagging);
    const plans = this.#plans;
    const at = route.number % PLANS_MAX;
    while (plans.length <= at) plans.push(null);
    plans[at]?.letGo();
    plans[at] = plan;
    return plan;
  }
}

/** A caller is kept so long after the sweep last found that it had asked: it would only be met again. */
const KEPT_MS = 30_000;
/** Callers looked at for each new one, and with {@link Identities.sweep}. */
const SWEPT_PER_NEW = 2;

/** All callers and organizations known now. */
export class Identities {
  readonly #byValue = new Map<string, KnownCaller>();
  readonly #orgs = new Map<string, Org>();
  #cursor = this.#byValue.entries();

  /** The caller behind an object. */
  of(caller: Caller, nowMs: number): KnownCaller {
    const known = Stamp.of(caller, this);
    return known !== null && !known.forgotten ? known : this.#meet(caller, nowMs);
  }

  /** One request of an organization's is no longer in service. */
  served(org: Org): void {
    org.inService -= 1;
    if (org.inService === 0 && org.callers === 0) this.#orgs.delete(org.name);
  }

  /** Looks at some callers, round and round: those not seen for `keptMs` let go of their buckets, and the idle ones are forgotten. */
  sweep(steps: number, keptMs: number, nowMs: number): void {
    for (let step = 0; step < steps; step++) {
      const next = this.#cursor.next();
      if (next.done === true) {
        this.#cursor = this.#byValue.entries();
        if (this.#byValue.size === 0) return;
      } else {
        this.#look(next.value[0], next.value[1], keptMs, nowMs);
      }
    }
  }

  /** How many callers are known. */
  get count(): number {
    return this.#byValue.size;
  }

  #look(value: string, known: KnownCaller, keptMs: number, nowMs: number): void {
    if (known.seen) {
      known.seen = false;
      known.foundMs = nowMs;
    }
    if (nowMs - known.foundMs >= keptMs) this.#rest(value, known, nowMs);
  }

  #rest(value: string, known: KnownCaller, nowMs: number): void {
    known.letGo();
    if (!known.isIdle(nowMs)) return;
    known.forgotten = true;
    this.#byValue.delete(value);
    const { org } = known;
    org.callers -= 1;
    if (org.callers === 0 && org.inService === 0) this.#orgs.delete(org.name);
  }

  #meet(caller: Caller, nowMs: number): KnownCaller {
    this.sweep(SWEPT_PER_NEW, KEPT_MS, nowMs);
    const { org, client, token, user, app, ip, tier, permitted } = caller;
    const value = JSON.stringify([org, client, token, user, app, ip, tier, permitted]);
    let known = this.#byValue.get(value);
    if (known === undefined) {
      known = new KnownCaller({ ...caller }, this.#org(org));
      known.org.callers += 1;
      this.#byValue.set(value, known);
    }
    return Stamp.put(caller, this, known);
  }

  #org(name: string): Org {
    const org = this.#orgs.get(name) ?? new Org(name);
    this.#orgs.set(name, org);
    return org;
  }
}
