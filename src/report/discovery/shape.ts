/** The shape of a discovery's report: text ready to print, numbers ready to draw. */
import type { Fact, Table } from '../shape.ts';

/** Offered against admitted, added up over time. */
export interface StaircaseData {
  /** Ms since the first probe; offered and admitted so far. */
  readonly points: readonly { readonly atMs: number; readonly offered: number; readonly admitted: number }[];
}

/** When did a request pass again? */
export interface RecoveryData {
  readonly points: readonly { readonly afterMs: number; readonly admitted: boolean }[];
}

/** A figure: what it shows in a sentence, data to draw, and the numbers behind it. */
export interface DiscoveryFigure<Data> {
  readonly heading: string;
  readonly data: Data;
  readonly table: Table;
}

/** One limit. */
export interface LimitPart {
  readonly anchor: string;
  readonly name: string;
  readonly found: boolean;
  /** What it is, in a sentence. */
  readonly sentence: string;
  /** The same in one line, with intervals, routes and hints. */
  readonly line: string;
  /** What is not settled about it; '' when nothing. */
  readonly doubt: string;
  /** Rules that the record allows as well. */
  readonly alternatives: readonly string[];
  readonly numbers: Table;
  readonly facts: readonly Fact[];
  /** Null: no such evidence was recorded. */
  readonly staircase: DiscoveryFigure<StaircaseData> | null;
  readonly recovery: DiscoveryFigure<RecoveryData> | null;
  readonly interference: { readonly heading: string; readonly table: Table } | null;
}

/** The model. */
export interface DiscoveryReport {
  readonly title: string;
  readonly headline: string;
  readonly subline: string;
  readonly lede: readonly string[];
  readonly provenance: readonly Fact[];
  readonly warnings: readonly string[];
  readonly facts: readonly Fact[];
  readonly limits: readonly LimitPart[];
  readonly unknown: { readonly heading: string; readonly table: Table };
  readonly exclusions: { readonly heading: string; readonly table: Table };
  readonly noise: readonly string[];
  readonly verification: readonly string[];
  readonly strategies: readonly { readonly title: string; readonly spec: string; readonly why: string }[];
  /** JSON text. */
  readonly policy: string;
  /** What to do next, one sentence each. */
  readonly next: readonly string[];
  readonly method: readonly string[];
}
