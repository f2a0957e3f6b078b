/** The state of a platform at one moment, as data: what `GET /state` answers and the live page shows. */
import { createHash } from 'node:crypto';
import type { BucketLevel } from '../gateway.ts';
import type { Platform } from '../platform.ts';
import type { Algorithm, Limit, ScopeKey, Source } from '../policy.ts';
import type { DrivenTime } from './driven-time.ts';
import { type Second, shortened, type ShownDecision, type Telemetry, type Total } from './telemetry.ts';

/** Buckets shown of one limit. */
const BUCKETS_SHOWN = 6;
/** Buckets looked at of one limit: a look must not hold the gateway up, however many there are. */
const BUCKETS_SEEN = 10_000;
/** Characters of a token's fingerprint. */
const FINGERPRINT_LENGTH = 6;

/** One bucket as it is shown. */
export interface ShownBucket {
  /** What it counts, in words: never a token. */
  readonly label: string;
  readonly free: number;
  readonly capacity: number;
}

/** One limit with the state of its buckets. */
export interface ShownLimit {
  readonly name: string;
  readonly scope: readonly ScopeKey[];
  readonly algorithm: Algorithm;
  readonly source: Source;
  readonly note: string;
  /** Buckets looked at: those that exist, at most 10,000. */
  readonly buckets: number;
  /** Whether there may be more than were looked at. */
  readonly cut: boolean;
  /** Free units: of the emptiest bucket, and the mean. A limit without buckets is all free. */
  readonly freeMin: number;
  readonly freeMean: number;
  /** Units of the largest bucket. */
  readonly capacity: number;
  /** The emptiest first. */
  readonly emptiest: readonly ShownBucket[];
}

/** The state of a platform at one moment. */
export interface Snapshot {
  readonly policy: { readonly name: string; readonly title: string; readonly description: string };
  /** Names of policies that can be changed to. */
  readonly policies: readonly string[];
  /** Where the gateway listens. */
  readonly url: string;
  /** Epoch ms of gateway time, and its ms per real ms. */
  readonly clock: { readonly nowMs: number; readonly speed: number };
  readonly inService: number;
  /** Epoch ms of gateway time since which `totals` count: the start, the last reset or change of policy. */
  readonly sinceMs: number;
  readonly totals: readonly Total[];
  readonly limits: readonly ShownLimit[];
}

/** What the live page is sent. */
export interface LiveUpdate {
  readonly state: Snapshot;
  readonly seconds: readonly Second[];
  readonly decisions: readonly ShownDecision[];
}

/** What is looked at. */
export interface Watched {
  readonly platform: Platform;
  readonly time: DrivenTime;
  readonly telemetry: Telemetry;
  /** Where the gateway listens. */
  readonly url: string;
  /** Names of policies that can be changed to. */
  readonly policies: readonly string[];
}

/** The state of now. */
export function snapshot({ platform, time, telemetry, url, policies }: Watched): Snapshot {
  const { name, title, description } = platform.gateway.policy;
  const limits = shownLimits(platform, telemetry);
  return {
    policy: { name, title, description },
    policies,
    url,
    clock: { nowMs: time.nowMs, speed: time.speed },
    inService: platform.inService,
    sinceMs: telemetry.sinceMs,
    totals: telemetry.totals(),
    limits,
  };
}

/** Every limit of the policy with the state of its buckets. */
export function shownLimits({ gateway, time }: Platform, telemetry: Telemetry): readonly ShownLimit[] {
  return gateway.policy.limits.map((limit) =>
    shownLimit(limit, gateway.levels(limit.name, time.nowMs, BUCKETS_SEEN), telemetry),
  );
}

function shownLimit(limit: Limit, levels: readonly BucketLevel[], telemetry: Telemetry): ShownLimit {
  const { name, scope, algorithm, source, note } = limit;
  const share = ({ free, capacity }: BucketLevel) => free / capacity;
  const emptiest = levels.toSorted((a, b) => share(a) - share(b)).slice(0, BUCKETS_SHOWN);
  const full = algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
  return {
    name,
    scope,
    algorithm,
    source,
    note,
    buckets: levels.length,
    cut: levels.length >= BUCKETS_SEEN,
    freeMin: emptiest[0]?.free ?? full,
    freeMean: levels.length === 0 ? full : levels.reduce((sum, { free }) => sum + free, 0) / levels.length,
    capacity: levels.reduce((most, { capacity }) => Math.max(most, capacity), full),
    emptiest: emptiest.map(({ key, free, capacity }) => ({
      label: bucketLabel(scope, key, telemetry),
      free,
      capacity,
    })),
  };
}

/** What a bucket counts, in words. A token is a secret: told by who it belongs to and a fingerprint. */
function bucketLabel(scope: readonly ScopeKey[], key: string, telemetry: Telemetry): string {
  if (scope.length === 0) return 'the whole gateway';
  const values = scope.length === 1 ? [key] : valuesOf(key);
  const words = scope.map((part, index) => {
    const value = values[index] ?? '';
    return part === 'token' ? tokenLabel(value, telemetry) : shortened(value);
  });
  return words.join(' · ');
}

function tokenLabel(token: string, telemetry: Telemetry): string {
  const owner = telemetry.ownerOf(token);
  const print = createHash('sha256').update(token).digest('hex').slice(0, FINGERPRINT_LENGTH);
  return owner === null ? `token #${print}` : `${shortened(owner.org)} · ${shortened(owner.client)} · #${print}`;
}

/** The parts of a bucket's key: joined by `|`, in which `\` and `|` were escaped. */
function valuesOf(key: string): string[] {
  return [...`${key}|`.matchAll(/((?:[^\\|]|\\.)*)\|/gsu)].map(([, part = '']) => part.replaceAll(/\\(.)/gsu, '$1'));
}
