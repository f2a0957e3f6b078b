/**
 * What discovery knows of a gateway before it starts: who it may speak as, what it may ask, how to send it, and a clock. Nothing else: no
 * policy, no decision's cause.
 */
import type { ScopeKey } from '../../mock-server/policy.ts';
import type { Fetch } from '../strategies/strategy.ts';
import type { Clock } from '../time/clock.ts';

/** A label of an identity: everything that a limit may count by, except the route. */
export type Label = Exclude<ScopeKey, 'route'>;

/** Somebody that discovery may speak as. */
export interface Identity {
  readonly name: string;
  /** What is known of it. A label that is left out is unknown, and no limit can be said to count by it. */
  readonly labels: Readonly<Partial<Record<Label, string>>>;
  /** Sent with each of its requests; secret: never in a log, a result or a report. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that may be sent, again and again, without harm. */
export interface ProbeRoute {
  readonly name: string;
  /** In capitals. */
  readonly method: string;
  /** Path and query: `/api/v2/users?pageSize=25`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** '' when there is none. */
  readonly body: string;
}

/** A gateway from outside. */
export interface BlackBox {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Scheme, host and port that paths are put behind, without a final slash. */
  readonly baseUrl: string;
  readonly identities: readonly Identity[];
  readonly routes: readonly ProbeRoute[];
}

/** Where a probe goes: an identity and a route, by index. */
export interface Point {
  readonly identity: number;
  readonly route: number;
}
