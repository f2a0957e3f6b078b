/**
 * The port of a resource: what an admitted request gets. A resource knows nothing of limits, tokens or sockets; it is handed who asks, what
 * for, and when.
 */
import type { Caller, KeyedRandom } from '../gateway.ts';
import type { Policy } from '../policy.ts';

/** One admitted request as a resource sees it. */
export interface Call {
  readonly caller: Caller;
  /** Values of the path template's `{names}`, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
  /** Epoch ms of the admission. */
  readonly nowMs: number;
}

/** What an admitted request gets. */
export interface Reply {
  readonly status: number;
  /** Written as JSON; undefined: no body (204). */
  readonly body: unknown;
  /** The body as JSON where it is written already: it goes out in the place of `body`, which may then be undefined. */
  readonly text?: string;
}

/** One operation of the platform. */
export interface Operation {
  readonly method: string;
  /** Path template, for example `/api/v2/users/{userId}`. */
  readonly path: string;
  /** How many items the request carries (what a bulk request is charged by), at least 1, before it is decided. Default: 1. */
  readonly items?: (call: Call) => number;
  readonly handle: (call: Call) => Reply;
}

/** What resources are made with. */
export interface ResourceOptions {
  /** Dice of the believable data: the same seed, the same users. */
  readonly random: KeyedRandom;
  /** Epoch ms at which the data is young: dates lie before it. */
  readonly startsAtMs: number;
  /** The gateway's policy of now: limits are read from it. */
  readonly policy: () => Policy;
}

/** Thrown by an operation to answer with an error body. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
