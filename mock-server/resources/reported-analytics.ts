/** Paths of the threads that the platform does not have: creating segments, querying interactions, listing requests for recordings. */
import type { KeyedRandom } from '../gateway.ts';
import { objectOf, readBody, text, whole } from './body.ts';
import type { Conversations } from './conversations.ts';
import { uuidOf } from './identifiers.ts';
import { intervalField, INTERVAL_DAYS_MAX } from './interval.ts';
import { pageOf, readPaging } from './paging.ts';
import { badRequest, ok } from './replies.ts';
import type { Call, Operation, Reply } from './resource.ts';

const SEGMENTS = '/api/v2/analytics/segments';
const INTERACTIONS = '/api/v2/analytics/interactions/query';
const RECORDINGS = '/api/v2/recording/batchrequests';
const DAY_MS = 86_400_000;
/** Segments of one bulk request at most. */
const BULK_MAX = 1000;
const PAGE_SIZE_MAX = 1000;

const segment = objectOf({ name: text(256) });
const query = objectOf({
  interval: intervalField(INTERVAL_DAYS_MAX).optional(),
  paging: objectOf({ pageSize: whole(1, PAGE_SIZE_MAX), pageNumber: whole(1, 1_000_000) }).optional(),
});

/** Operations at the threads' paths. */
export function reportedAnalyticsOperations(random: KeyedRandom, conversations: Conversations): readonly Operation[] {
  return [
    {
      method: 'POST',
      path: SEGMENTS,
      items: ({ body }) => (Array.isArray(body) ? Math.min(Math.max(1, body.length), BULK_MAX) : 1),
      handle: (call) => createSegments(call, random),
    },
    { method: 'POST', path: INTERACTIONS, handle: (call) => queryInteractions(call, conversations) },
    { method: 'GET', path: INTERACTIONS, handle: (call) => listInteractions(call, conversations) },
    {
      method: 'GET',
      path: RECORDINGS,
      handle: (call) => {
        const none = { total: 0, slice: () => [] };
        return ok(pageOf(none, readPaging(call.query), RECORDINGS, call.query));
      },
    },
  ];
}

/** Segments are not kept: nothing reads them. The same name gives the same id. */
function createSegments({ caller: { org }, body, nowMs }: Call, random: KeyedRandom): Reply {
  const made = (entry: unknown) => {
    const { name } = readBody(segment, entry);
    const id = uuidOf(random, 'segment-id', `${org}\n${name}`, 0);
    return { id, name, dateCreated: new Date(nowMs).toISOString(), selfUri: `${SEGMENTS}/${id}` };
  };
  if (!Array.isArray(body)) return ok(made(body));
  if (body.length > BULK_MAX) throw badRequest(`body must be a list of at most ${BULK_MAX} entries.`);
  return ok({ entities: body.map(made), total: body.length });
}

/** A page as the body asks for it; of the last 24 hours unless it says otherwise. */
function queryInteractions({ caller: { org }, body, nowMs }: Call, conversations: Conversations): Reply {
  // A bulk request stands for several pages; the first one is answered.
  const { interval, paging } = readBody(query, Array.isArray(body) ? body[0] : body);
  const { pageSize, pageNumber } = paging ?? { pageSize: 25, pageNumber: 1 };
  const { first, end } = conversations.within(org, interval ?? { fromMs: nowMs - DAY_MS, toMs: nowMs }, nowMs);
  const from = Math.min(end, first + (pageNumber - 1) * pageSize);
  const interactions = briefs(org, from, Math.min(end, from + pageSize), conversations);
  return ok({ interactions, totalHits: end - first });
}

function listInteractions({ caller: { org }, query, nowMs }: Call, conversations: Conversations): Reply {
  const { first, end } = conversations.within(org, { fromMs: nowMs - DAY_MS, toMs: nowMs }, nowMs);
  const listing = {
    total: end - first,
    slice: (from: number, to: number) => briefs(org, first + from, first + to, conversations),
  };
  return ok(pageOf(listing, readPaging(query), INTERACTIONS, query));
}

function briefs(org: string, from: number, to: number, conversations: Conversations): readonly unknown[] {
  return Array.from({ length: to - from }, (_, index) => conversations.brief(org, from + index));
}
