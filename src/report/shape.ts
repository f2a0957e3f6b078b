/**
 * The report as data: text ready to print and numbers ready to draw. Terminal, Markdown and HTML read this and nothing else.
 */
import type { SuiteResults } from '../results/results.ts';
import type { CellClass, SuiteVerdict } from '../verdicts/verdict.ts';
import type { EcdfData } from './charts/ecdf.ts';
import type { ForestData } from './charts/forest.ts';
import type { LaneData } from './charts/lanes.ts';
import type { ScatterData } from './charts/scatter.ts';

/** What every section is made from. */
export interface Material {
  readonly results: SuiteResults;
  readonly verdict: SuiteVerdict;
}

/** The whole report. */
export interface ReportModel {
  /** Title of the document. */
  readonly title: string;
  readonly masthead: Masthead;
  readonly answer: Answer;
  readonly claims: Claims;
  readonly scenarios: readonly ScenarioSection[];
  /** Name of the scenario whose tab is open first. */
  readonly opens: string;
  readonly method: Method;
}

/** A name with its value, both ready to print. `code`: set in the monospaced face. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly code?: boolean;
}

/** A table ready to print. The first column is text, the others are numbers. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Provenance, and what kind of truth this is. */
export interface Masthead {
  readonly facts: readonly Fact[];
  readonly caution: string;
  /** Said before any number: an interrupted run, failed trials, too few seeds. */
  readonly warnings: readonly string[];
}

/** Which one to pick. */
export interface Answer {
  readonly headline: string;
  /** The second half of the headline, set quieter. */
  readonly subline: string;
  readonly lede: readonly string[];
  /** One line that leads on to the claims. */
  readonly claimsLine: string;
  readonly pick: Pick | null;
  readonly matrix: Matrix;
}

/** The recommendation as a card. */
export interface Pick {
  readonly title: string;
  /** What to type for it. */
  readonly spec: string;
  readonly facts: readonly Fact[];
  /** Where it is not the lowest: scenario in `label`, sentence in `value`. */
  readonly exceptions: readonly Fact[];
}

/** A verdict: class for the glyph, word for readers. */
export interface Verdict {
  readonly class: CellClass;
  readonly word: string;
}

/** Strategy by scenario. */
export interface Matrix {
  readonly scenarios: readonly { readonly name: string; readonly lowest: string }[];
  readonly groups: readonly { readonly label: string; readonly rows: readonly MatrixRow[] }[];
  readonly legend: readonly Verdict[];
  readonly note: string;
}

/** One strategy over the scenarios. */
export interface MatrixRow {
  readonly strategy: string;
  readonly title: string;
  readonly isPick: boolean;
  readonly cells: readonly MatrixCell[];
  readonly regret: {
    /** `+19.1 %`, `not eligible`. */
    readonly text: string;
    readonly note: string;
    /** Length of its bar, 0 to 1; null for no bar. */
    readonly bar: number | null;
    /** False when it cannot be picked: the bar is hollow. */
    readonly eligible: boolean;
  };
}

/** One strategy in one scenario. */
export interface MatrixCell extends Verdict {
  readonly text: string;
  readonly note: string;
}

/** What the threads say, tested. */
export interface Claims {
  readonly heading: string;
  readonly lede: string;
  readonly tally: readonly {
    readonly verdict: ClaimRow['verdict'];
    readonly count: number;
    readonly word: string;
    readonly note: string;
  }[];
  /** Cures and traps, by thread. */
  readonly advice: readonly ClaimRow[];
  /** Symptoms, causes and what is seen on the wire; the heading is '' when no claim at all was checked, and both lists are empty. */
  readonly observedHeading: string;
  readonly observed: readonly ClaimRow[];
  readonly note: string;
}

/** One claim. */
export interface ClaimRow {
  readonly id: string;
  /** For links: `claim-2-9`. */
  readonly anchor: string;
  readonly scenario: string;
  readonly kind: string;
  readonly says: string;
  readonly verdict: 'holds' | 'refuted' | 'depends' | 'not run';
  /** `Holds`, `Refuted`, `Depends`, `Not run`. */
  readonly word: string;
  readonly evidence: string;
  readonly boundary: string;
  readonly bars: readonly {
    readonly label: string;
    readonly text: string;
    readonly share: number;
    readonly lead: boolean;
  }[];
  /** `rests on a reported limit: client shared`, or ''. */
  readonly restsOn: string;
}

/** Everything about one scenario. */
export interface ScenarioSection {
  readonly name: string;
  readonly title: string;
  readonly facts: readonly string[];
  readonly lowerBound: string;
  readonly says: readonly string[];
  readonly advice: readonly string[];
  readonly claims: readonly ClaimRow[];
  readonly policy: PolicyTree;
  readonly parameters: Table;
  /** Only of scenarios about which others published results. */
  readonly held: Held | null;
  readonly ranking: Ranking;
  /** Sentences about what stays open: `20 seeds cannot separate ...`. */
  readonly open: readonly { readonly text: string; readonly command: string }[];
  readonly forest: Figure<ForestData>;
  readonly scatter: Figure<ScatterData>;
  readonly ecdf: Figure<EcdfData>;
  readonly time: TimeSplit;
  readonly causes: Causes;
  readonly lanes: Lanes | null;
  readonly heat: Heat | null;
}

/** Published figures beside measured ones. */
export interface Held {
  readonly heading: string;
  readonly note: string;
  readonly source: string;
  readonly table: Table;
  /** Why a figure agrees or not: the figure in `label`. */
  readonly remarks: readonly Fact[];
}

/** The gateway's rules with their sources. */
export interface PolicyTree {
  readonly title: string;
  readonly description: string;
  readonly nodes: readonly PolicyNode[];
}

/** One rule. */
export interface PolicyNode {
  readonly name: string;
  readonly details: readonly string[];
  readonly source: string;
  /** It sets the lower bound. */
  readonly binds: boolean;
  readonly children: readonly PolicyNode[];
}

/** The ranked verdict of one scenario. */
export interface Ranking {
  readonly heading: string;
  readonly note: string;
  readonly groups: readonly { readonly label: string; readonly rows: readonly RankRow[] }[];
}

/** One strategy, ranked. */
export interface RankRow extends Verdict {
  readonly strategy: string;
  readonly title: string;
  readonly isPick: boolean;
  readonly isProposal: boolean;
  readonly standing: 'eligible' | 'over budget' | 'loses jobs' | 'not run';
  readonly makespan: string;
  /** `lowest`, `+11.7 %`, or why there is none. */
  readonly difference: string;
  /** `[+9.5, +13.9]` or ''. */
  readonly interval: string;
  readonly boundRatio: string;
  readonly rejected: string;
  readonly refused: string;
  /** Length of its bar, 0 to 1. */
  readonly refusedBar: number;
  readonly waitP95: string;
  readonly worstOrg: string;
  /** Seeds won, level and lost against the lowest: `0–0–20`, or ''. */
  readonly seeds: string;
}

/** A finding with its chart, and the same numbers as a table; null where the ranking above holds them. */
export interface Figure<Data> {
  readonly heading: string;
  readonly note: string;
  readonly data: Data;
  readonly table: Table | null;
}

/** Where a job's time goes, by strategy. */
export interface TimeSplit {
  readonly heading: string;
  readonly note: string;
  readonly parts: readonly string[];
  readonly rows: readonly {
    readonly title: string;
    readonly isPick: boolean;
    readonly isProposal: boolean;
    readonly total: string;
    /** Shares of `parts`, summing to 1. */
    readonly shares: readonly number[];
    readonly texts: readonly string[];
  }[];
}

/** Why each call was refused. */
export interface Causes {
  readonly heading: string;
  readonly note: string;
  readonly causes: readonly { readonly name: string; readonly source: string }[];
  readonly rows: readonly {
    readonly title: string;
    readonly total: string;
    /** One per cause. */
    readonly shares: readonly number[];
    readonly texts: readonly string[];
  }[];
}

/** One or two strategies' runs side by side, on one clock and the same scales. */
export interface Lanes {
  readonly heading: string;
  readonly note: string;
  readonly seed: number;
  readonly runs: readonly {
    readonly strategy: string;
    readonly title: string;
    readonly note: string;
    readonly data: LaneData;
  }[];
  readonly table: Table;
}

/** Refusals by organization and time. */
export interface Heat {
  readonly heading: string;
  readonly note: string;
  /** Greatest count of each colour, rising; at most five. */
  readonly steps: readonly number[];
  readonly endMs: number;
  readonly runs: readonly {
    readonly title: string;
    readonly note: string;
    readonly binMs: number;
    readonly rows: readonly { readonly org: string; readonly total: number; readonly counts: readonly number[] }[];
  }[];
}

/** How this was made, how to make it again, and what it cannot tell. */
export interface Method {
  readonly heading: string;
  readonly computed: readonly string[];
  readonly verdict: readonly string[];
  readonly limits: readonly string[];
  readonly replay: readonly { readonly text: string; readonly command: string }[];
  readonly glossary: readonly Fact[];
  readonly footer: readonly string[];
}
