/** The report of a discovery as GitHub-flavoured Markdown. */
import type { DiscoveryResults } from '../../results/discovery-results.ts';
import { code, table as markdownTable, text } from '../markdown.ts';
import type { Fact, Table } from '../shape.ts';
import { buildDiscoveryReport } from './model.ts';
import type { LimitPart } from './shape.ts';

/** The whole report; it refers to no other file. */
export function renderDiscoveryMarkdown(results: DiscoveryResults): string {
  const report = buildDiscoveryReport(results);
  return `${[
    `# ${text(`${report.headline} ${report.subline}`.trim())}`,
    ...report.lede.map(text),
    ...report.warnings.map((warning) => `> **Note:** ${text(warning)}`),
    factList(report.facts),
    ...report.limits.flatMap(limitBlocks),
    '## Not known',
    text(report.unknown.heading),
    plain(report.unknown.table, [0, 1, 2]),
    '## How far was looked',
    text(report.exclusions.heading),
    plain(report.exclusions.table, [0, 1]),
    '## Disturbance',
    list(report.noise),
    '## Verification',
    list(report.verification),
    '## Strategies for it',
    report.strategies.map(({ spec, why }) => `- ${code(spec)}: ${text(why)}`).join('\n'),
    '## What to do next',
    list(report.next),
    `<details><summary>The policy</summary>\n\n${fenced(report.policy)}\n\n</details>`,
    '## How it was found',
    list(report.method),
    report.provenance.map(({ label, value }) => `${text(label)} ${text(value)}`).join(' · '),
  ]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}

function limitBlocks(limit: LimitPart): string[] {
  return [
    `## ${text(limit.name)}${limit.found ? '' : ' (ambiguous)'}`,
    `**${text(limit.sentence)}**`,
    text(limit.doubt),
    list(limit.alternatives),
    plain(limit.numbers),
    factList(limit.facts),
    ...[limit.staircase, limit.recovery, limit.interference].flatMap((figure) =>
      figure === null ? [] : [folded(figure.heading, figure.table)],
    ),
  ];
}

function factList(facts: readonly Fact[]): string {
  return facts.map(({ label, value }) => `- ${text(label)}: **${text(value)}**`).join('\n');
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${text(line)}`).join('\n');
}

function plain({ columns, rows }: Table, left: readonly number[] = [0]): string {
  if (rows.length === 0) return '';
  return markdownTable(
    columns.map(text),
    rows.map((row) => row.map(text)),
    left,
  );
}

function folded(summary: string, table: Table): string {
  return `<details><summary>${text(summary)}</summary>\n\n${plain(table, [0, 1, 2])}\n\n</details>`;
}

/** A block of code that its content cannot leave. */
function fenced(content: string): string {
  const fence = '`'.repeat(Math.max(3, ...(content.match(/`+/g) ?? []).map(({ length }) => length + 1)));
  return `${fence}json\n${content}\n${fence}`;
}
