/** Queues: their list, what is seen in them now, and the summary that thread 4 speaks of. */
import { z } from 'zod';
import type { KeyedRandom } from '../gateway.ts';
import { listOf, objectOf, oneOf, readBody } from './body.ts';
import { filterField, valuesOf } from './conversation-filter.ts';
import type { Conversations } from './conversations.ts';
import { intervalText, readDuration } from './interval.ts';
import type { Organizations, Reference } from './organizations.ts';
import { pageOf, readPaging } from './paging.ts';
import { instant, mustBe } from './query.ts';
import { notFound, ok } from './replies.ts';
import type { Call, Operation, Reply } from './resource.ts';

const DAY_MS = 86_400_000;
/** What is seen in a queue changes so often. */
const SEEN_EVERY_MS = 10_000;
/** The longest interval of one summary. */
const SUMMARY_MAX_MS = DAY_MS;

/** What can be seen in a queue, and the most of it. */
const OBSERVED: Readonly<Record<string, number>> = {
  oActiveUsers: 24,
  oInteracting: 18,
  oMemberUsers: 40,
  oOffQueueUsers: 12,
  oOnQueueUsers: 24,
  oUserPresences: 30,
  oUserRoutingStatuses: 30,
  oWaiting: 15,
};
const METRICS = Object.keys(OBSERVED);

const query = objectOf({
  filter: filterField,
  metrics: listOf(z.enum(METRICS, `one of ${METRICS.join(', ')}`), METRICS.length).min(1, 'a list of at least 1 entry'),
  detailMetrics: listOf(oneOf(METRICS), METRICS.length).optional(),
});

/** Operations on queues. */
export function queueOperations(
  random: KeyedRandom,
  organizations: Organizations,
  conversations: Conversations,
): readonly Operation[] {
  const queuesOf = ({ caller: { org } }: Call) => organizations.of(org).queues;
  return [
    { method: 'GET', path: '/api/v2/routing/queues', handle: (call) => listed(call, queuesOf(call)) },
    {
      method: 'GET',
      path: '/api/v2/routing/queues/{queueId}',
      handle: (call) => {
        const found = queuesOf(call).find(({ id }) => id === call.parameters['queueId']);
        if (found === undefined) throw notFound('queue');
        return ok(found);
      },
    },
    {
      method: 'POST',
      path: '/api/v2/analytics/queues/observations/query',
      handle: (call) => observed(call, queuesOf(call), random),
    },
    {
      method: 'GET',
      path: '/api/v2/analytics/queues/summary',
      handle: (call) => summary(call, queuesOf(call), conversations),
    },
  ];
}

function listed({ query }: Call, queues: readonly Reference[]): Reply {
  const name = query.get('name')?.replaceAll('*', '').toLowerCase() ?? '';
  const kept = queues.filter((queue) => queue.name.toLowerCase().includes(name));
  const listing = { total: kept.length, slice: (from: number, to: number) => kept.slice(from, to) };
  return ok(pageOf(listing, readPaging(query), '/api/v2/routing/queues', query));
}

/** One result for each queue that the filter names; all queues when it names none. */
function observed({ caller: { org }, body, nowMs }: Call, queues: readonly Reference[], random: KeyedRandom): Reply {
  const { filter, metrics } = readBody(query, body);
  const named = valuesOf(filter, 'queueId');
  const period = Math.floor(nowMs / SEEN_EVERY_MS);
  const results = queues
    .filter(({ id }) => named.size === 0 || named.has(id))
    .map(({ id }) => ({
      group: { queueId: id },
      data: metrics.map((metric) => {
        const draw = random('queue-observation', `${org}\n${id}\n${metric}`, period);
        return { metric, stats: { count: Math.floor((OBSERVED[metric]! + 1) * draw) } };
      }),
    }));
  return ok({ results });
}

/** Counts of one interval of `granularity` that begins at `from`: seconds after midnight (UTC) of the day before, or an instant. */
function summary(
  { caller: { org }, query, nowMs }: Call,
  queues: readonly Reference[],
  conversations: Conversations,
): Reply {
  const yesterdayMs = (Math.floor(nowMs / DAY_MS) - 1) * DAY_MS;
  const fromMs = readFrom(query, yesterdayMs);
  const granularity = query.get('granularity') ?? 'PT30M';
  const interval = { fromMs, toMs: fromMs + readDuration('granularity', granularity) };
  if (interval.toMs - fromMs > SUMMARY_MAX_MS) throw mustBe('granularity', 'at most P1D', granularity);
  const { first, end } = conversations.within(org, interval, nowMs);
  const offered = new Map<string, { count: number; handleMs: number }>();
  for (let number = first; number < end; number++) {
    const queueId = conversations.facet(org, number, 'queueId');
    const { talkMs, afterCallMs } = conversations.timing(org, number);
    const sum = offered.get(queueId) ?? { count: 0, handleMs: 0 };
    sum.count += 1;
    sum.handleMs += talkMs + afterCallMs;
    offered.set(queueId, sum);
  }
  const entities = queues.map(({ id, name }) => {
    const { count, handleMs } = offered.get(id) ?? { count: 0, handleMs: 0 };
    return { queueId: id, name, nOffered: count, nConnected: count, tHandle: handleMs };
  });
  return ok({ interval: intervalText(interval), granularity, entities });
}

function readFrom(query: URLSearchParams, dayMs: number): number {
  const text = query.get('from') ?? '0';
  return /^\d{1,9}$/.test(text) ? dayMs + Number(text) * 1000 : (instant(query, 'from') ?? dayMs);
}
