/** The benchmark as Markdown. */
import type { Difficulty } from './difficulty.ts';
import type { RowSummary, Share } from './summary.ts';

/** Structure right, confident wrong, parts. */
export function accuracyTable(rows: readonly RowSummary[]): string {
  return table(
    [
      'row',
      'gateways',
      'all right',
      'limits right',
      'ambiguous',
      'outside',
      'missed',
      'wrong',
      'invented',
      'findings wrong',
      'hidden',
    ],
    rows.map(({ row, gateways, gatewaysRight, limitsRight, limitVerdicts, invented, wrongFindings, hidden }) => [
      row,
      `${gateways}`,
      shareText(gatewaysRight),
      shareText(limitsRight),
      `${limitVerdicts.ambiguous}`,
      `${limitVerdicts.outside}`,
      `${limitVerdicts.missed}`,
      `${limitVerdicts.wrong}`,
      `${invented}`,
      shareText(wrongFindings),
      `${hidden}`,
    ]),
  );
}

/** What of the observable limits is right, part by part. */
export function partsTable(rows: readonly RowSummary[]): string {
  return table(
    ['row', 'scope', 'routes', 'algorithm', 'counts', 'costs', 'integers exact', 'rate within 1 %', 'intervals cover'],
    rows.map(({ row, parts, rateWithin1Percent, coverage }) => [
      row,
      shareText(parts.scope),
      shareText(parts.routes),
      shareText(parts.family),
      shareText(parts.counts),
      shareText(parts.costs),
      shareText(parts.integers),
      shareText(rateWithin1Percent),
      shareText(coverage),
    ]),
  );
}

/** What it took. */
export function spendingTable(rows: readonly RowSummary[]): string {
  return table(
    [
      'row',
      'probes',
      '/ (3C+500), median',
      '/ (5C+500), 95th',
      'looking for more',
      'rejections',
      'penalties',
      'over budget',
      'cut short',
      'crashed',
      'gateway hours',
      '95th',
    ],
    rows.map((one) => [
      one.row,
      numberText(one.probes, 0),
      numberText(one.probesOver3C, 2),
      numberText(one.probesOver5C, 2),
      numberText(one.exclusionRequests, 0),
      numberText(one.rejections, 0),
      `${one.penalties}`,
      `${one.overBudget}`,
      `${one.incomplete}`,
      `${one.crashed.length}`,
      numberText(one.hours, 1),
      numberText(one.hours95, 1),
    ]),
  );
}

/** Discovery beside the baselines. */
export function baselineTable(rows: readonly RowSummary[]): string {
  return table(
    [
      'row',
      'method',
      'structure',
      'algorithm',
      'capacity within 5 %',
      'median error',
      'rate within 5 %',
      'median error',
    ],
    rows.flatMap(({ row, errors }) =>
      errors.map((one) => [
        row,
        one.method,
        shareText(one.structure),
        shareText(one.family),
        shareText(one.capacityNear),
        errorText(one.capacityLogError),
        shareText(one.sustainedNear),
        errorText(one.sustainedLogError),
      ]),
    ),
  );
}

/** By what makes it hard. */
export function difficultyTable(difficulties: readonly Difficulty[]): string {
  return table(
    ['by', 'kind', 'limits right'],
    difficulties.map(({ by, kind, right }) => [by, kind, shareText(right)]),
  );
}

/** Processor time per gateway, ms. */
export function processorTable(rows: readonly { readonly row: string; readonly cpuMs: readonly number[] }[]): string {
  return table(
    ['row', 'median', '95th percentile', 'most'],
    rows.map(({ row, cpuMs }) => {
      const sorted = cpuMs.toSorted((a, b) => a - b);
      const at = (p: number) => numberText(sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? null, 0);
      return [row, at(0.5), at(0.95), at(1)];
    }),
  );
}

/** `98.0 % (196/200; 95.0 to 99.5)` */
export function shareText({ hits, of, low, high }: Share): string {
  if (low === null || high === null) return '-';
  return `${((100 * hits) / of).toFixed(1)} % (${hits}/${of}; ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}

function numberText(value: number | null, digits: number): string {
  return value === null ? '-' : value.toFixed(digits);
}

/** A difference of logarithms as the factor that it is. */
function errorText(logError: number | null): string {
  if (logError === null) return 'no answer';
  const share = Math.expm1(logError);
  return share < 1 ? `${(100 * share).toFixed(share < 0.001 ? 3 : 1)} %` : `x ${(share + 1).toFixed(1)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
