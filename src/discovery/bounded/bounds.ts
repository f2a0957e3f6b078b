/** What the checks of all families have in common: the capacities that a volley leaves. */

/** Capacities from `low` to `high`. `high` itself is none where a rejection set it and capacities may be fractions. */
export interface Capacities {
  low: number;
  high: number;
}

/** Rounding. */
export const SLACK = 1e-6;

/** Whether no capacity is left of those that may be fractions: a rejection rules out its bound itself. */
export function isEmpty({ low, high }: Capacities): boolean {
  return !(low < high - 1e-9);
}
