/** The shape of a load's report. */
import type { Fact, Table } from '../shape.ts';
import type { LatencyData } from './latency-chart.ts';
import type { OverTimeData } from './over-time-chart.ts';

/** A figure: what it shows in a sentence, and the numbers behind it. */
export interface LoadFigure<Data> {
  readonly heading: string;
  readonly note: string;
  readonly data: Data;
  readonly table: Table;
}

/** The model. */
export interface LoadReport {
  readonly title: string;
  readonly headline: string;
  readonly subline: string;
  readonly lede: readonly string[];
  readonly provenance: readonly Fact[];
  readonly warnings: readonly string[];
  readonly facts: readonly Fact[];
  readonly overTime: LoadFigure<OverTimeData>;
  readonly latency: LoadFigure<LatencyData>;
  readonly causes: { readonly heading: string; readonly table: Table };
  readonly senders: { readonly heading: string; readonly table: Table } | null;
  readonly method: readonly string[];
}
