/** The report of a load as GitHub-flavoured Markdown. */
import { table as markdownTable, text } from '../markdown.ts';
import type { Table } from '../shape.ts';
import type { LoadReport } from './shape.ts';

/** The whole report. Charts are referred to as `charts/<chart>.png`. */
export function renderLoadMarkdown(report: LoadReport): string {
  const figure = (name: string, { heading, note, table }: LoadReport['overTime'] | LoadReport['latency']) => [
    `## ${text(heading)}`,
    `![${text(heading)}](charts/${name}.png)`,
    text(note),
    folded('As a table', table),
  ];
  return `${[
    `# ${text(`${report.headline} ${report.subline}`)}`,
    ...report.lede.map(text),
    ...report.warnings.map((warning) => `> **Note:** ${text(warning)}`),
    report.facts.map(({ label, value }) => `- ${text(label)}: **${text(value)}**`).join('\n'),
    ...figure('over-time', report.overTime),
    ...figure('latency', report.latency),
    `## ${text(report.causes.heading)}`,
    plain(report.causes.table),
    ...(report.senders === null ? [] : [`## ${text(report.senders.heading)}`, folded('Senders', report.senders.table)]),
    '## How it was measured',
    report.method.map((line) => `- ${text(line)}`).join('\n'),
    report.provenance.map(({ label, value }) => `${text(label)} ${text(value)}`).join(' · '),
  ]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}

function plain({ columns, rows }: Table): string {
  if (rows.length === 0) return '';
  return markdownTable(
    columns,
    rows.map((row) => row.map(text)),
    [0],
  );
}

function folded(summary: string, table: Table): string {
  return `<details><summary>${summary}</summary>\n\n${plain(table)}\n\n</details>`;
}
