/** The report of a load for a terminal. */
import stringWidth from 'string-width';
import type { Table } from '../shape.ts';
import { pad, padEnd, type Screen, screenFor, type TerminalOptions } from '../terminal.ts';
import type { LoadReport } from './shape.ts';

/** Rows of a table that a terminal is given; the files hold the rest. */
const ROWS_SHOWN = 12;

/** The whole report as text, ending in a line break. */
export function renderLoadTerminal(report: LoadReport, options: TerminalOptions): string {
  const screen = screenFor(options);
  const { paint, wrap } = screen;
  const label = Math.max(...report.facts.map((fact) => stringWidth(fact.label)));
  const blocks = [
    report.warnings.map((warning) => wrap(`${screen.text('⚠')} ${warning}`, 2)).join('\n'),
    wrap(report.provenance.map((fact) => `${fact.label} ${fact.value}`).join(' · '), 2),
    paint.bold(wrap(`${report.headline} ${report.subline}`, 0)),
    report.lede.map((text) => wrap(text, 0)).join('\n'),
    report.facts.map((fact) => `   ${padEnd(fact.label, label)}  ${screen.clean(fact.value)}`).join('\n'),
    ...[
      [report.latency.heading, report.latency.table] as const,
      ...(report.causes.table.rows.length === 0 ? [] : [[report.causes.heading, report.causes.table] as const]),
      ...(report.senders === null ? [] : [[report.senders.heading, report.senders.table] as const]),
    ].map(([heading, table]) => [paint.bold(wrap(heading, 0)), ...tableLines(table, screen)].join('\n')),
  ];
  return `${screen.text(blocks.filter(Boolean).join('\n\n'))}\n`;
}

function tableLines({ columns, rows }: Table, screen: Screen): string[] {
  const shown = [columns, ...rows.slice(0, ROWS_SHOWN).map((row) => row.map(screen.clean))];
  const widths = columns.map((_, column) => Math.max(...shown.map((row) => stringWidth(row[column] ?? ''))));
  const line = (row: readonly string[]) =>
    `   ${row.map((cell, column) => (column === 0 ? padEnd : pad)(cell, widths[column] ?? 0)).join('  ')}`.trimEnd();
  const more = rows.length > ROWS_SHOWN ? [screen.paint.dim(`   and ${rows.length - ROWS_SHOWN} more`)] : [];
  const [head = '', ...lines] = shown.map(line);
  return [screen.paint.dim(head), ...lines, ...more];
}
