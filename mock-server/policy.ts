/**
 * The policy: the whole description of a gateway's behaviour, as data.
 *
 * Loose JSON comes in through {@link parsePolicy}; a {@link Policy} is qualified: every default is filled in, nothing is
 * optional, so that the gateway never asks "and if it is absent?". Times are milliseconds and end in `Ms`.
 */
export { type Fault, parsePolicy, PolicyError, policyJsonSchema } from './policy-parsing.ts';

/** Where the knowledge of a limit comes from: Genesys's own text, its staff, a measurement, a forum thread, or a guess. */
export type Source = 'documented' | 'staff' | 'observed' | 'reported' | 'assumed';

/** One identity a limit may count by. An empty scope counts the whole gateway in one bucket. */
export type ScopeKey = 'org' | 'client' | 'token' | 'user' | 'app' | 'ip' | 'route';

/** Which requests: empty lists match everything. A path is matched without its query; `*` matches one segment, `**` any rest. */
export interface RequestMatch {
  readonly methods: readonly string[];
  readonly paths: readonly string[];
}

/** How a bucket counts. */
export type Algorithm =
  | {
      readonly kind: 'fixed-window';
      readonly limit: number;
      readonly windowMs: number;
      readonly anchor: 'epoch' | 'first-request';
    }
  | { readonly kind: 'sliding-window-log'; readonly limit: number; readonly windowMs: number }
  | { readonly kind: 'sliding-window-counter'; readonly limit: number; readonly windowMs: number }
  /** `stepMs` 0 refills continuously; otherwise `refillPerSecond * stepMs / 1000` tokens arrive at every multiple of `stepMs` since the charge that last found the bucket full. */
  | {
      readonly kind: 'token-bucket';
      readonly capacity: number;
      readonly refillPerSecond: number;
      readonly stepMs: number;
    }
  /** At most `limit` admitted requests in service at once. */
  | { readonly kind: 'concurrency'; readonly limit: number };

/** What one request charges, in whole units; a cost of 0 passes the limit unseen: `base`, or the first matching route's `base`, plus `perItem` for every item of a bulk request beyond the first. */
export interface Cost {
  readonly base: number;
  readonly perItem: number;
  readonly routes: readonly { readonly match: RequestMatch; readonly base: number; readonly perItem: number }[];
}

/** What a 429's Retry-After says. `exact` is rounded up to whole seconds, at least 1. */
export type RetryAfterHint =
  | { readonly kind: 'exact' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'fixed'; readonly afterMs: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'http-date' };

/**
 * Rate headers. Dialects: `x-ratelimit` (X-RateLimit-Limit, -Remaining, -Reset in seconds left), `x-rate-limit`
 * (X-Rate-Limit-Remaining, -Reset as epoch seconds), `inin-ratelimit` (inin-ratelimit-count, -allowed, -reset; the platform's until 2021),
 * `none` (the documented platform today).
 */
export interface HeaderHint {
  readonly dialect: 'none' | 'x-ratelimit' | 'x-rate-limit' | 'inin-ratelimit';
  /** On which responses the headers stand. */
  readonly on: 'always' | 'admitted' | 'rejected';
  /** Name of the limit whose numbers the headers carry (may be another than the one that rejects: a misleading header). */
  readonly speaksOf: string;
  /** The numbers are those of this long ago. */
  readonly staleMs: number;
}

/** Numbers of a limit that hold instead for callers of a tier. */
export interface TierOverride {
  readonly tier: string;
  /** Replaces `limit` or `capacity`. */
  readonly limit: number | null;
  /** Replaces `refillPerSecond` of a token bucket. */
  readonly refillPerSecond: number | null;
}

/** One rule of a policy. */
export interface Limit {
  readonly name: string;
  readonly scope: readonly ScopeKey[];
  readonly match: RequestMatch;
  readonly algorithm: Algorithm;
  readonly cost: Cost;
  /** Whether rejected requests charge the bucket too. */
  readonly counts: 'admitted' | 'all';
  readonly retryAfter: RetryAfterHint;
  /** A silent limit's 429 names nothing: body without the limit, no rate headers. Retry-After still follows `retryAfter`. */
  readonly silent: boolean;
  readonly tiers: readonly TierOverride[];
  readonly source: Source;
  /** One sentence: what this limit is and where its numbers come from. */
  readonly note: string;
}

/** One step of a penalty's ladder, reached after `afterStrikes` strikes within the penalty's memory. */
export interface PenaltyStage {
  readonly name: string;
  readonly afterStrikes: number;
  /** What it does to whom: block the org (429), answer 503 to the org, or ban the ip (403). */
  readonly effect: 'tenant-block' | 'unavailable' | 'ip-ban';
  readonly durationMs: number;
}

/**
 * What defying a rejection leads to. A strike is a matching request that arrives for a bucket before the time that its last 429 told
 * (with a tolerance of `graceMs`). Strikes older than `memoryMs` are forgotten; requests during a stage are strikes too when `extends` is true.
 */
export interface Penalty {
  readonly name: string;
  readonly scope: readonly ScopeKey[];
  readonly match: RequestMatch;
  readonly graceMs: number;
  readonly memoryMs: number;
  readonly extends: boolean;
  readonly stages: readonly PenaltyStage[];
  readonly source: Source;
  readonly note: string;
}

/** Other clients' load. It asks for admission like any request (so it is refused too) and charges shared buckets. */
export interface BackgroundTraffic {
  readonly name: string;
  readonly identity: Readonly<Partial<Record<Exclude<ScopeKey, 'route'>, string>>>;
  readonly method: string;
  readonly path: string;
  readonly items: number;
  /** Requests per second at factor 1; the arrivals are Poisson, seeded. */
  readonly ratePerSecond: number;
  /** IANA name, for example `America/Los_Angeles`. */
  readonly timeZone: string;
  /** 24 factors, one per local hour, held constant within the hour. */
  readonly byHour: readonly number[];
  readonly source: Source;
}

/** Service time of an admitted request: lognormal around `medianMs` with `sigma`, plus `perItemMs` per item beyond the first, times (1 + `loadFactor` x requests in service of the same org). */
export interface LatencyRule {
  readonly match: RequestMatch;
  readonly medianMs: number;
  readonly sigma: number;
  readonly perItemMs: number;
  readonly loadFactor: number;
}

/** The whole policy, qualified. */
export interface Policy {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly limits: readonly Limit[];
  readonly headers: HeaderHint;
  readonly penalties: readonly Penalty[];
  readonly background: readonly BackgroundTraffic[];
  /** First match wins; a last rule with empty match is always present. */
  readonly latency: readonly LatencyRule[];
  /** Time of a rejection on the wire. */
  readonly rejectionMs: number;
  /** A charge becomes visible to later decisions this long after it was made. */
  readonly enforcementLagMs: number;
  readonly quirks: {
    /** A request id seen in a rejected request within `windowMs` is rejected again whatever the buckets say; null: no such quirk. */
    readonly requestIdReuse: { readonly windowMs: number; readonly header: string; readonly source: Source } | null;
    /** Requests of callers without permission for these routes are answered 429 instead of 403, with this probability. */
    readonly forbiddenAs429: { readonly match: RequestMatch; readonly share: number; readonly source: Source } | null;
  };
}
