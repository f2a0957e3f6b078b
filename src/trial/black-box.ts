/**
 * A policy as a black box in virtual time: a function shaped like fetch that a discovery can be let loose on, with whatever disturbs measurements put
 * between. What it decided is counted apart, for whoever judges the discovery.
 */
import {
  type Caller,
  type Cause,
  causesOf,
  createGateway,
  type Gateway,
  type GatewayRequest,
} from '../../mock-server/gateway.ts';
import type { Policy } from '../../mock-server/policy.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import type { Fetch } from '../strategies/strategy.ts';
import type { Clock } from '../time/clock.ts';
import { createVirtualTime, type VirtualOutcome, type VirtualTime } from '../time/virtual-time.ts';
import { itemsFrom } from './attempt-desk.ts';
import { lazyResponse } from './lazy-response.ts';
import { AUTHORIZATION, ITEMS_HEADER, ORIGIN, pathOf, urlOf } from './outgoing.ts';

/** What stands between a client and the gateway. */
export interface Disturbance {
  /** Share of requests that are answered by an unrelated error, 0 to 1. */
  readonly errorShare: number;
  /** Whether such a request came by the limits first, and so charged them. */
  readonly errorsCharge: boolean;
  /** Share of `errorShare` that is lost without any answer (fetch rejects). */
  readonly lostShare: number;
  /** Each way takes up to this long, uniformly. */
  readonly jitterMs: number;
}

/** Options of {@link createPolicyBlackBox}. */
export interface PolicyBlackBoxOptions {
  readonly policy: Policy;
  /** Who may call, each with its own token. */
  readonly callers: readonly Caller[];
  readonly seed: number;
  readonly startsAtMs: number;
  /** Epoch ms; a discovery that takes longer fails. */
  readonly deadlineMs: number;
  readonly disturbance?: Disturbance;
}

/** The box, and its time. */
export interface PolicyBlackBox {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly baseUrl: string;
  /** Decisions by cause so far, in the order of `causes`; admitted ones are not in it. */
  readonly rejectionsByCause: readonly number[];
  readonly causes: readonly Cause[];
  /** Requests that reached the gateway. */
  readonly arrived: number;
  run<T>(main: () => Promise<T>): Promise<VirtualOutcome<T>>;
}

const QUIET: Disturbance = { errorShare: 0, errorsCharge: false, lostShare: 0, jitterMs: 0 };

/** Makes a black box of a policy. */
export function createPolicyBlackBox(options: PolicyBlackBoxOptions): PolicyBlackBox {
  return new Box(options);
}

class Box implements PolicyBlackBox {
  readonly baseUrl = ORIGIN;
  readonly clock: Clock;
  readonly causes: readonly Cause[];
  readonly rejectionsByCause: number[];
  arrived = 0;
  readonly #time: VirtualTime;
  readonly #gateway: Gateway;
  readonly #policy: Policy;
  readonly #callers: ReadonlyMap<string, Caller>;
  readonly #disturbance: Disturbance;
  readonly #dice: (stream: string, entity: string, index: number) => number;
  #sent = 0;

  constructor({ policy, callers, seed, startsAtMs, deadlineMs, disturbance }: PolicyBlackBoxOptions) {
    const random = createRandomSource(seed);
    this.#dice = (stream, entity, index) => random.at(stream, entity, index);
    this.#time = createVirtualTime({ startsAtMs, deadlineMs });
    this.#gateway = createGateway(policy, { random: this.#dice });
    this.#policy = policy;
    this.#callers = new Map(callers.map((caller) => [`Bearer ${caller.token}`, caller]));
    this.#disturbance = disturbance ?? QUIET;
    this.clock = this.#time.clock;
    this.causes = causesOf(policy);
    this.rejectionsByCause = this.causes.map(() => 0);
  }

  run<T>(main: () => Promise<T>): Promise<VirtualOutcome<T>> {
    return this.#time.run(main);
  }

  readonly fetch: Fetch = (input, init) =>
    new Promise((resolve, reject) => this.#send(urlOf(input), init, resolve, reject));

  #send(
    url: string,
    init: RequestInit | undefined,
    resolve: (response: Response) => void,
    reject: (error: Error) => void,
  ): void {
    const headers = (init?.headers ?? {}) as Record<string, string>;
    const caller = this.#callers.get(headers[AUTHORIZATION] ?? '');
    if (caller === undefined) throw new TypeError('Cannot send: the authorization header is no caller\u2019s');
    const path = pathOf(url);
    const mark = path.indexOf('?');
    const request: GatewayRequest = {
      caller,
      method: init?.method ?? 'GET',
      path: mark === -1 ? path : path.slice(0, mark),
      items: itemsFrom(headers[ITEMS_HEADER] ?? ''),
      requestId: '',
    };
    const number = this.#sent++;
    const { jitterMs } = this.#disturbance;
    const arrive = () => this.#arrive(request, url, number, resolve, reject);
    if (jitterMs === 0) arrive();
    else this.#after(this.#dice('way-there', '', number) * jitterMs, arrive);
  }

  #arrive(
    request: GatewayRequest,
    url: string,
    number: number,
    resolve: (response: Response) => void,
    reject: (error: Error) => void,
  ): void {
    const { errorShare, errorsCharge, lostShare, jitterMs } = this.#disturbance;
    const backMs = jitterMs === 0 ? 0 : this.#dice('way-back', '', number) * jitterMs;
    const fails = errorShare > 0 && this.#dice('error', '', number) < errorShare;
    const fail = () => {
      if (this.#dice('lost', '', number) < lostShare) reject(new TypeError('fetch failed'));
      else resolve(new Response('unrelated', { status: 500 }));
    };
    if (fails && !errorsCharge) return this.#after(this.#policy.rejectionMs + backMs, fail);
    this.arrived += 1;
    const decision = this.#gateway.decide(request, this.#time.nowMs);
    const answer = () => (fails ? fail() : resolve(lazyResponse(this.#gateway, request, decision, url)));
    if (!decision.admitted) {
      this.rejectionsByCause[decision.cause] = (this.rejectionsByCause[decision.cause] ?? 0) + 1;
      // An error behind the limits befalls admitted requests only.
      const told = () => resolve(lazyResponse(this.#gateway, request, decision, url));
      return this.#after(this.#policy.rejectionMs + backMs, told);
    }
    this.#after(decision.serviceMs, () => {
      this.#gateway.complete(decision, this.#time.nowMs);
      this.#after(backMs, answer);
    });
  }

  #after(delayMs: number, callback: () => void): void {
    this.#time.scheduleAt(this.#time.nowMs + delayMs, (call: () => void) => call(), callback);
  }
}
