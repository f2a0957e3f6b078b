/** Organizations by time: where the rejections fell. */
import type { Timeline } from '../../results/results.ts';
import { attemptOutcome, type TrialRecord } from '../../metrics/record.ts';
import { binCount, binWidth } from './bins.ts';

/** Most columns and most named rows of a heat map. */
const BINS_MAX = 60;
const ORGS_MAX = 40;

/** Rows by rejections, most first, ties by name; the rest is summed in the row `other`. */
export function heatOf(record: TrialRecord): Timeline['heat'] {
  const binMs = binWidth(record.endMs, BINS_MAX);
  const bins = binCount(record.endMs, binMs);
  const { attempts, senders } = record;
  const rowByOrg = new Map(senders.map(({ org }) => [org, new Float64Array(bins)]));
  const rowBySender = senders.map(({ org }) => rowByOrg.get(org)!);
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    if (attempts.outcome[attempt] !== attemptOutcome.rejected) continue;
    rowBySender[attempts.sender[attempt]!]![Math.floor(attempts.startMs[attempt]! / binMs)]! += 1;
  }
  const rows = [...rowByOrg]
    .map(([org, row]) => ({ org, row: [...row], total: row.reduce((sum, count) => sum + count, 0) }))
    .sort((a, b) => b.total - a.total || (a.org < b.org ? -1 : 1));
  const named = rows.slice(0, ORGS_MAX);
  const rest = rows.slice(ORGS_MAX);
  const other = Array.from({ length: bins }, (_, bin) => rest.reduce((sum, { row }) => sum + row[bin]!, 0));
  return {
    binMs,
    orgs: [...named.map(({ org }) => org), ...(rest.length > 0 ? ['other'] : [])],
    rejections: [...named.map(({ row }) => row), ...(rest.length > 0 ? [other] : [])],
  };
}
