/**
 * Signs that the gateway punishes: what is seen when it blocks, bans or shuts off whoever defies a Retry-After. They are signs and not proofs;
 * one is enough to stop, unless penalties are allowed.
 */
import type { Identity } from './black-box.ts';
import type { ProbeEvent } from './record.ts';

/** What looked like a penalty. */
export interface PenaltySign {
  readonly sign: 'forbidden' | 'unavailable' | 'longer-retry-after' | 'no-recovery';
  /** Epoch ms of the answer. */
  readonly atMs: number;
  readonly status: number;
  /** Probes sent by then, this one included. */
  readonly afterRequests: number;
  /** What was seen, in a sentence. */
  readonly note: string;
}

/** A Retry-After this many times as long as any before it, and this much longer, after early probes, is no longer the limit's. */
const JUMP = { times: 3, ms: 30_000 } as const;
/** Rejected this many times as long as any told or found recovery, and this long, after early probes: it is no longer the limit. */
const BEYOND = { times: 20, ms: 600_000 } as const;
/** By then what was sent before is answered. */
const SETTLED_MS = 10_000;
/** Early probes that it takes. */
const EARLY_MIN = 2;

/** What one organization was answered. */
interface OrgRecord {
  lastRejected: boolean;
  toldUntilMs: number;
  longestToldMs: number;
  longestRecoveryMs: number;
  /** First rejection since the last admitted probe. */
  rejectedSinceMs: number | null;
  /** Probes sent before the told time, since the last admitted one. */
  early: number;
  /** When the first probe was sent that should have been admitted by all that is known, and was not. */
  beyondSinceMs: number | null;
}

/** See the head of this file. */
export class PenaltyWatch {
  readonly #orgs: readonly OrgRecord[];
  /** By identity: the routes on which it was admitted. */
  readonly #admittedOn: Set<number>[] = [];

  readonly #jumpsCount: boolean;

  /** `jumpsCount`: whether a much longer Retry-After is a sign. Who defies all that is told meets those of several limits and of dearer routes. */
  constructor(identities: readonly Identity[], jumpsCount = true) {
    this.#jumpsCount = jumpsCount;
    const byOrg = new Map<string, OrgRecord>();
    this.#orgs = identities.map(({ labels: { org = '' } }) => {
      const made = byOrg.get(org) ?? {
        lastRejected: false,
        toldUntilMs: -Infinity,
        longestToldMs: 0,
        longestRecoveryMs: 0,
        rejectedSinceMs: null,
        early: 0,
        beyondSinceMs: null,
      };
      byOrg.set(org, made);
      return made;
    });
  }

  /** Whether this answer is a sign; `index`: its place in the record. */
  note(event: ProbeEvent, index: number): PenaltySign | null {
    const org = this.#orgs[event.identity];
    if (org === undefined) return null;
    if (event.outcome === 'admitted') return this.#admitted(event, org);
    if (event.sentMs < org.toldUntilMs) org.early += 1;
    const seen = this.#seenIn(event, org);
    if (event.outcome === 'rejected') rejected(event, org);
    return seen === null ? null : { ...seen, atMs: event.answeredMs, status: event.status, afterRequests: index + 1 };
  }

  #admitted(event: ProbeEvent, org: OrgRecord): null {
    if (event.status < 400) (this.#admittedOn[event.identity] ??= new Set()).add(event.route);
    if (org.rejectedSinceMs !== null)
      org.longestRecoveryMs = Math.max(org.longestRecoveryMs, event.answeredMs - org.rejectedSinceMs);
    org.lastRejected = false;
    org.rejectedSinceMs = null;
    org.early = 0;
    org.beyondSinceMs = null;
    return null;
  }

  #seenIn(event: ProbeEvent, org: OrgRecord): Pick<PenaltySign, 'sign' | 'note'> | null {
    const { status, told, outcome, answeredMs } = event;
    if (status === 403 && this.#admittedOn[event.identity]?.has(event.route) === true)
      return { sign: 'forbidden', note: 'a request that had been admitted before was answered 403' };
    if (status === 503 && told.retryAfterMs !== null && org.lastRejected)
      return { sign: 'unavailable', note: '429 was followed by 503 with a Retry-After' };
    if (outcome !== 'rejected' || org.early < EARLY_MIN) return null;
    const { longestToldMs, longestRecoveryMs, rejectedSinceMs } = org;
    const toldMs = told.retryAfterMs ?? 0;
    if (this.#jumpsCount && longestToldMs > 0 && toldMs > JUMP.times * longestToldMs + JUMP.ms) {
      const note = `after ${org.early} requests before the told time, Retry-After rose from at most ${longestToldMs / 1000} s to ${toldMs / 1000} s`;
      return { sign: 'longer-retry-after', note };
    }
    const rejectedMs = answeredMs - (rejectedSinceMs ?? answeredMs);
    const expectedMs = Math.max(longestToldMs, toldMs, longestRecoveryMs);
    if (longestRecoveryMs === 0 || rejectedMs <= BEYOND.times * expectedMs + BEYOND.ms) return null;
    // After an idle time the end of a burst is rejected sooner than its beginning is admitted: such a rejection needs another one, later.
    org.beyondSinceMs ??= event.sentMs;
    if (event.sentMs < org.beyondSinceMs + SETTLED_MS) return null;
    const note = `nothing was admitted for ${Math.round(rejectedMs / 1000)} s, where at most ${Math.round(expectedMs / 1000)} s had been told or found`;
    return { sign: 'no-recovery', note };
  }
}

function rejected({ told, answeredMs }: ProbeEvent, org: OrgRecord): void {
  org.lastRejected = true;
  org.rejectedSinceMs ??= answeredMs;
  if (told.retryAfterMs === null) return;
  org.longestToldMs = Math.max(org.longestToldMs, told.retryAfterMs);
  org.toldUntilMs = answeredMs + told.retryAfterMs;
}
