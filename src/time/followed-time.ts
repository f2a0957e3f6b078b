/**
 * The time that the global clock shows, whoever sets it: the wall's, or that of fake timers. It keeps neither `Date` nor `setTimeout`, but looks
 * both up each time, so that it does not matter whether fake timers were installed before or after it was made, nor how often they come and go.
 */

/** A time that follows the global clock. */
export interface FollowedTime {
  /** Epoch ms, as `Date.now()` has it until that jumps back or far ahead; never decreases. */
  readonly nowMs: number;
  /** Forgets what it showed: from now on it shows what `Date.now()` does, even if that is earlier. For whoever starts anew, with nothing pending. */
  restart(): void;
  /** Calls `callback(argument)` by a global timer, once `dueMs` has come; never within this call. */
  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): unknown;
}

/** Node's longest timer; longer waits are made of several. */
const DELAY_MAX_MS = 2_147_483_647;
const DAY_MS = 86_400_000;
/** A jump ahead by more counts as one or two days, at the same time of day: a test that sets the year does not live through years of traffic. */
const JUMP_MAX_MS = 2 * DAY_MS;

/** Makes a time that follows the global clock. */
export function createFollowedTime(): FollowedTime {
  return new Followed();
}

class Followed implements FollowedTime {
  #lastMs = Number.NEGATIVE_INFINITY;
  /** What this time shows less what the global clock shows. */
  #aheadMs = 0;
  /** How often it has started anew. */
  #starts = 0;

  get nowMs(): number {
    const shownMs = Date.now();
    const jumpMs = shownMs + this.#aheadMs - this.#lastMs;
    if (jumpMs < 0) this.#aheadMs -= jumpMs;
    else if (jumpMs > JUMP_MAX_MS && jumpMs < Number.POSITIVE_INFINITY) this.#aheadMs -= wholeDaysMs(jumpMs - DAY_MS);
    this.#lastMs = shownMs + this.#aheadMs;
    return this.#lastMs;
  }

  restart(): void {
    this.#lastMs = Number.NEGATIVE_INFINITY;
    this.#aheadMs = 0;
    this.#starts += 1;
  }

  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): void {
    const leftMs = dueMs - this.nowMs;
    const start = this.#starts;
    if (leftMs > DELAY_MAX_MS) {
      setTimeout(() => this.scheduleAt(dueMs, callback, argument), DELAY_MAX_MS);
      return;
    }
    setTimeout(
      () => {
        // Timers keep their own clock: when they are early by a fraction, or the date was set back meanwhile, it is due all the same.
        if (dueMs > this.nowMs && start === this.#starts) this.#moveTo(dueMs);
        callback(argument);
      },
      Math.max(0, Math.ceil(leftMs)),
    );
  }

  #moveTo(nowMs: number): void {
    this.#aheadMs += nowMs - this.#lastMs;
    this.#lastMs = nowMs;
  }
}

function wholeDaysMs(durationMs: number): number {
  return Math.floor(durationMs / DAY_MS) * DAY_MS;
}
