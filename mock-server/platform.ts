/**
 * The simulated platform: the gateway with what stands around it. A request comes in at a door as text, is told whose it is, is decided by
 * the gateway, and answered by a resource after its service time. Doors (HTTP, MSW) only translate.
 *
 * Order of an answer: what the door itself refuses (413, a body that is not UTF-8), 414, 405 (no method of the platform's), 401 (no token that is
 * good), 415, all of which charge nothing; the gateway's decision (403, 429, 503); and only then 501, 404 or 405 (nothing answers the method
 * and path), 400 (a body that is no JSON), and the resource. So an unknown path charges the limits as any other does.
 *
 * A path is what was sent: nothing is decoded, resolved or joined before limits and resources see it, so `//`, `..` and `%2e%2e` lead nowhere.
 * Only the values of a template's names are decoded, once.
 */
import type { RegisteredClient } from './clients.ts';
import type { Caller, Gateway, KeyedRandom, RenderedResponse } from './gateway.ts';
import type { Policy } from './policy.ts';
import { SimulatedPlatform } from './simulated-platform.ts';
import type { GatewayTime } from './time.ts';

/** `request.bytes.max` of the platform. */
export const BODY_BYTES_MAX = 512_000;

/** One request as a door hands it over. */
export interface PlatformRequest {
  /** In capitals. */
  readonly method: string;
  /** Path and query as sent, percent-encoded: `/api/v2/users?pageSize=25`. */
  readonly target: string;
  /** By lower-case name, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The whole body as text; '' when there is none. A door refuses a body of more than {@link BODY_BYTES_MAX} bytes with {@link Platform.refuse}. */
  readonly body: string;
  /** Address of the client. A caller that signed in has this ip, or the first address of `X-Forwarded-For` where that is one. */
  readonly ip: string;
}

/** What a listener learns of each request that reached the gateway's decision. Nothing of it is secret: no token, no body. */
export interface DecisionEvent {
  /** Epoch ms. */
  readonly nowMs: number;
  readonly caller: Caller;
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly status: number;
  /** Index into {@link Gateway.causes}; -1: admitted. */
  readonly cause: number;
  readonly retryAfterMs: number | null;
}

/** A request on its way. */
export interface Exchange {
  /** The client is gone: its place is freed, and no answer is given. Harmless after the answer. */
  hangUp(): void;
}

/** The simulated platform. */
export interface Platform {
  /** The gateway of now: another one after `reset` or `changePolicy`. */
  readonly gateway: Gateway;
  readonly time: GatewayTime;
  /** Requests admitted and not yet answered. */
  readonly inService: number;
  /** Takes a request. `answer` is called at most once: at once when nothing has to be waited for, otherwise when its time has come. */
  handle(request: PlatformRequest, answer: (response: RenderedResponse) => void): Exchange;
  /** An answer that a door gives by itself, in the platform's form: 400, 413, 431 and the like. */
  refuse(status: number, code: string, message: string): RenderedResponse;
  /** Empties all buckets, and the world of the resources is as it was at the start. Requests in service are answered all the same. */
  reset(): void;
  /** Another policy from now on, with empty buckets; the resources stay. */
  changePolicy(policy: Policy): void;
  /** Calls `listener` after each decision; returns how to stop. */
  listen(listener: (event: DecisionEvent) => void): () => void;
}

/** Options of {@link createPlatform}. */
export interface PlatformOptions {
  readonly policy: Policy;
  readonly random: KeyedRandom;
  readonly time: GatewayTime;
  /** Callers whose tokens are known from the start, beside those that sign in; each keeps its own ip. Default: none. */
  readonly callers?: readonly Caller[];
  /** OAuth clients that may sign in. Default: every id with a secret may; `id@org` belongs to the organization `org`, an id alone to `default-org`. */
  readonly clients?: readonly RegisteredClient[];
  /** How often a client may sign in; null: as often as it likes. Default: `policies/sign-in.ts`, ten in a row and forty a minute. */
  readonly signInPolicy?: Policy | null;
  /** Is handed what an operation threw by mistake; the client is answered 500 all the same. Default: nobody is. */
  readonly onFault?: (error: unknown) => void;
  /** False: every answer comes at once, whatever the policy says of latency. Default true. */
  readonly latency?: boolean;
  /** False: an admitted request is answered by the gateway alone, 200 whatever it asked for; wire trials compare decisions, not data. Default true. */
  readonly resources?: boolean;
}

/** Makes a platform. */
export function createPlatform(options: PlatformOptions): Platform {
  return new SimulatedPlatform(options);
}
