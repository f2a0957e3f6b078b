/** The report for a terminal: a ranked verdict per scenario, the claims, the pick. Drops columns when it is narrow. */
import pc from 'picocolors';
import stringWidth from 'string-width';
import type { CellClass } from '../verdicts/verdict.ts';
import { classWords, claimWords } from './sections/words.ts';
import type { ClaimRow, RankRow, ReportModel, ScenarioSection } from './shape.ts';

/** What the terminal can show. */
export interface TerminalOptions {
  /** Width in characters; below 60 is treated as 60. */
  readonly columns: number;
  readonly colour: boolean;
  /** False: ASCII only. */
  readonly unicode: boolean;
}

/** The whole report as text, ending in a line break. */
export function renderTerminal(model: ReportModel, options: TerminalOptions): string {
  const screen = screenFor(options);
  const blocks = [
    ...model.masthead.warnings.map((warning) => screen.wrap(`${screen.paint.yellow(screen.text('⚠'))} ${warning}`, 2)),
    ...model.scenarios.map((scenario) => scenarioBlock(scenario, screen)),
    claimsBlock(model, screen),
    answerBlock(model, screen),
  ];
  return `${screen.text(blocks.filter(Boolean).join('\n\n'))}\n`;
}

type Style = 'bold' | 'dim' | 'yellow' | 'cyan' | 'blue' | 'magenta';

/** How to write for a terminal: colours, wrapping, nothing that steers it. */
export interface Screen {
  readonly paint: Readonly<Record<Style, (text: string) => string>>;
  /** Columns of a line. */
  readonly width: number;
  /** A finished text in the characters that the terminal has. */
  readonly text: (value: string) => string;
  /** Without control characters: in names from files they must not move the cursor; our own colours are added later. */
  readonly clean: (value: string) => string;
  /** Broken into lines, all but the first indented by so many columns. */
  readonly wrap: (value: string, indent: number) => string;
  readonly glyph: (of: CellClass) => string;
  readonly claimGlyph: (of: ClaimRow['verdict']) => string;
}

/** The screen of a terminal. */
export function screenFor({ columns, colour, unicode }: TerminalOptions): Screen {
  const paint = pc.createColors(colour);
  const width = Math.max(60, columns);
  const text = (value: string) => (unicode ? value : ascii(value));
  const clean = (value: string) => value.replace(/\p{Cc}/gu, ' ');
  const wrap = (value: string, indent: number) => wrapText(clean(value), width, indent);
  const glyph = (of: CellClass) => (unicode ? classWords[of].glyph : classWords[of].ascii);
  const claimGlyph = (of: ClaimRow['verdict']) => (unicode ? claimWords[of].glyph : claimWords[of].ascii);
  return { paint, width, text, clean, wrap, glyph, claimGlyph };
}

const asciiFor: Readonly<Record<string, string>> = {
  '\u2212': '-',
  '–': '-',
  '—': '-',
  '\u00A0': ' ',
  '×': 'x',
  '±': '+-',
  '·': '-',
  '…': '...',
  '’': "'",
  '“': '"',
  '”': '"',
  '∞': 'inf',
  '⚠': '!',
  '→': '->',
};

/** Plain ASCII; what has no twin becomes `?`. */
function ascii(value: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII and the escape of colours stay
  return value.replace(/[^\x00-\x7F]/gu, (char) => asciiFor[char] ?? '?');
}

interface Column {
  readonly head: string;
  readonly cell: (row: RankRow) => string;
  /** Dropped first where it is lowest; 9 stays. */
  readonly keep: number;
}

const rankColumns: readonly Column[] = [
  { head: 'makespan', cell: (row) => row.makespan, keep: 9 },
  { head: 'vs lowest', cell: (row) => row.difference, keep: 9 },
  { head: '95 % interval', cell: (row) => row.interval, keep: 8 },
  { head: '×bound', cell: (row) => row.boundRatio, keep: 6 },
  { head: '429s', cell: (row) => row.rejected, keep: 5 },
  { head: 'refused', cell: (row) => row.refused, keep: 7 },
  { head: 'p95 wait', cell: (row) => row.waitP95, keep: 4 },
  { head: 'worst org', cell: (row) => row.worstOrg, keep: 3 },
];

/** Aligned right. */
export const pad = (value: string, width: number) => ' '.repeat(Math.max(0, width - stringWidth(value))) + value;
/** Aligned left. */
export const padEnd = (value: string, width: number) => value + ' '.repeat(Math.max(0, width - stringWidth(value)));

function scenarioBlock(scenario: ScenarioSection, screen: Screen): string {
  const { paint } = screen;
  const rows = scenario.ranking.groups.flatMap(({ rows }) => rows);
  const titleWidth = Math.min(
    Math.max(24, Math.floor(screen.width * 0.36)),
    Math.max(8, ...rows.map(({ title }) => stringWidth(title))),
  );
  const columns = fitting(rows, titleWidth, screen.width);
  const widths = columns.map(({ head, cell }) =>
    Math.max(stringWidth(head), ...rows.map((row) => stringWidth(cell(row)))),
  );
  const head = `     ${padEnd('strategy', titleWidth)}  ${columns.map((column, index) => pad(column.head, widths[index] ?? 0)).join('  ')}`;
  const lines = scenario.ranking.groups.flatMap((group) => [
    paint.dim(`   ${group.label}`),
    ...group.rows.map((row) => rankLine(row, columns, widths, titleWidth, screen)),
  ]);
  return [
    screen
      .wrap([scenario.name, ...scenario.facts, scenario.lowerBound].join(' · '), 2)
      .replace(scenario.name, paint.bold(scenario.name)),
    screen.wrap(scenario.ranking.heading, 2),
    paint.dim(head.trimEnd()),
    ...lines,
    screen.wrap(`   ${scenario.ranking.note}`, 3),
    ...heldLines(scenario, screen),
    ...scenario.open.flatMap(({ text, command }) => [
      screen.wrap(`   ? ${text}`, 5),
      ...(command === '' ? [] : [`     ${paint.cyan(command)}`]),
    ]),
  ].join('\n');
}

/** Published figures beside measured ones; the interval stands in the file reports. */
function heldLines({ held }: ScenarioSection, screen: Screen): string[] {
  if (!held) return [];
  const shown = [held.table.columns, ...held.table.rows].map((row) => row.filter((_, index) => index !== 4));
  const widths = shown[0]!.map((_, index) => Math.max(...shown.map((row) => stringWidth(row[index] ?? ''))));
  const lines = shown.map((row) =>
    row
      .map((cell, index) => (index < 2 ? padEnd(cell, widths[index]!) : pad(cell, widths[index]!)))
      .join('  ')
      .trimEnd(),
  );
  return ['', `   ${screen.paint.bold(held.heading)}`, ...lines.map((line) => `   ${screen.clean(line)}`)];
}

/** Drops the least important columns until the table fits. */
function fitting(rows: readonly RankRow[], titleWidth: number, width: number): readonly Column[] {
  const need = (columns: readonly Column[]) =>
    5 +
    titleWidth +
    columns.reduce(
      (sum, { head, cell }) => sum + 2 + Math.max(stringWidth(head), ...rows.map((row) => stringWidth(cell(row)))),
      0,
    );
  let columns = rankColumns;
  while (need(columns) > width && columns.some(({ keep }) => keep < 9)) {
    const least = Math.min(...columns.map(({ keep }) => keep));
    columns = columns.filter(({ keep }) => keep !== least);
  }
  return columns;
}

function rankLine(
  row: RankRow,
  columns: readonly Column[],
  widths: readonly number[],
  titleWidth: number,
  screen: Screen,
): string {
  const { paint } = screen;
  const cells = columns.map((column, index) => pad(screen.clean(column.cell(row)), widths[index] ?? 0)).join('  ');
  const title = screen.clean(row.title);
  const short = stringWidth(title) > titleWidth ? `${title.slice(0, titleWidth - 1)}…` : title;

  const line = ` ${row.isPick ? '>' : ' '} ${screen.glyph(row.class)} ${padEnd(short, titleWidth)}  ${cells}`.trimEnd();
  if (row.isPick) return paint.bold(line);
  return row.standing === 'eligible' ? line : paint.dim(line);
}

function claimsBlock({ claims }: ReportModel, screen: Screen): string {
  const { paint } = screen;
  const colour = { holds: paint.blue, depends: paint.magenta, refuted: paint.yellow, 'not run': paint.dim };
  const indent = ' '.repeat(19);
  const line = (row: ClaimRow) => {
    const verdict = colour[row.verdict](`${screen.claimGlyph(row.verdict)} ${padEnd(row.word, 8)}`);
    const text = screen.wrap(`${indent}${row.says}`, indent.length).slice(indent.length);
    const boundary =
      row.boundary === '' ? [] : [screen.wrap(`${indent}${paint.dim('turns:')} ${row.boundary}`, indent.length)];
    return [` ${padEnd(row.id, 5)} ${verdict}  ${text}`, ...boundary].join('\n');
  };
  const block = (heading: string, rows: readonly ClaimRow[]) =>
    rows.length === 0 ? [] : [screen.wrap(paint.bold(heading), 0), ...rows.map(line)];
  if (claims.observedHeading === '') return screen.wrap(`${claims.heading} ${claims.lede}`, 0);
  return [...block(claims.heading, claims.advice), '', ...block(claims.observedHeading, claims.observed)]
    .join('\n')
    .trimEnd();
}

function answerBlock({ answer }: ReportModel, screen: Screen): string {
  const { paint } = screen;
  const facts = (answer.pick?.facts ?? []).map(({ label, value }) => `   ${padEnd(label, 34)}${value}`);
  const exceptions = (answer.pick?.exceptions ?? []).map(({ label, value }) => screen.wrap(`   ${label}: ${value}`, 5));
  return [
    paint.bold(screen.wrap(`${answer.headline} ${answer.subline}`, 0)),
    ...answer.lede.map((text) => screen.wrap(text, 0)),
    ...(answer.pick ? [`   ${padEnd('Strategy', 34)}${answer.pick.spec}`] : []),
    ...facts,
    ...exceptions,
  ].join('\n');
}

/** Wraps at spaces; continuation lines are indented. No-break spaces hold. */
function wrapText(value: string, width: number, indent: number): string {
  const lead = /^ */.exec(value)?.[0] ?? '';
  const lines: string[] = [];
  let line = lead;
  for (const word of value.trim().split(' ')) {
    const joined = line.trim() === '' ? line + word : `${line} ${word}`;
    if (stringWidth(joined) > width && line.trim() !== '') {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else line = joined;
  }
  return [...lines, line].join('\n');
}
