/**
 * The careful manner: who may be sent as, and when. A penalty counts arrivals before the time that the last 429 told, so whoever was told a
 * Retry-After is left alone until then, and with it everybody who may be counted together with it: its organization and its address.
 */
import type { Identity, Point } from './black-box.ts';
import type { ProbeEvent } from './record.ts';

/** Within this time a rejection would have been answered, as long as none has shown how long they take. */
const PATIENCE_MS = 250;
/** Rejections take about as long as others did; twice that, and at least this. */
const PATIENCE_MS_MIN = 20;

/** What may go now, or how long to wait. */
export interface Admit {
  /** Points that may go, from the first on. */
  readonly count: number;
  /** Where none may: ms until it is worth asking again. */
  readonly waitMs?: number;
  /** An answer may come before that, and is as good. */
  readonly forAnswer?: boolean;
}

/** Everybody who is left alone together. */
interface Group {
  untilMs: number;
  underWay: number;
  lastSentMs: number;
}

/** See the head of this file. */
export class Holds {
  readonly #groups: readonly (readonly Group[])[];
  #rejections = 0;
  /** Whether a 429 told a Retry-After. */
  everTold = false;
  #slowestMs: number | null = null;

  constructor(identities: readonly Identity[]) {
    const byKey = new Map<string, Group>();
    const group = (key: string) => {
      const made = byKey.get(key) ?? { untilMs: -Infinity, underWay: 0, lastSentMs: -Infinity };
      byKey.set(key, made);
      return made;
    };
    // Whose organization is not known may be anybody's.
    const isUnknown = identities.some(({ labels }) => labels.org === undefined);
    this.#groups = identities.map(({ labels }) => [
      group(isUnknown ? 'org' : `org ${labels.org}`),
      ...(labels.ip === undefined ? [] : [group(`ip ${labels.ip}`)]),
    ]);
  }

  /** Whether a 429 may tell a Retry-After: until one came that told none, and for good once one did. */
  get mayBeTold(): boolean {
    return this.everTold || this.#rejections === 0;
  }

  /** How many of `points` from `from` on, at most `most`, may go now. */
  admit(points: readonly Point[], from: number, most: number, nowMs: number): Admit {
    const taken = new Set<Group>();
    for (let count = 0; count < most; count++) {
      const groups = this.#of((points[from + count] as Point).identity);
      const refused = this.#refusal(groups, taken, nowMs);
      if (refused !== null) return count > 0 ? { count } : refused;
      for (const group of groups) taken.add(group);
    }
    return { count: most };
  }

  /** A probe goes out. */
  sent(identity: number, nowMs: number): void {
    for (const group of this.#of(identity)) {
      group.underWay += 1;
      group.lastSentMs = nowMs;
    }
  }

  /** It was answered, or never will be. */
  answered(identity: number): void {
    for (const group of this.#of(identity)) group.underWay -= 1;
  }

  /** What its answer told. */
  note({ identity, outcome, status, told, sentMs, answeredMs }: ProbeEvent): void {
    if (outcome === 'rejected') {
      this.#rejections += 1;
      this.everTold ||= told.retryAfterMs !== null;
      this.#slowestMs = Math.max(this.#slowestMs ?? 0, answeredMs - sentMs);
    }
    if (told.retryAfterMs === null || (status !== 429 && status !== 503)) return;
    for (const group of this.#of(identity)) group.untilMs = Math.max(group.untilMs, answeredMs + told.retryAfterMs);
  }

  #refusal(groups: readonly Group[], taken: ReadonlySet<Group>, nowMs: number): Admit | null {
    const heldMs = Math.max(...groups.map(({ untilMs }) => untilMs)) - nowMs;
    if (heldMs > 0) return { count: 0, waitMs: heldMs };
    if (!this.mayBeTold) return null;
    const patienceMs = this.#slowestMs === null ? PATIENCE_MS : Math.max(PATIENCE_MS_MIN, 2 * this.#slowestMs);
    let waitMs = 0;
    for (const group of groups) {
      if (taken.has(group)) return { count: 0 };
      if (group.underWay > 0) waitMs = Math.max(waitMs, group.lastSentMs + patienceMs - nowMs);
    }
    return waitMs > 0 ? { count: 0, waitMs, forAnswer: true } : null;
  }

  #of(identity: number): readonly Group[] {
    return this.#groups[identity] ?? [];
  }
}
