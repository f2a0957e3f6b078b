/**
 * The gateway core: one request in, one decision out, pure in (state, request, nowMs). It reads no clock and rolls no dice of its own.
 */
import type { Policy } from './policy.ts';
import { SimulatedGateway } from './simulated-gateway.ts';

export { type Cause, causesOf } from './causes.ts';

/** Who sends a request. One object per access token: the gateway recognises it by identity of the object first, by value second. */
export interface Caller {
  readonly org: string;
  readonly client: string;
  readonly token: string;
  readonly user: string;
  readonly app: string;
  readonly ip: string;
  /** Commercial tier, for `tiers` overrides of limits; `standard` unless said. */
  readonly tier: string;
  /** False: the caller lacks the permission of the routes it uses (403, or the 429 quirk). */
  readonly permitted: boolean;
}

/** One request as the gateway sees it. `path` has no query. */
export interface GatewayRequest {
  readonly caller: Caller;
  readonly method: string;
  readonly path: string;
  /** Items of a bulk request, at least 1. */
  readonly items: number;
  /** Value of the request-id header, or '' when none was sent. */
  readonly requestId: string;
}

/** A keyed dice: a number in [0, 1) that depends only on the seed and these three. */
export type KeyedRandom = (stream: string, entity: string, index: number) => number;

/** What a response tells about limits, snapshot at decision time; rendered to headers only when somebody reads them. */
export interface RateSnapshot {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the bucket is whole again (or the window ends). */
  readonly resetMs: number;
}

/** The answer to one request. */
export type Decision = Admitted | Rejected;

/** The request passes; call {@link Gateway.complete} with it `serviceMs` later (or when the client hangs up). */
export interface Admitted {
  readonly admitted: true;
  readonly serviceMs: number;
  readonly rate: RateSnapshot | null;
  readonly nowMs: number;
}

/** The request is refused. */
export interface Rejected {
  readonly admitted: false;
  readonly status: 403 | 429 | 503;
  /** Index into {@link Gateway.causes}: which limit, penalty stage or quirk fired. For attribution; a client learns it only through the body of a limit that is not silent. */
  readonly cause: number;
  /** What Retry-After says, in ms; null when the header is absent. */
  readonly retryAfterMs: number | null;
  /** Retry-After as HTTP-date instead of seconds. */
  readonly asHttpDate: boolean;
  readonly rate: RateSnapshot | null;
  readonly nowMs: number;
}

/** A rendered response, ready for any door. */
export interface RenderedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Level of one bucket, for timelines: how much of `limit` is free. */
export interface BucketLevel {
  readonly limit: string;
  readonly key: string;
  readonly free: number;
  readonly capacity: number;
}

/** The simulated platform edge. */
export interface Gateway {
  readonly policy: Policy;
  /** Everything that can reject, by name: limits first in the policy's order, then penalty stages, then quirks. */
  readonly causes: readonly string[];
  /** Decides one request. `nowMs` (epoch milliseconds) must never decrease between calls. */
  decide(request: GatewayRequest, nowMs: number): Decision;
  /** Whether {@link decide} would admit this request now; changes nothing that a later decision can see. */
  wouldAdmit(request: GatewayRequest, nowMs: number): boolean;
  /** Ends an admitted request: frees its concurrency. */
  complete(admission: Admitted, nowMs: number): void;
  /**
   * Renders the status, headers and body of a decision. Only doors and lazily read responses call this. `correlationId` identifies the answer;
   * default: one made of the dice and the number of the decision.
   */
  render(request: GatewayRequest, decision: Decision, correlationId?: string): RenderedResponse;
  /** Levels of the buckets of one limit that exist now (dropped ones are full by definition); of more than `most` (default: all), those made first. */
  levels(limit: string, nowMs: number, most?: number): readonly BucketLevel[];
  /** How many buckets are held now. */
  readonly bucketCount: number;
}

/** Options of {@link createGateway}. */
export interface GatewayOptions {
  readonly random: KeyedRandom;
  /** How idle buckets are dropped; no decision depends on it. Default `amortised`: a few are looked at with each decision. */
  readonly sweeping?: 'amortised' | 'always' | 'never';
}

/** A fresh gateway that plays a policy. Its decisions are a pure function of the policy, the dice and the calls made. */
export function createGateway(policy: Policy, options: GatewayOptions): Gateway {
  return new SimulatedGateway(policy, options);
}
