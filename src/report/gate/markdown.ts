/** The gate as Markdown, for a pull request or a step summary. */
import { formatCheck, formatChange, formatTolerance, formatValues } from '../../gate/format-value.ts';
import { type Check, type GateResult, tally, worstFirst } from '../../gate/verdict.ts';
import { code, table, text } from '../markdown.ts';

/** GitHub takes 1 MiB a step; other steps write, too. In UTF-8 bytes. */
const BYTES_MAX = 900 * 1024;
/** Lets a bot find its own comment again. */
const MARKER = '<!-- ratelab-gate -->';

/** The summary. One line when all is identical; never longer than 900 KiB. */
export function renderGateMarkdown(result: GateResult, bytesMax: number = BYTES_MAX): string {
  const { checks, remarks, next } = result;
  const head = `${MARKER}\n**${text(result.headline)}**\n`;
  const allIdentical = checks.length > 0 && tally(checks).identical === checks.length;
  if (allIdentical && remarks.length === 0) return head;
  const sorted = worstFirst(checks);
  const quiet = (check: Check) => check.verdict === 'identical' || check.verdict === 'within limits';
  const changed = sorted.filter((check) => !quiet(check));
  const rest = sorted.filter(quiet);
  const blocks = [
    head,
    remarks.map((remark) => `- **${remark.name}**: ${text(remark.text)}\n`).join(''),
    changed.length === 0 ? '' : changedTable(changed),
    next === '' ? '' : `Next: ${code(next)}\n`,
    rest.length === 0 ? '' : details(rest),
  ];
  return capped(blocks.filter(Boolean).join('\n'), bytesMax);
}

function changedTable(checks: readonly Check[]): string {
  const rows = checks.map((check) => [
    check.level === 'warn' ? `${check.verdict} (warn)` : check.verdict,
    text(check.scenario),
    code(check.strategy),
    check.metric,
    formatValues(check),
    formatChange(check),
    formatTolerance(check),
    text(check.reason),
  ]);
  return table(
    ['verdict', 'scenario', 'strategy', 'metric', 'before → now', 'change', 'limit', 'why'],
    rows,
    [0, 1, 2, 3, 7],
  );
}

function details(checks: readonly Check[]): string {
  const lines = checks.map((check) => {
    const told = formatCheck(check);
    return `- ${code(`${check.scenario}/${check.strategy}/${check.metric}`)}: ${check.verdict}${told === '' ? '' : `, ${text(told)}`}`;
  });
  return `<details><summary>${checks.length} within limits or identical</summary>\n\n${lines.join('\n')}\n\n</details>\n`;
}

/** Cut at a line's end, and said. */
function capped(markdown: string, bytesMax: number): string {
  const bytes = Buffer.from(markdown);
  if (bytes.length <= bytesMax) return markdown;
  const notice = `\n\n**Cut at ${Math.floor(bytesMax / 1024)} KiB: the rest stands in the JSON and JUnit outputs.**\n`;
  const room = bytesMax - Buffer.byteLength(notice);
  const kept = bytes.subarray(0, bytes.lastIndexOf('\n', room - 1) + 1).toString();
  const close = kept.includes('<details>') && !kept.includes('</details>') ? '\n</details>' : '';
  return `${close === '' ? kept : kept.slice(0, kept.lastIndexOf('\n', kept.length - 14) + 1)}${close}${notice}`;
}
