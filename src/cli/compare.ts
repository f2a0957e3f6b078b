/** `ratelab compare`: what changed between two results files. */
import type { Command } from 'commander';
import { formatDifference, formatInterval } from '../wording/format.ts';
import type { SuiteResults } from '../results/results.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { type CellComparison, type Change, compareSuites } from './comparison.ts';
import { readResults } from './files.ts';
import type { CommandContext } from './program.ts';
import { textTable } from './table.ts';

/** Options and action. */
export function setUpCompare(command: Command, { io }: CommandContext): void {
  command.option('--json', 'as JSON').action(async (pathA: string, pathB: string, options: { json?: boolean }) => {
    const [a, b] = [await readResults(pathA, io.cwd), await readResults(pathB, io.cwd)];
    const cells = compareSuites(a, b);
    const identical = a.digest === b.digest;
    const modes = { a: a.mode, b: b.mode };
    io.stdout.write(
      options.json ? canonicalJson({ identical, modes, cells }) : comparisonText(cells, identical) + modesText(modes),
    );
  });
}

/** The comparison for people. */
export function comparisonText(cells: readonly CellComparison[], identical: boolean): string {
  const tally = (status: CellComparison['status']) => cells.filter((cell) => cell.status === status).length;
  const counts = `${tally('identical')} identical, ${tally('compared')} changed, ${tally('not comparable')} not comparable`;
  if (identical) return `Identical: the digests of all trials are equal (${counts}).\n`;
  const changed = cells.filter(({ status }) => status !== 'identical');
  const head = ['scenario', 'strategy', 'makespan', 'wasted calls', 'seeds', ''];
  const rows = changed.map((cell) => [
    cell.scenario,
    cell.strategy,
    relative(cell.makespan),
    points(cell.wastedShare),
    cell.status === 'compared' ? String(cell.seeds) : '',
    remark(cell),
  ]);
  return `${counts}\n\n${textTable([head, ...rows], [4])}\nChange from the first file to the second, paired by seed; 95 % intervals, each for its cell alone.\n`;
}

/** What has to be known when the two are of different kinds; '' when they are not. */
function modesText({ a, b }: { readonly a: SuiteResults['mode']; readonly b: SuiteResults['mode'] }): string {
  if (a === b) return '';
  const words = { virtual: 'in virtual time', wire: 'over real HTTP' };
  return `The first file was made ${words[a]}, the second ${words[b]}: a change may come from that alone (docs/fidelity.md).\n`;
}

function relative(change: Change | null): string {
  if (change === null) return '';
  const { estimate, interval } = change;
  return `${formatDifference(estimate)}${interval === null ? '' : ` ${formatInterval(interval.low, interval.high)}`}`;
}

function points(change: Change | null): string {
  if (change === null) return '';
  const text = (share: number) => {
    const fixed = (share * 100).toFixed(1);
    return Number(fixed) === 0 ? '0.0' : share > 0 ? `+${fixed}` : fixed.replace('-', '\u2212');
  };
  const { estimate, interval } = change;
  return `${text(estimate)} points${interval === null ? '' : ` [${text(interval.low)}, ${text(interval.high)}]`}`;
}

function remark({ reason, failed }: CellComparison): string {
  if (reason !== '') return `not comparable: ${reason}`;
  return failed.a + failed.b === 0 ? '' : `failed trials: ${failed.a} before, ${failed.b} after`;
}
