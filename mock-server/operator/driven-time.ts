/** A gateway's time that an operator may drive. */
import type { GatewayTime } from '../time.ts';

/** Time that can be moved forward and scaled. */
export interface DrivenTime extends GatewayTime {
  /** Gateway ms per real ms; 0: it stands still. */
  readonly speed: number;
  /** Moves the clock forward by `byMs` ms; what falls due on the way runs before this returns. */
  advance(byMs: number): void;
  /** Another speed from now on. */
  setSpeed(speed: number): void;
}
