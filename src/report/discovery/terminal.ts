/** The summary of a discovery for a terminal. */
import type { DiscoveryResults } from '../../results/discovery-results.ts';
import { type Screen, screenFor, type TerminalOptions } from '../terminal.ts';
import { buildDiscoveryReport } from './model.ts';
import type { DiscoveryReport, LimitPart } from './shape.ts';

/** Entries of a list that a terminal is given; the files hold the rest. */
const SHOWN = 12;

/** A screen of 100 columns without colours. */
const PLAIN: TerminalOptions = { columns: 100, colour: false, unicode: true };

/** The whole summary as text, ending in a line break: limits with intervals, what is not known, how far was looked, what was spent, what to do. */
export function renderDiscoveryTerminal(results: DiscoveryResults, options: TerminalOptions = PLAIN): string {
  const report = buildDiscoveryReport(results);
  const screen = screenFor(options);
  const { paint, wrap } = screen;
  const blocks = [
    report.warnings.map((warning) => wrap(`${screen.text('⚠')} ${warning}`, 2)).join('\n'),
    wrap(report.provenance.map(({ label, value }) => `${label} ${value}`).join(' · '), 2),
    paint.bold(wrap(`${report.headline} ${report.subline}`.trim(), 0)),
    shortened(report.limits, (limit) => limitLines(limit, options, screen), screen),
    listed('Not known', unknownLines(report), screen),
    listed('Looked for more, found none', exclusionLines(report), screen),
    listed('Disturbance', report.noise, screen),
    listed('Spent', report.lede, screen),
    listed('Verified', report.verification, screen),
    strategyLines(report, screen),
    listed('Next', report.next, screen),
  ];
  return `${screen.text(blocks.filter(Boolean).join('\n\n'))}\n`;
}

function limitLines(limit: LimitPart, { unicode }: TerminalOptions, { paint, wrap, clean }: Screen): string {
  const glyph = limit.found ? (unicode ? '●' : '*') : '?';
  const name = `${glyph} ${clean(limit.name)}`;
  return [
    (limit.found ? paint.bold : paint.magenta)(name),
    wrap(`  ${limit.line}`, 2),
    ...(limit.doubt === '' ? [] : [paint.magenta(wrap(`  ${limit.doubt}`, 2))]),
    ...limit.alternatives.slice(0, SHOWN).map((text) => wrap(`    or ${text}`, 7)),
  ].join('\n');
}

function unknownLines({ unknown }: DiscoveryReport): string[] {
  return unknown.table.rows.map(([what = '', kind = '', why = '']) => `${what}: ${kind}; ${why}`);
}

function exclusionLines({ exclusions }: DiscoveryReport): string[] {
  return exclusions.table.rows.map(
    ([identities = '', routes = '', requests = '', within = '']) =>
      `${requests} requests within ${within}, as ${identities}, on ${routes}`,
  );
}

function strategyLines({ strategies }: DiscoveryReport, { paint, wrap, clean }: Screen): string {
  const lines = strategies.map(({ spec, why }) => [`   ${clean(spec)}`, wrap(`     ${why}`, 5)].join('\n'));
  return [paint.bold('Strategies for it'), ...lines].join('\n');
}

function listed(heading: string, lines: readonly string[], screen: Screen): string {
  if (lines.length === 0) return '';
  return `${screen.paint.bold(heading)}\n${shortened(lines, (line) => screen.wrap(`   ${line}`, 5), screen)}`;
}

function shortened<T>(entries: readonly T[], show: (entry: T) => string, { paint }: Screen): string {
  const more = entries.length > SHOWN ? [paint.dim(`   and ${entries.length - SHOWN} more`)] : [];
  return [...entries.slice(0, SHOWN).map(show), ...more].join('\n');
}
