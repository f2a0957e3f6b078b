/** The report as GitHub-flavoured Markdown: deterministic and diffable, so that its diff is the change in behaviour. */
import { classWords, claimWords } from './sections/words.ts';
import type { ClaimRow, Matrix, RankRow, ReportModel, ScenarioSection, Table } from './shape.ts';

/** Most UTF-8 bytes of a report; GitHub cuts step summaries at 1 MiB. */
const bytesMax = 900 * 1024;

/** The whole report, at most 900 KiB. Charts are referred to as `charts/<scenario>-<chart>.png`. */
export function renderMarkdown(model: ReportModel): string {
  const full = compose(model, true);
  if (Buffer.byteLength(full) <= bytesMax) return full;
  const brief = compose(model, false);
  if (Buffer.byteLength(brief) <= bytesMax) return brief;
  return `${Buffer.from(brief)
    .subarray(0, bytesMax - 200)
    .toString('utf8')
    .replace(/[^\n]*$/, '')}\n*Cut at 900 KiB; the HTML report holds everything.*\n`;
}

function compose(model: ReportModel, withTables: boolean): string {
  return `${[
    `# ${text(`${model.answer.headline} ${model.answer.subline}`)}`,
    ...model.answer.lede.map(text),
    ...pickLines(model),
    `*${text(model.masthead.caution)}*`,
    ...model.masthead.warnings.map((warning) => `> **Note:** ${text(warning)}`),
    '## The answer, scenario by scenario',
    matrixTable(model.answer.matrix),
    model.answer.matrix.legend.map((entry) => `${classWords[entry.class].glyph} ${text(entry.word)}`).join(' · '),
    text(model.answer.matrix.note),
    '## What the threads say, tested',
    `### ${text(model.claims.heading)}`,
    ...(model.claims.observedHeading === ''
      ? [text(model.claims.lede)]
      : [
          claimTable(model.claims.advice),
          `### ${text(model.claims.observedHeading)}`,
          claimTable(model.claims.observed),
        ]),
    text(model.claims.note),
    ...model.scenarios.flatMap((scenario) => scenarioLines(scenario, withTables)),
    ...methodLines(model),
  ]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
}

function pickLines({ answer: { pick } }: ReportModel): string[] {
  if (!pick) return [];
  const facts = [
    `- Strategy: ${code(pick.spec)}`,
    ...pick.facts.map(({ label, value }) => `- ${text(label)}: **${text(value)}**`),
  ];
  return [[...facts, ...pick.exceptions.map(({ label, value }) => `- ${text(label)}: ${text(value)}`)].join('\n')];
}

function matrixTable(matrix: Matrix): string {
  const head = ['Strategy', ...matrix.scenarios.map(({ name, lowest }) => `${name}<br>${lowest}`), 'Worst-case regret'];
  const rows = matrix.groups.flatMap(({ label, rows }) => [
    [`*${text(label)}*`, ...head.slice(1).map(() => '')],
    ...rows.map((row) => [
      row.isPick ? `**${text(row.title)}**` : text(row.title),
      ...row.cells.map((cell) =>
        cell.class === 'none'
          ? classWords.none.glyph
          : `${classWords[cell.class].glyph} ${text(cell.text)}<br>${text(cell.note)}`,
      ),
      row.regret.note === '' ? text(row.regret.text) : `${text(row.regret.text)}<br>${text(row.regret.note)}`,
    ]),
  ]);
  return table(head, rows, [0]);
}

function claimTable(rows: readonly ClaimRow[]): string {
  if (rows.length === 0) return '';
  return table(
    ['Claim', 'The thread says', 'Verdict', 'Evidence'],
    rows.map((row) => [
      `${row.id} ${row.kind}`,
      `${text(row.says)}<br>*${row.scenario}*`,
      `${claimWords[row.verdict].glyph} **${row.word}**`,
      [
        text(row.evidence),
        row.boundary && `Turns: ${text(row.boundary)}.`,
        row.bars.map((bar) => `${text(bar.label)} ${text(bar.text)}`).join(', '),
        row.restsOn && `*${text(row.restsOn)}*`,
      ]
        .filter(Boolean)
        .join('<br>'),
    ]),
    [0, 1, 2, 3],
  );
}

function scenarioLines(scenario: ScenarioSection, withTables: boolean): string[] {
  const chart = (name: string, heading: string) => `![${text(heading)}](charts/${scenario.name}-${name}.png)`;
  const details = (summary: string, body: Table) =>
    withTables
      ? `<details><summary>${text(summary)}</summary>\n\n${table(
          body.columns,
          body.rows.map((row) => row.map(text)),
          [0],
        )}\n\n</details>`
      : '';
  return [
    `## ${scenario.name}: ${text(scenario.title)}`,
    [...scenario.facts, scenario.lowerBound].map(text).join(' · '),
    scenario.says.map((line) => `> ${text(line)}`).join('\n>\n'),
    `### ${text(scenario.ranking.heading)}`,
    rankTable(scenario),
    text(scenario.ranking.note),
    ...scenario.open.map(({ text: line, command }) => `${text(line)}${command === '' ? '' : ` ${code(command)}`}`),
    ...heldLines(scenario),
    `#### ${text(scenario.forest.heading)}`,
    chart('forest', scenario.forest.heading),
    `#### ${text(scenario.scatter.heading)}`,
    chart('scatter', scenario.scatter.heading),
    `#### ${text(scenario.ecdf.heading)}`,
    chart('ecdf', scenario.ecdf.heading),
    scenario.ecdf.table ? details('Waits as a table, medians over the seeds', scenario.ecdf.table) : '',
    `#### ${text(scenario.time.heading)}`,
    table(
      ['Strategy', 'Mean wait', ...scenario.time.parts],
      scenario.time.rows.map((row) => [text(row.title), row.total, ...row.texts]),
      [0],
    ),
    `#### ${text(scenario.causes.heading)}`,
    causeTable(scenario),
    ...laneLines(scenario, withTables),
    ...heatLines(scenario),
    policyLines(scenario),
  ];
}

function rankTable({ ranking }: ScenarioSection): string {
  const line = (row: RankRow) => [
    `${classWords[row.class].glyph} ${row.isPick ? `**${text(row.title)}**` : text(row.title)}`,
    row.makespan,
    [row.difference, row.interval].filter(Boolean).join(' '),
    row.boundRatio,
    row.rejected,
    row.refused,
    row.waitP95,
    row.worstOrg,
  ];
  const rows = ranking.groups.flatMap(({ label, rows }) => [
    [`*${text(label)}*`, '', '', '', '', '', '', ''],
    ...rows.map(line),
  ]);
  return table(
    ['Strategy', 'Makespan', 'Against lowest [95\u00A0%]', '× bound', '429s', 'Refused', 'p95 wait', 'Worst org'],
    rows,
    [0],
  );
}

function heldLines({ held }: ScenarioSection): string[] {
  if (!held) return [];
  const rows = held.table.rows.map((row) => row.map(text));
  return [
    `### ${text(held.heading)}`,
    text(held.note),
    table(held.table.columns.map(text), rows, [0, 1]),
    held.remarks.map(({ label, value }) => `- *${text(label)}*: ${text(value)}`).join('\n'),
    `Source: ${text(held.source)}`,
  ];
}

function causeTable({ causes }: ScenarioSection): string {
  if (causes.causes.length === 0) return '';
  return table(
    ['Cause', 'Source', ...causes.rows.map(({ title }) => text(title))],
    causes.causes.map((cause, index) => [
      text(cause.name),
      cause.source,
      ...causes.rows.map((row) => row.texts[index] ?? ''),
    ]),
    [0, 1],
  );
}

function laneLines({ name, lanes }: ScenarioSection, withTables: boolean): string[] {
  if (!lanes) return [];
  const pictures = lanes.runs.map(
    (run, index) =>
      `**${text(run.title)}**, ${text(run.note)}\n\n![${text(run.title)} over time](charts/${name}-lanes-${index + 1}.png)`,
  );
  const rows = lanes.table.rows.map((row) => row.map(text));
  const body = withTables
    ? `<details><summary>Timeline as a table</summary>\n\n${table(lanes.table.columns.map(text), rows, [0])}\n\n</details>`
    : '';
  return [`#### ${text(lanes.heading)}`, ...pictures, body];
}

function heatLines({ heat }: ScenarioSection): string[] {
  if (!heat) return [];
  const shade = ' ░▒▓█'.split('');
  const most = heat.steps.at(-1) ?? 1;
  const cell = (count: number) => (count === 0 ? shade[0] : shade[Math.min(4, 1 + Math.floor((3.999 * count) / most))]);
  const width = Math.min(24, Math.max(...heat.runs.flatMap(({ rows }) => rows.map(({ org }) => org.length))));
  const maps = heat.runs.map(({ title, rows }) =>
    [
      title,
      ...rows
        .slice(0, 10)
        .map(({ org, counts, total }) => `${org.slice(0, width).padEnd(width)} ${counts.map(cell).join('')} ${total}`),
    ].join('\n'),
  );
  return [`#### ${text(heat.heading)}`, `\`\`\`text\n${maps.join('\n\n').replaceAll('`', "'")}\n\`\`\``];
}

function policyLines({ policy }: ScenarioSection): string {
  const lines = policy.nodes.flatMap((node) => [
    `- **${text(node.name)}**${node.binds ? ' (binds)' : ''}${node.source === '' ? '' : ` [${node.source}]`}: ${node.details.map(text).join('; ')}`,
    ...node.children.map((child) => `  - ${[child.name, ...child.details].map(text).join(': ')}`),
  ]);
  return `<details><summary>Limits in this model, and where each comes from</summary>\n\n${lines.join('\n')}\n\n</details>`;
}

function methodLines({ method, masthead }: ReportModel): string[] {
  const list = (lines: readonly string[]) => lines.map((line) => `- ${text(line)}`).join('\n');
  return [
    '## Method and replay',
    list(method.computed),
    list(method.verdict),
    method.replay.map((entry) => `${text(entry.text)}:\n\n\`\`\`sh\n${entry.command}\n\`\`\``).join('\n\n'),
    '### What this cannot tell you',
    list(method.limits),
    '### Words',
    method.glossary.map(({ label, value }) => `- **${text(label)}**: ${text(value)}`).join('\n'),
    masthead.facts.map(({ label, value }) => `${text(label)} ${text(value)}`).join(' · '),
  ];
}

/** A table; columns not in `left` are right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], left: readonly number[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (left.includes(index) ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );
}

/** Names and sentences come from strangers' files: nothing in them may become markup. */
export function text(value: string): string {
  return value
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|~#]/g, '\\$&');
}

/** Inline code that its content cannot leave. */
export function code(value: string): string {
  const fence = '`'.repeat(Math.max(0, ...(value.match(/`+/g) ?? []).map(({ length }) => length)) + 1);
  const space = fence.length > 1 ? ' ' : '';
  return `${fence}${space}${value.replace(/[\r\n|]+/g, ' ')}${space}${fence}`;
}
