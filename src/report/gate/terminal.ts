/** The gate for a terminal: the verdict, what has to be said about the run, the checks that are not as before, what to type next. */
import { formatCheck } from '../../gate/format-value.ts';
import { type Check, type CheckVerdict, type GateResult, worstFirst } from '../../gate/verdict.ts';
import { padEnd, type Screen, screenFor, type TerminalOptions } from '../terminal.ts';
import stringWidth from 'string-width';

/** Checks shown; the rest are counted. */
const CHECKS_SHOWN = 40;

const GLYPHS: Readonly<Record<CheckVerdict, readonly [unicode: string, ascii: string]>> = {
  regressed: ['✗', 'x'],
  missing: ['?', '?'],
  'not comparable': ['≠', '#'],
  unsure: ['~', '~'],
  improved: ['↓', '+'],
  'within limits': ['✓', 'v'],
  identical: ['=', '='],
};

/** The result as text, ending in a line break. `quiet`: the verdict alone. */
export function renderGateTerminal(result: GateResult, options: TerminalOptions & { readonly quiet: boolean }): string {
  const screen = screenFor(options);
  const headline = screen.paint.bold(screen.text(screen.clean(result.headline)));
  if (options.quiet) return `${headline}\n`;
  const shown = worstFirst(result.checks).filter(({ verdict }) => verdict !== 'identical');
  const checks = shown.filter(({ verdict }) => verdict !== 'within limits');
  const lines = [
    headline,
    ...result.remarks.map(({ name, text }) => screen.text(screen.wrap(`  ${name}: ${text}`, 4))),
    ...checkLines(checks.slice(0, CHECKS_SHOWN), screen, options.unicode),
    ...(checks.length > CHECKS_SHOWN ? [`  and ${checks.length - CHECKS_SHOWN} more`] : []),
    ...(result.next === '' ? [] : [`Next: ${screen.clean(result.next)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function checkLines(checks: readonly Check[], screen: Screen, unicode: boolean): string[] {
  const rows = grouped(checks);
  const names = rows.map(({ scenario, strategy, metrics }) => screen.clean(`${scenario} / ${strategy} / ${metrics}`));
  const width = Math.min(56, Math.max(0, ...names.map((name) => stringWidth(name))));
  return rows.flatMap((check, index) => {
    const glyph = GLYPHS[check.verdict][unicode ? 0 : 1];
    const word = `${check.verdict}${check.level === 'warn' ? ' (warn)' : ''}`;
    const name = padEnd(names[index] ?? '', width);
    const head = ` ${glyph} ${name}  ${check.verdict === 'regressed' ? screen.paint.bold(word) : word}`;
    const told = formatCheck(check);
    return told === '' ? [head] : [head, screen.text(screen.wrap(`     ${told}`, 5))];
  });
}

/** What a whole cell shares (a file that is gone, another policy) is told once. */
function grouped(checks: readonly Check[]): (Check & { readonly metrics: string })[] {
  const rows: (Check & { metrics: string; count: number })[] = [];
  for (const check of checks) {
    const last = rows.at(-1);
    const shared = check.verdict === 'missing' || check.verdict === 'not comparable';
    const fits = last !== undefined && KEYS.every((key) => last[key] === check[key]);
    if (shared && fits) last.metrics = `${(last.count += 1)} checks`;
    else rows.push({ ...check, metrics: check.metric, count: 1 });
  }
  return rows;
}

const KEYS = ['scenario', 'strategy', 'verdict', 'level', 'reason'] as const satisfies readonly (keyof Check)[];
