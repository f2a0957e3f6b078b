/** The rows of the discovery benchmark: what kind of gateways each one draws. */

/** From where to where something is drawn, uniformly. */
export type Span = readonly [from: number, to: number];

/** What a row draws. */
export interface Row {
  readonly name: string;
  /** Number of limits. */
  readonly limits: Span;
  /** Share of requests that an unrelated error answers; in front of the limits or behind them as often. */
  readonly errorShare: Span;
  /** Each way takes up to this many ms more. */
  readonly jitterMs: Span;
  /** What others use, as a share of the first limit's sustained rate, in each bucket that the identities reach. */
  readonly backgroundShare: Span;
  /** Charges become visible so many ms late; drawn for this share of the gateways, for the others 0. */
  readonly lagMs: Span;
  readonly lagOdds: number;
  readonly penalties: boolean;
  /** `default`: as the command line discovers, obeying whatever is told. `defiant`: many probes under way, through rejections. */
  readonly manner: 'default' | 'defiant';
}

const QUIET: Row = {
  name: 'quiet-1',
  limits: [1, 1],
  errorShare: [0, 0],
  jitterMs: [0, 0],
  backgroundShare: [0, 0],
  lagMs: [0, 0],
  lagOdds: 0,
  penalties: false,
  manner: 'defiant',
};

const MIXED = {
  errorShare: [0, 0.2],
  jitterMs: [0, 50],
  backgroundShare: [0, 0.2],
  lagMs: [1, 50],
  lagOdds: 0.25,
} as const;

/** All rows, in the order in which they are printed. */
export const ROWS: readonly Row[] = [
  QUIET,
  { ...QUIET, name: 'quiet-2', limits: [2, 2] },
  { ...QUIET, name: 'quiet-3-4', limits: [3, 4] },
  { ...QUIET, name: 'errors-20', errorShare: [0.2, 0.2] },
  { ...QUIET, name: 'jitter-50', jitterMs: [50, 50] },
  { ...QUIET, name: 'background-10', backgroundShare: [0.1, 0.1] },
  { ...QUIET, name: 'background-20', backgroundShare: [0.2, 0.2] },
  { ...QUIET, name: 'lag', lagMs: [5, 200], lagOdds: 1 },
  { ...QUIET, ...MIXED, name: 'mixed' },
  { ...QUIET, ...MIXED, name: 'two-mixed', limits: [2, 2] },
  { ...QUIET, name: 'penalties-default-manner', limits: [1, 2], penalties: true, manner: 'default' },
];

/**
 * The row of a name.
 *
 * @throws RangeError when there is none
 */
export function rowOf(name: string): Row {
  const row = ROWS.find((one) => one.name === name);
  if (row !== undefined) return row;
  const names = ROWS.map((one) => one.name).join(', ');
  throw new RangeError(
    `Cannot run a benchmark: rows must be one of ${names}, current value is ${JSON.stringify(name)}`,
  );
}
