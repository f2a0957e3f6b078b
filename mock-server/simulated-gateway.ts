/**
 * The gateway at work. The order of a decision: time moves on (charges become visible, background traffic asks), penalty stages,
 * reused request ids, permission, limits. Whatever rejects, limits that count `all` are charged.
 */
import { Admission, enter, fitsAll, type HeldSlot } from './admission.ts';
import { Background } from './background.ts';
import { Buckets } from './buckets.ts';
import { causesOf } from './causes.ts';
import { type CorrelationIds, createCorrelationIds } from './correlation-ids.ts';
import type {
  Admitted,
  BucketLevel,
  Decision,
  Gateway,
  GatewayOptions,
  GatewayRequest,
  KeyedRandom,
  RateSnapshot,
  Rejected,
  RenderedResponse,
} from './gateway.ts';
import { type RetryAfter, rateSnapshot, wholeSecondsMs } from './hints.ts';
import { Identities, type KnownCaller, type Org, type Plan } from './identities.ts';
import { serviceMs } from './latency.ts';
import { Routes } from './matching.ts';
import { type Block, Penalties } from './penalties.ts';
import type { Policy } from './policy.ts';
import { RequestIds } from './request-ids.ts';
import { renderResponse } from './responses.ts';
import { Sweeper } from './sweeping.ts';

/** An admitted request in service. A literal, not a class: it is made a million times a second. */
interface InService extends Admitted {
  /** Number of the decision, from 0. */
  readonly sequence: number;
  /** Null once complete. */
  org: Org | null;
  readonly slots: readonly HeldSlot[] | null;
}

/** A rejection with its number among the decisions. */
interface Refusal extends Rejected {
  readonly sequence: number;
}

const NO_RETRY_AFTER: RetryAfter = { afterMs: null, asHttpDate: false };
/** A forbidden request in the guise of a 429 asks for a second's patience, as the thread's 429s do. */
const DISGUISED: RetryAfter = { afterMs: 1000, asHttpDate: false };

/** See `createGateway`. */
export class SimulatedGateway implements Gateway {
  readonly policy: Policy;
  readonly causes: readonly string[];
  readonly #random: KeyedRandom;
  readonly #routes: Routes;
  readonly #buckets: Buckets;
  readonly #identities = new Identities();
  readonly #sweeper: Sweeper;
  readonly #admission: Admission;
  readonly #penalties: Penalties | null;
  readonly #requestIds: RequestIds | null;
  readonly #background: Background | null;
  /** Whether anything happens between two calls. */
  readonly #restless: boolean;
  /** Whether anything but limits and permission can reject. */
  readonly #guarded: boolean;
  /** Whether it matters to anybody how long a request of the background is in service. */
  readonly #servesBackground: boolean;
  /** Whether responses carry rate headers, and of which limit. */
  readonly #tells: boolean;
  readonly #speaksOf: number;
  readonly #quirkCauses: { readonly reuse: number; readonly disguised: number; readonly notPermitted: number };
  #nowMs = Number.NEGATIVE_INFINITY;
  #decisions = 0;
  /** Null until the first answer is rendered: most gateways of trials never render any. */
  #correlationIds: CorrelationIds | null = null;

  constructor(policy: Policy, options: GatewayOptions) {
    this.policy = policy;
    this.causes = causesOf(policy).map(({ name }) => name);
    this.#random = options.random;
    this.#routes = new Routes(policy);
    const sweeping = options.sweeping ?? 'amortised';
    this.#buckets = bucketsOf(policy, sweeping === 'amortised');
    this.#sweeper = new Sweeper(sweeping, this.#identities, this.#buckets);
    this.#admission = new Admission(policy.enforcementLagMs, options.random);
    this.#penalties = policy.penalties.length === 0 ? null : new Penalties(policy);
    const { requestIdReuse, forbiddenAs429 } = policy.quirks;
    this.#requestIds = requestIdReuse === null ? null : new RequestIds(requestIdReuse.windowMs);
    this.#guarded = this.#penalties !== null || this.#requestIds !== null;
    this.#tells = policy.headers.dialect !== 'none';
    this.#speaksOf = policy.limits.findIndex(({ name }) => name === policy.headers.speaksOf);
    const notPermitted = this.causes.length - 1;
    const disguised = notPermitted - (forbiddenAs429 === null ? 0 : 1);
    this.#quirkCauses = { notPermitted, disguised, reuse: disguised - (requestIdReuse === null ? 0 : 1) };
    this.#background = Background.of(policy, options.random, {
      ask: (request, atMs) => this.#askInBackground(request, atMs),
      complete: (admission) => this.#end(admission as InService),
    });
    this.#servesBackground =
      policy.limits.some(({ algorithm }) => algorithm.kind === 'concurrency') ||
      policy.latency.some(({ loadFactor }) => loadFactor !== 0);
    this.#restless = this.#background !== null || policy.enforcementLagMs > 0;
  }

  get bucketCount(): number {
    return this.#buckets.count;
  }

  decide(request: GatewayRequest, nowMs: number): Decision {
    this.#moveTo(nowMs);
    this.#sweeper.beforeDecision(nowMs);
    const known = this.#identities.of(request.caller, nowMs);
    const plan = known.planFor(request.method, request.path, this.#routes, this.#buckets, nowMs);
    if (this.#guarded || !request.caller.permitted) {
      const refusal = this.#guard(request, known, plan, nowMs);
      if (refusal !== null) return refusal;
    }
    if (!enter(plan, request.items, nowMs)) return this.#reject(request, plan, nowMs);
    return this.#admit(request, known, plan, nowMs);
  }

  wouldAdmit(request: GatewayRequest, nowMs: number): boolean {
    this.#moveTo(nowMs);
    const known = this.#identities.of(request.caller, nowMs);
    const { permitted, org } = request.caller;
    if (!permitted || this.#requestIds?.told(org, request.requestId, nowMs)) return false;
    const plan = known.planFor(request.method, request.path, this.#routes, this.#buckets, nowMs);
    if (this.#penalties?.wouldReject(request, plan.route, nowMs)) return false;
    return fitsAll(plan, request.items, nowMs);
  }

  complete(admission: Admitted, nowMs: number): void {
    this.#moveTo(nowMs);
    this.#end(admission as InService);
  }

  render(request: GatewayRequest, decision: Decision, correlationId?: string): RenderedResponse {
    return renderResponse(this.policy, request, decision, correlationId ?? this.#correlationIdOf(decision));
  }

  levels(limit: string, nowMs: number, most = Number.POSITIVE_INFINITY): readonly BucketLevel[] {
    this.#moveTo(nowMs);
    return this.#buckets.list(limit, most).map(({ key, bucket }) => ({
      limit,
      key,
      free: bucket.free(nowMs),
      capacity: bucket.capacity,
    }));
  }

  #correlationIdOf(decision: Decision): string {
    this.#correlationIds ??= createCorrelationIds(this.#random);
    return this.#correlationIds((decision as InService | Refusal).sequence);
  }

  /** Lets everything happen that lies between the last call and now. */
  #moveTo(nowMs: number): void {
    if (!(nowMs >= this.#nowMs)) throw backInTime(this.#nowMs, nowMs);
    this.#nowMs = nowMs;
    if (this.#restless) this.#happen(nowMs);
  }

  #happen(nowMs: number): void {
    this.#background?.advanceTo(nowMs);
    this.#admission.catchUp(nowMs);
  }

  #askInBackground(request: GatewayRequest, atMs: number): Admitted | null {
    this.#admission.catchUp(atMs);
    this.#sweeper.beforeDecision(atMs);
    const known = this.#identities.of(request.caller, atMs);
    const plan = known.planFor(request.method, request.path, this.#routes, this.#buckets, atMs);
    const blocked = this.#penalties !== null && this.#penalties.blockOf(request.caller, atMs) !== null;
    const admitted = !blocked && enter(plan, request.items, atMs);
    if (!admitted) this.#admission.chargeRejected(plan, request.items, atMs);
    else if (this.#servesBackground) return this.#admit(request, known, plan, atMs);
    else this.#passUnserved(request, plan, atMs);
    return null;
  }

  /** What rejects before the limits are asked. */
  #guard(request: GatewayRequest, known: KnownCaller, plan: Plan, nowMs: number): Rejected | null {
    const { caller } = request;
    const block = this.#penalties?.judge(request, plan.route, nowMs);
    if (block) return this.#refuseBlocked(request, plan, block, nowMs);
    const reused = this.#requestIds?.told(caller.org, request.requestId, nowMs);
    if (reused) return this.#refuse(request, plan, 429, this.#quirkCauses.reuse, reused, nowMs);
    if (caller.permitted) return null;
    const { notPermitted, disguised } = this.#quirkCauses;
    const share = this.policy.quirks.forbiddenAs429?.share ?? 0;
    const index = known.nextThrow(nowMs);
    const inDisguise = plan.route.forbiddenAs429 && this.#random('forbidden', known.dice(nowMs), index) < share;
    return inDisguise
      ? this.#refuse(request, plan, 429, disguised, DISGUISED, nowMs)
      : this.#refuse(request, plan, 403, notPermitted, NO_RETRY_AFTER, nowMs);
  }

  #refuseBlocked(request: GatewayRequest, plan: Plan, block: Block, nowMs: number): Rejected {
    if (block.stage.effect === 'ip-ban') return this.#refuse(request, plan, 403, block.cause, NO_RETRY_AFTER, nowMs);
    const told = { afterMs: wholeSecondsMs(block.untilMs - nowMs), asHttpDate: false };
    return this.#refuse(request, plan, block.stage.effect === 'unavailable' ? 503 : 429, block.cause, told, nowMs);
  }

  #admit(request: GatewayRequest, known: KnownCaller, plan: Plan, nowMs: number): InService {
    const service = serviceMs(plan.route.latency, request.items, known, this.#random, nowMs);
    const slots = plan.plain ? null : this.#admission.charge(plan, request.items, nowMs, nowMs + service);
    const { org } = known;
    org.inService += 1;
    const rate = this.#tells ? rateSnapshot(this.policy.headers, this.#speaksOf, plan, true, nowMs) : null;
    return { admitted: true, serviceMs: service, rate, nowMs, sequence: this.#decisions++, org, slots };
  }

  /** As {@link #admit} where nobody can tell how long it is in service: it charges the limits and counts as a decision. */
  #passUnserved({ items }: GatewayRequest, plan: Plan, nowMs: number): void {
    if (!plan.plain) this.#admission.charge(plan, items, nowMs, nowMs);
    this.#decisions += 1;
  }

  #reject(request: GatewayRequest, plan: Plan, nowMs: number): Rejected {
    const told = this.#admission.reject(plan, request.items, nowMs);
    const rate = told.silent ? null : rateSnapshot(this.policy.headers, this.#speaksOf, plan, false, nowMs);
    return this.#rejected(request, plan, 429, told.limit, told, rate, nowMs);
  }

  /** A refusal by something else than a limit. */
  #refuse(
    request: GatewayRequest,
    plan: Plan,
    status: Rejected['status'],
    cause: number,
    told: RetryAfter,
    nowMs: number,
  ): Rejected {
    this.#admission.chargeRejected(plan, request.items, nowMs);
    return this.#rejected(request, plan, status, cause, told, null, nowMs);
  }

  #rejected(
    request: GatewayRequest,
    plan: Plan,
    status: Rejected['status'],
    cause: number,
    told: RetryAfter,
    rate: RateSnapshot | null,
    nowMs: number,
  ): Rejected {
    this.#requestIds?.rejected(request.caller.org, request.requestId, told, nowMs);
    if (status === 429 && told.afterMs !== null) {
      this.#penalties?.told(request, plan.route, nowMs + told.afterMs, nowMs);
    }
    const { afterMs: retryAfterMs, asHttpDate } = told;
    const refusal: Refusal = {
      admitted: false,
      status,
      cause,
      retryAfterMs,
      asHttpDate,
      rate,
      nowMs,
      sequence: this.#decisions++,
    };
    return refusal;
  }

  #end(admission: InService): void {
    const { org } = admission;
    if (org === null) return;
    if (org === undefined) throw new TypeError('Cannot complete a request that no gateway admitted');
    admission.org = null;
    this.#identities.served(org);
    if (admission.slots === null) return;
    for (const { held, hold } of admission.slots) held.slots?.release(hold);
  }
}

function backInTime(lastMs: number, nowMs: number): RangeError {
  return new RangeError(`Cannot go back in time: nowMs must be at least ${lastMs}, current value is ${nowMs}`);
}

function bucketsOf(policy: Policy, sweeps: boolean): Buckets {
  const { dialect, speaksOf, staleMs } = policy.headers;
  return new Buckets(policy.limits, speaksOf, dialect === 'none' ? 0 : staleMs, policy.enforcementLagMs > 0, sweeps);
}
