/** The details query of conversations, paged in its body. */
import { objectOf, oneOf, readBody, whole } from './body.ts';
import { filterFields, keptOf, testOf, unknownFilters } from './conversation-filter.ts';
import type { Conversations } from './conversations.ts';
import { INTERVAL_DAYS_MAX, intervalField } from './interval.ts';
import { ok } from './replies.ts';
import type { Call, Operation, Reply } from './resource.ts';

/** Conversations of one page at most, as documented. */
const PAGE_SIZE_MAX = 100;

/** What a details query and a details job have in common. */
export const detailsFields = {
  order: oneOf(['asc', 'desc']).default('asc'),
  orderBy: oneOf(['conversationStart', 'conversationEnd', 'segmentStart', 'segmentEnd']).optional(),
  conversationFilters: filterFields,
  segmentFilters: filterFields,
  evaluationFilters: unknownFilters,
  surveyFilters: unknownFilters,
  resolutionFilters: unknownFilters,
};

const query = objectOf({
  ...detailsFields,
  interval: intervalField(INTERVAL_DAYS_MAX),
  paging: objectOf({
    pageSize: whole(1, PAGE_SIZE_MAX),
    pageNumber: whole(1, 1_000_000),
  }).default({ pageSize: 25, pageNumber: 1 }),
});

/** Operations of the details query. */
export function detailsOperations(conversations: Conversations): readonly Operation[] {
  return [
    {
      method: 'POST',
      path: '/api/v2/analytics/conversations/details/query',
      handle: (call) => answer(call, conversations),
    },
  ];
}

function answer({ caller: { org }, body, nowMs }: Call, conversations: Conversations): Reply {
  const { interval, order, paging, conversationFilters, segmentFilters } = readBody(query, body);
  const test = testOf([...conversationFilters, ...segmentFilters], conversations);
  const within = conversations.within(org, interval, nowMs);
  const kept = test === null ? null : keptOf(test, org, within);
  const total = kept?.length ?? within.end - within.first;
  const from = (paging.pageNumber - 1) * paging.pageSize;
  const found: unknown[] = [];
  for (let at = from; at < Math.min(from + paging.pageSize, total); at++) {
    const place = order === 'asc' ? at : total - 1 - at;
    found.push(conversations.details(org, kept?.[place] ?? within.first + place));
  }
  // As the platform does: a page without conversations has no list of them.
  return ok(found.length === 0 ? { totalHits: total } : { conversations: found, totalHits: total });
}
