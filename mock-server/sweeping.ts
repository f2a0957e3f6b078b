/** Forgets what no decision depends on: a little with every 128th decision, never by a timer. */
import type { Buckets } from './buckets.ts';
import type { Identities } from './identities.ts';

const DECISIONS_PER_TURN = 128;
const LOOKED_AT_PER_TURN = 16;
/** A caller is kept so long after the sweep last found that it had asked, and its buckets with it: both would only be made again. */
const KEPT_MS = 30_000;

/** How much is swept: a little now and then, everything before each decision, or nothing (the last two for tests). */
export type Sweeping = 'amortised' | 'always' | 'never';

/** The sweeper of one gateway. */
export class Sweeper {
  readonly #sweeping: Sweeping;
  readonly #identities: Identities;
  readonly #buckets: Buckets;
  #untilTurn: number;

  constructor(sweeping: Sweeping, identities: Identities, buckets: Buckets) {
    this.#sweeping = sweeping;
    this.#identities = identities;
    this.#buckets = buckets;
    this.#untilTurn = sweeping === 'always' ? 1 : DECISIONS_PER_TURN;
  }

  /** Called once with each decision, before it. */
  beforeDecision(nowMs: number): void {
    this.#untilTurn -= 1;
    if (this.#untilTurn === 0) this.#turn(nowMs);
  }

  #turn(nowMs: number): void {
    if (this.#sweeping === 'never') return;
    const everything = this.#sweeping === 'always';
    this.#untilTurn = everything ? 1 : DECISIONS_PER_TURN;
    const callers = everything ? this.#identities.count + 2 : LOOKED_AT_PER_TURN;
    this.#identities.sweep(callers, everything ? 0 : KEPT_MS, nowMs);
    this.#buckets.sweep(everything ? this.#buckets.steps : LOOKED_AT_PER_TURN, nowMs);
  }
}
