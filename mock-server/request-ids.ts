import type { RetryAfter } from './hints.ts';

/** A rejected request id, and what its rejection told. */
interface Seen {
  readonly atMs: number;
  readonly told: RetryAfter;
}

/**
 * The quirk of reused request ids: an id of an org that was seen in a rejected request within `windowMs` is rejected again, with the same
 * Retry-After, and that rejection counts as one too.
 */
export class RequestIds {
  readonly #windowMs: number;
  /** Oldest first. */
  readonly #seen = new Map<string, Seen>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** What the last rejection of this id told, null when the id may pass. */
  told(org: string, requestId: string, nowMs: number): RetryAfter | null {
    if (requestId === '') return null;
    const seen = this.#seen.get(`${org}\n${requestId}`);
    return seen === undefined || nowMs - seen.atMs >= this.#windowMs ? null : seen.told;
  }

  /** Remembers a rejection. */
  rejected(org: string, requestId: string, told: RetryAfter, nowMs: number): void {
    if (requestId === '') return;
    for (const [key, seen] of this.#seen) {
      if (nowMs - seen.atMs < this.#windowMs) break;
      this.#seen.delete(key);
    }
    const key = `${org}\n${requestId}`;
    this.#seen.delete(key);
    this.#seen.set(key, { atMs: nowMs, told });
  }
}
