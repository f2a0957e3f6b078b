/** What the report of a load says: one pure model behind terminal, Markdown and HTML. */
import type { LoadQuantiles, LoadResults } from '../../results/load-results.ts';
import { formatCount, formatDuration, formatShare } from '../../wording/format.ts';
import type { Fact, Table } from '../shape.ts';
import { causesFigure, overTimeData, secondsTable } from './over-time.ts';
import type { LoadReport } from './shape.ts';
import { formatLatency, perSecond } from './words.ts';

/** Most senders shown. */
const SENDERS_SHOWN = 60;

/** Makes the model. Pure: the same results give the same model. */
export function buildLoadReport(results: LoadResults): LoadReport {
  const { counts, firstRejection: first } = results;
  const headline =
    first === null ? 'No request was rejected' : `The first rejection came at request ${formatCount(first.request)}`;
  const subline =
    first === null
      ? `in ${formatCount(counts.sent)} requests${counts.other > 0 ? `, but ${formatCount(counts.other)} met another error` : ''}.`
      : `after ${formatDuration(first.atMs)}, at ${perSecond(first.sentPerSecond)}.`;
  return {
    title: `ratelab load: ${headline} ${subline}`,
    headline,
    subline,
    lede: [share(results), waits(results)],
    provenance: provenance(results),
    warnings: warnings(results),
    facts: facts(results),
    overTime: {
      heading: overTimeHeading(results),
      note: `Answers per second by what became of them; below, the latency from when requests were ${dueWord(results)}. ${causesNote(results)}`,
      data: overTimeData(results),
      table: secondsTable(results),
    },
    latency: {
      heading: latencyHeading(results),
      note: 'Answers by latency, both axes stretched: logarithmic across, square root up, so that a few slow answers stay visible.',
      data: { ...results.histogram, model: results.model, p99Ms: results.latency.intended.all.p99Ms },
      table: latencyTable(results),
    },
    causes: causesFigure(results),
    senders: sendersFigure(results),
    method: method(results),
  };
}

function dueWord({ model }: LoadResults): string {
  return model === 'open' ? 'due' : 'sent';
}

function share({ counts, ranMs }: LoadResults): string {
  const answered = counts.admitted + counts.rejected + counts.other;
  const parts = [
    `${formatCount(counts.admitted)} admitted`,
    `${formatCount(counts.rejected)} rejected (${formatShare(answered === 0 ? null : counts.rejected / answered)} of the answers)`,
    ...(counts.other > 0 ? [`${formatCount(counts.other)} answered with another error`] : []),
    ...(counts.timeouts > 0 ? [`${formatCount(counts.timeouts)} timed out`] : []),
    ...(counts.errors > 0 ? [`${formatCount(counts.errors)} lost with their connection`] : []),
  ];
  return `${formatCount(counts.sent)} requests in ${formatDuration(ranMs)}: ${parts.join(', ')}.`;
}

function waits(results: LoadResults): string {
  const { intended, sent } = results.latency;
  if (intended.all.count === 0) return 'Nothing was answered.';
  const from = (of: LoadQuantiles) =>
    of.p99Ms === null
      ? `half of the answers came within ${formatLatency(of.p50Ms)}, the last within ${formatLatency(of.maxMs)}`
      : `half of the answers came within ${formatLatency(of.p50Ms)}, 99\u00A0% within ${formatLatency(of.p99Ms)}`;
  if (results.model === 'closed') return `From the sending, ${from(sent.all)}.`;
  const alike = (of: LoadQuantiles) => of.p99Ms ?? of.maxMs ?? 0;
  const other = alike(intended.all) > alike(sent.all) * 1.25 ? ` Counted from the sending, ${from(sent.all)}.` : '';
  return `From when requests were due, ${from(intended.all)}.${other}`;
}

function provenance({ target, request, model, options, tool }: LoadResults): Fact[] {
  const { rate } = options;
  const offered =
    rate === null
      ? ''
      : rate.steps === 1
        ? `, ${perSecond(rate.fromPerSecond)}`
        : `, ${formatCount(rate.fromPerSecond)} to ${perSecond(rate.toPerSecond)} in ${rate.steps} steps`;
  return [
    { label: target.kind, value: target.name },
    { label: 'request', value: `${request.method} ${request.path}` },
    { label: 'model', value: `${model}${offered}` },
    { label: 'connections', value: `${options.connections}, pipelining ${options.pipelining}` },
    { label: 'budget', value: `${formatCount(options.requestsMax)} requests, ${formatDuration(options.durationMs)}` },
    { label: 'ratelab', value: tool.version },
  ];
}

function warnings({ complete, counts, options, ranMs, model, latency }: LoadResults): string[] {
  const { unsent, unanswered, timeouts, errors } = counts;
  const spent = counts.sent === options.requestsMax && ranMs < options.durationMs;
  const lost = timeouts + errors + unanswered;
  return [
    ...(complete ? [] : ['The load was interrupted: this is what was done until then.']),
    ...(unsent > 0
      ? [
          `${formatCount(unsent)} requests that were due were never sent: no place was free on any of ${options.connections} connections. Their waits are missing from the latencies.`,
        ]
      : []),
    ...(lost > 0 ? [`${formatCount(lost)} requests have no answer; the latencies are those of the others.`] : []),
    ...(isLate(latency)
      ? [
          `The load itself was late: one request in a hundred was sent ${formatLatency(latency.late.p99Ms)} or more after it was due, though a connection was free. This machine is too busy for this rate; the latencies from the due time hold its own delay.`,
        ]
      : []),
    ...(spent ? [`The budget of ${formatCount(options.requestsMax)} requests was spent before the time was.`] : []),
    ...(model === 'closed'
      ? [
          'In the closed model a slow answer delays the next request: waits that users would have had are not seen. --rate drives by a timetable.',
        ]
      : []),
  ];
}

/** Whether the load's own delay is a good part of what it measured. */
function isLate({ late, intended }: LoadResults['latency']): boolean {
  const lateMs = late.p99Ms ?? 0;
  return lateMs > 2 && lateMs > (intended.all.p99Ms ?? 0) / 10;
}

function facts({ counts, ranMs, firstRejection: first, retryAfter }: LoadResults): Fact[] {
  const seconds = Math.max(ranMs, 1) / 1000;
  const answered = counts.admitted + counts.rejected + counts.other;
  return [
    { label: 'Sent', value: formatCount(counts.sent) },
    { label: 'Answered per second', value: formatCount(answered / seconds) },
    { label: 'Admitted per second', value: formatCount(counts.admitted / seconds) },
    ...(first === null
      ? []
      : [
          { label: 'First rejection at request', value: formatCount(first.request) },
          { label: 'after', value: formatDuration(first.atMs) },
          { label: 'sent in the second before', value: formatCount(first.sentPerSecond) },
        ]),
    ...(first === null || first.offeredPerSecond === null
      ? []
      : [{ label: 'offered per second then', value: formatCount(first.offeredPerSecond) }]),
    ...(retryAfter === null
      ? []
      : [
          {
            label: 'Retry-After least, median, most',
            value: [retryAfter.minMs, retryAfter.medianMs, retryAfter.maxMs].map(formatDuration).join(', '),
          },
        ]),
    ...Object.entries(counts.byStatus).map(([status, count]) => ({
      label: `Status ${status}`,
      value: formatCount(count),
    })),
  ];
}

function overTimeHeading({ counts, firstRejection: first, model, options }: LoadResults): string {
  if (first === null && counts.admitted + counts.other === 0) return 'Nothing was answered.';
  if (first === null && counts.other > 0)
    return `${formatCount(counts.other)} of ${formatCount(counts.admitted + counts.other)} answers were errors, but none was a rejection.`;
  if (first === null) return 'Everything that was answered was let through, all the time.';
  const offered =
    model === 'open' && first.offeredPerSecond !== null && options.rate !== null && options.rate.steps > 1
      ? `, when ${perSecond(first.offeredPerSecond)} were offered`
      : '';
  return `Rejections begin ${formatDuration(first.atMs)} after the start${offered}.`;
}

function latencyHeading(results: LoadResults): string {
  const { intended, sent } = results.latency;
  if (intended.all.count === 0) return 'There are no latencies.';
  if (results.model === 'closed') return `The slowest answer took ${formatLatency(sent.all.maxMs)} from its sending.`;
  const [due, hidden] = [intended.all.p99Ms, sent.all.p99Ms];
  if (due === null || hidden === null)
    return `The slowest answer came ${formatLatency(intended.all.maxMs)} after it was due.`;
  const otherwise = due > hidden * 1.25 ? `; counted from the sending it would read ${formatLatency(hidden)}` : '';
  return `99\u00A0% of the answers came within ${formatLatency(due)} of when they were due${otherwise}.`;
}

function latencyTable({ latency, model }: LoadResults): Table {
  const row = (label: string, of: LoadQuantiles) => [
    label,
    formatCount(of.count),
    ...[of.p50Ms, of.p90Ms, of.p99Ms, of.p999Ms, of.maxMs].map(formatLatency),
  ];
  const rows = (from: string, { all, byClass }: LoadResults['latency']['sent']) => [
    row(`from the ${from}`, all),
    ...Object.entries(byClass)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, of]) => row(`from the ${from}, ${name}`, of)),
  ];
  return {
    columns: ['Latency', 'answers', 'p50', 'p90', 'p99', 'p99.9', 'longest'],
    rows: [...(model === 'open' ? rows('due time', latency.intended) : []), ...rows('sending', latency.sent)],
  };
}

function causesNote({ rejections }: LoadResults): string {
  return rejections.source === 'gateway'
    ? 'Causes are the gateway\u2019s own, at the time of its decision.'
    : 'Causes are what the answers name.';
}

function sendersFigure({ senders }: LoadResults): LoadReport['senders'] {
  if (senders.length < 2) return null;
  const worst = senders.toSorted((a, b) => b.rejected - a.rejected);
  const refused = worst.filter(({ rejected }) => rejected > 0).length;
  const more = senders.length > SENDERS_SHOWN ? ` The ${SENDERS_SHOWN} with most rejections are shown.` : '';
  return {
    heading: `${formatCount(refused)} of ${formatCount(senders.length)} senders were rejected at least once.${more}`,
    table: {
      columns: ['Sender', 'sent', 'admitted', 'rejected', 'other', 'lost'],
      rows: worst
        .slice(0, SENDERS_SHOWN)
        .map(({ name, ...of }) => [
          name,
          ...[of.sent, of.admitted, of.rejected, of.other, of.lost].map((count) => formatCount(count)),
        ]),
    },
  };
}

function method({ model, rejections }: LoadResults): string[] {
  return [
    model === 'open'
      ? 'Open model: each request has a due time from the rate alone. A latency from the due time includes the wait for a free connection, so that a server that stalls cannot hide how many it kept waiting.'
      : 'Closed model: each connection sends its next request when an answer has come. The rate follows the server.',
    'Admitted: answered below 400. Rejected: 429 or 503. Other: any other answer from 400 on.',
    'Latency ends with the last byte of the answer. Quantiles are nearest-rank, at most 1.1\u00A0% too high; p99 needs 100 answers, p99.9 needs 1,000, otherwise there is a dash.',
    'The rate at the first rejection counts requests sent in the second before it, or since the start where that is shorter.',
    rejections.source === 'gateway'
      ? 'The gateway ran in the same machine as the load: its latencies are those of the model, and of a machine that does both.'
      : 'Client and connection are part of every latency; a busy machine measures itself.',
  ];
}
