/** What a run and its gateway process say to each other. Plain data: it travels between processes. */
import type { Caller } from '../../mock-server/gateway.ts';
import type { Policy } from '../../mock-server/policy.ts';

/** A gateway to open. */
export interface GatewayOrder {
  readonly policy: Policy;
  /** Fixes service times, hints and background traffic, as in virtual time. */
  readonly seed: number;
  readonly callers: readonly Caller[];
  /** Epoch ms that its clock shows at `originMs`. */
  readonly startsAtMs: number;
  /** Scaled ms per real ms. */
  readonly speed: number;
  /** Real ms since the epoch. */
  readonly originMs: number;
}

/** What a gateway did, one row per decided request, in order. Times are epoch ms of the gateway's clock. */
export interface DecisionLog {
  /** The number that the client gave the attempt; -1: none. */
  readonly attempt: readonly number[];
  readonly status: readonly number[];
  /** Index into the gateway's causes; -1: admitted. */
  readonly cause: readonly number[];
  readonly decidedMs: readonly number[];
  /** When the answer was due. */
  readonly dueMs: readonly number[];
}

/** To the gateway process. */
export type ToGateway =
  | { readonly kind: 'open'; readonly id: number; readonly order: GatewayOrder }
  | { readonly kind: 'close'; readonly id: number };

/** From the gateway process. */
export type FromGateway =
  | { readonly kind: 'ready' }
  | { readonly kind: 'opened'; readonly id: number; readonly url: string; readonly causes: readonly string[] }
  | { readonly kind: 'closed'; readonly id: number; readonly log: DecisionLog }
  | { readonly kind: 'failed'; readonly id: number; readonly detail: string };

/** The header by which an attempt is recognised in the log; no strategy sees it, as the transport adds it and the gateway does not return it. */
export const ATTEMPT_HEADER = 'x-ratelab-attempt';
