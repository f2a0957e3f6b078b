/** Answers on their way: what was decided and is told after its service time. */
import type { Admitted, Gateway, RenderedResponse } from './gateway.ts';
import type { Exchange } from './platform.ts';
import type { GatewayTime } from './time.ts';

/** An answer whose time has not come. */
interface Due {
  /** Null: a rejection, which holds no place. */
  readonly admission: Admitted | null;
  readonly gateway: Gateway;
  readonly response: RenderedResponse;
  readonly answer: (response: RenderedResponse) => void;
}

const NOTHING_PENDING: Exchange = { hangUp: () => {} };

/** Gives answers when their time has come. */
export class Waiting {
  /** Requests admitted and not yet answered. */
  inService = 0;
  readonly #time: GatewayTime;

  constructor(time: GatewayTime) {
    this.#time = time;
  }

  /** Gives a response now. */
  now(response: RenderedResponse, answer: (response: RenderedResponse) => void): Exchange {
    answer(response);
    return NOTHING_PENDING;
  }

  /** Gives a response at `dueMs`, at the earliest when this call has returned. */
  at(dueMs: number, due: Due): Exchange {
    if (due.admission !== null) this.inService += 1;
    const pending = new Pending(this, due);
    this.#time.scheduleAt(dueMs, finish, pending);
    return pending;
  }

  /** A place is free again. */
  end({ admission, gateway }: Due): void {
    if (admission === null) return;
    this.inService -= 1;
    gateway.complete(admission, this.#time.nowMs);
  }
}

class Pending implements Exchange {
  readonly #waiting: Waiting;
  /** Null once it was answered or the client hung up. */
  #due: Due | null;

  constructor(waiting: Waiting, due: Due) {
    this.#waiting = waiting;
    this.#due = due;
  }

  finish(): void {
    const due = this.#due;
    this.hangUp();
    due?.answer(due.response);
  }

  hangUp(): void {
    const due = this.#due;
    this.#due = null;
    if (due !== null) this.#waiting.end(due);
  }
}

function finish(pending: Pending): void {
  pending.finish();
}
