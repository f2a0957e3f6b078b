/** The aggregates query of conversations: the same conversations as the details query has, counted and summed. */
import { z } from 'zod';
import { listOf, objectOf, oneOf, readBody, text } from './body.ts';
import { filterField, keptOf, testOf } from './conversation-filter.ts';
import { type Conversations, DIMENSIONS, type Facets, type Timing } from './conversations.ts';
import { type Interval, INTERVAL_DAYS_MAX, intervalField, intervalText, readDuration } from './interval.ts';
import { badRequest, ok } from './replies.ts';
import type { Call, Operation, Reply } from './resource.ts';

/** Statistics in one answer at most: groups x intervals x metrics. */
const CELLS_MAX = 50_000;

/** Ms of a conversation that a metric sums; null: it counts conversations. */
type Measure = ((timing: Timing) => number) | null;

const METRICS: Readonly<Record<string, Measure>> = {
  nConnected: null,
  nOffered: null,
  tAcd: ({ waitMs }) => waitMs,
  tAcw: ({ afterCallMs }) => afterCallMs,
  tAnswered: ({ waitMs }) => waitMs,
  tHandle: ({ talkMs, afterCallMs }) => talkMs + afterCallMs,
  tTalk: ({ talkMs }) => talkMs,
  tTalkComplete: ({ talkMs }) => talkMs,
  tWait: ({ waitMs }) => waitMs,
};
const METRIC_NAMES = Object.keys(METRICS);

const query = objectOf({
  interval: intervalField(INTERVAL_DAYS_MAX),
  granularity: text(32).optional(),
  groupBy: listOf(oneOf(DIMENSIONS), DIMENSIONS.length).default(() => []),
  filter: filterField.optional(),
  metrics: listOf(z.enum(METRIC_NAMES, `one of ${METRIC_NAMES.join(', ')}`), METRIC_NAMES.length).min(
    1,
    'a list of at least 1 entry',
  ),
});

/** What is summed of one metric in one group and interval. */
interface Sum {
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** One group: its values, and by number of the interval the sums of the metrics. */
interface Group {
  readonly group: Readonly<Record<string, string>>;
  readonly byInterval: Map<number, Sum[]>;
}

/** Operations of the aggregates query. */
export function aggregateOperations(conversations: Conversations): readonly Operation[] {
  return [
    {
      method: 'POST',
      path: '/api/v2/analytics/conversations/aggregates/query',
      handle: (call) => answer(call, conversations),
    },
  ];
}

function answer({ caller: { org }, body, nowMs }: Call, conversations: Conversations): Reply {
  const { interval, granularity, groupBy, filter, metrics } = readBody(query, body);
  const wholeMs = interval.toMs - interval.fromMs;
  const stepMs = granularity === undefined ? wholeMs : readDuration('granularity', granularity);
  const within = conversations.within(org, interval, nowMs);
  const test = filter === undefined ? null : testOf([filter], conversations);
  const numbers = test === null ? null : keptOf(test, org, within);
  const groups = new Map<string, Group>();
  let cells = 0;
  const measures = metrics.map((metric) => METRICS[metric] ?? null);
  for (let at = 0; at < (numbers?.length ?? within.end - within.first); at++) {
    const number = numbers?.[at] ?? within.first + at;
    const { byInterval } = groupOf(groups, groupBy, (dimension) => conversations.facet(org, number, dimension));
    const step = Math.floor((conversations.startOf(org, number) - interval.fromMs) / stepMs);
    let sums = byInterval.get(step);
    if (sums === undefined) {
      cells += metrics.length;
      if (cells > CELLS_MAX) throw badRequest(`granularity must be one that gives at most ${CELLS_MAX} statistics.`);
      sums = metrics.map(() => ({ count: 0, sum: 0, min: Infinity, max: 0 }));
      byInterval.set(step, sums);
    }
    add(sums, measures, conversations, org, number);
  }
  return ok({ results: [...groups.values()].map((group) => rendered(group, interval, stepMs, metrics)) });
}

function groupOf(
  groups: Map<string, Group>,
  groupBy: readonly (keyof Facets)[],
  facetOf: (dimension: keyof Facets) => string,
): Group {
  const values = groupBy.map((dimension) => [dimension, facetOf(dimension)] as const);
  const key = values.map(([, value]) => value).join('\n');
  const known = groups.get(key);
  if (known !== undefined) return known;
  const made: Group = { group: Object.fromEntries(values), byInterval: new Map() };
  groups.set(key, made);
  return made;
}

/** Times are asked for only where a metric sums one. */
function add(
  sums: readonly Sum[],
  measures: readonly Measure[],
  conversations: Conversations,
  org: string,
  number: number,
): void {
  let timing: Timing | null = null;
  for (const [at, sum] of sums.entries()) {
    sum.count += 1;
    const measure = measures[at] ?? null;
    if (measure === null) continue;
    timing ??= conversations.timing(org, number);
    const value = measure(timing);
    sum.sum += value;
    sum.min = Math.min(sum.min, value);
    sum.max = Math.max(sum.max, value);
  }
}

function rendered(
  { group, byInterval }: Group,
  { fromMs, toMs }: Interval,
  stepMs: number,
  metrics: readonly string[],
) {
  const data = [...byInterval].map(([step, sums]) => {
    const startMs = fromMs + step * stepMs;
    return {
      interval: intervalText({ fromMs: startMs, toMs: Math.min(toMs, startMs + stepMs) }),
      metrics: sums.map((sum, at) => ({
        metric: metrics[at],
        stats: METRICS[metrics[at] ?? ''] === null ? { count: sum.count } : { ...sum },
      })),
    };
  });
  return { group, data };
}
