/** Flows, at the documented paths and at those of the threads. */
import type { KeyedRandom } from '../gateway.ts';
import { objectOf, readBody, text, textMaybeEmpty, whole } from './body.ts';
import { Collection } from './collection.ts';
import { FLOWS_PATH, type Flow, flowFilter, flowOf, flowOrder, versionOf } from './flow.ts';
import { FLOW_TYPES, flowNameOf, typeOf } from './flow-names.ts';
import { orderedIndexOf, orderedUuidOf, uuidOf } from './identifiers.ts';
import type { Organizations, Reference } from './organizations.ts';
import { PAGE_SIZE_MAX, pageOf, readPaging, reversed } from './paging.ts';
import { choice } from './query.ts';
import { badRequest, given, notFound, ok, staleVersion } from './replies.ts';
import type { Call, Operation, Reply, ResourceOptions } from './resource.ts';
import { WrittenAnswers } from './written-answers.ts';

const DOCUMENTED = FLOWS_PATH;
/** What the threads call it; the platform has no such path. */
const REPORTED = '/api/v2/architect/flows';
const DAY_MS = 86_400_000;
/** Seeded flows were saved at most so long before the start. */
const OLDEST_MS = 900 * DAY_MS;
/** The documented limit counts flows in pages of this size. */
const FLOWS_PER_ITEM = 25;
/** Flows of one bulk request at most. */
const BULK_MAX = 500;

const rewritable = {
  description: textMaybeEmpty(4096).optional(),
  division: objectOf({ id: text(64) }).optional(),
};
const creation = objectOf({ ...rewritable, name: text(256), type: text(32) });
/** The threads show no body, so that a name is enough, also called `flow`. */
const bulkEntry = objectOf({
  ...rewritable,
  name: text(256).optional(),
  flow: text(256).optional(),
  type: text(32).optional(),
});
const update = objectOf({
  ...rewritable,
  name: text(256).optional(),
  version: whole(1, Number.MAX_SAFE_INTEGER).optional(),
});

/** Operations on flows. */
export function flowOperations(options: ResourceOptions, organizations: Organizations): readonly Operation[] {
  const flows = new Flows(options, organizations);
  return [
    {
      method: 'GET',
      path: DOCUMENTED,
      items: ({ query }) => Math.ceil(sizeAsked(query) / FLOWS_PER_ITEM),
      handle: (call) => flows.list(call, DOCUMENTED),
    },
    { method: 'POST', path: DOCUMENTED, handle: (call) => flows.create(call) },
    { method: 'GET', path: REPORTED, handle: (call) => flows.list(call, REPORTED) },
    {
      method: 'POST',
      path: REPORTED,
      items: ({ body }) => (Array.isArray(body) ? Math.min(Math.max(1, body.length), BULK_MAX) : 1),
      handle: (call) => flows.createReported(call),
    },
    ...[DOCUMENTED, REPORTED].flatMap((path): Operation[] => [
      { method: 'GET', path: `${path}/{flowId}`, handle: (call) => ok(flows.known(call)) },
      { method: 'PUT', path: `${path}/{flowId}`, handle: (call) => flows.update(call) },
    ]),
  ];
}

/** The page size that a request will be charged for; what will be refused is charged as the usual page. */
function sizeAsked(query: URLSearchParams): number {
  const size = Number(query.get('pageSize') ?? FLOWS_PER_ITEM);
  return Number.isInteger(size) && size >= 1 && size <= PAGE_SIZE_MAX ? size : FLOWS_PER_ITEM;
}

class Flows {
  readonly #random: KeyedRandom;
  readonly #startsAtMs: number;
  readonly #organizations: Organizations;
  readonly #flows: Collection<Flow>;
  readonly #answers = new WrittenAnswers();
  #created = 0;

  constructor({ random, startsAtMs }: ResourceOptions, organizations: Organizations) {
    this.#random = random;
    this.#startsAtMs = startsAtMs;
    this.#organizations = organizations;
    const countOf = (org: string) => organizations.of(org).flowCount;
    this.#flows = new Collection<Flow>({
      count: countOf,
      at: (org, rank) => this.#seeded(org, rank),
      rankOf: (org, id) => orderedIndexOf(random, 'flow-id', org, id, countOf(org)),
      keyOf: ({ id }) => id,
    });
  }

  list({ caller: { org }, query }: Call, path: string): Reply {
    return this.#answers.of(`${path}\n${org}\n${query}`, () => {
      const paging = readPaging(query);
      const isDescending = choice(query, 'sortOrder', ['asc', 'desc']) === 'desc';
      const kept = this.#flows.list(org, flowFilter(query));
      const order = flowOrder(query);
      const sorted = order === null ? kept : sortedBy(kept.slice(0, kept.total), order);
      return pageOf(isDescending ? reversed(sorted) : sorted, paging, path, query);
    });
  }

  /** The flow that a path names. */
  known({ caller: { org }, parameters }: Call): Flow {
    const flow = this.#flows.get(org, parameters['flowId'] ?? '');
    if (flow === null) throw notFound('flow');
    return flow;
  }

  create({ caller, body, nowMs }: Call): Reply {
    return ok(this.#add(caller.org, readBody(creation, body), nowMs));
  }

  /** One flow, or a list of them in one request. */
  createReported({ caller: { org }, body, nowMs }: Call): Reply {
    if (!Array.isArray(body)) return ok(this.#add(org, named(readBody(bulkEntry, body)), nowMs));
    if (body.length > BULK_MAX) throw badRequest(`body must be a list of at most ${BULK_MAX} entries.`);
    const drafts = body.map((entry: unknown) => named(readBody(bulkEntry, entry)));
    return ok({ entities: drafts.map((draft) => this.#add(org, draft, nowMs)), total: drafts.length });
  }

  update(call: Call): Reply {
    const flow = this.known(call);
    const { org } = call.caller;
    const { version, division, ...sent } = readBody(update, call.body);
    if (version !== undefined && version !== flow.version) throw staleVersion('flow', version, flow.version);
    const next = flow.version + 1;
    const changed: Flow = {
      ...flow,
      ...given(sent),
      division: division === undefined ? flow.division : this.#division(org, division.id),
      version: next,
      dateModified: new Date(call.nowMs).toISOString(),
      savedVersion: versionOf(flow.selfUri, next, 'SAVE', call.nowMs),
    };
    this.#put(org, changed);
    return ok(changed);
  }

  #add(org: string, draft: Draft, nowMs: number): Flow {
    const type = draft.type.toUpperCase();
    if (!FLOW_TYPES.includes(type)) throw badRequest(`type must be one of ${FLOW_TYPES.join(', ')}.`);
    const division = this.#division(org, draft.division?.id ?? null);
    const id = uuidOf(this.#random, 'created-flow-id', org, this.#created++);
    const { name, description = '' } = draft;
    const flow = flowOf({ id, name, description, type, division, version: 1, savedMs: nowMs, published: 0 });
    this.#put(org, flow);
    return flow;
  }

  #put(org: string, flow: Flow): void {
    this.#flows.put(org, flow);
    this.#answers.forget();
  }

  #division(org: string, id: string | null): Reference {
    const { divisions } = this.#organizations.of(org);
    const found = divisions.find((division) => division.id === (id ?? divisions[0]?.id));
    if (found === undefined) throw badRequest('division.id must be the id of a division of the organization.');
    return found;
  }

  #seeded(org: string, rank: number): Flow {
    const { flowCount, divisions } = this.#organizations.of(org);
    const draw = (of: number) => this.#random('flow', org, rank * DRAWS + of);
    const type = typeOf(draw(0));
    const savedMs = Math.floor(this.#startsAtMs - OLDEST_MS * draw(1) ** 2);
    const version = 1 + Math.floor(40 * draw(2) ** 2);
    const name = draw(3);
    return flowOf({
      id: orderedUuidOf(this.#random, 'flow-id', org, rank, flowCount),
      name: flowNameOf(type, rank, name),
      description: '',
      type,
      division: divisions[rank % divisions.length]!,
      version,
      savedMs,
      published: draw(4) < NEVER_PUBLISHED ? 0 : version - (version > 1 && name < 0.2 ? 1 : 0),
    });
  }
}

/** Throws of the dice for one seeded flow. */
const DRAWS = 5;
/** Share of the seeded flows that were never published. */
const NEVER_PUBLISHED = 0.1;

/** A flow as a client sends it. */
interface Draft {
  readonly name: string;
  readonly type: string;
  readonly description?: string | undefined;
  readonly division?: { readonly id: string } | undefined;
}

function named({ name, flow, type = 'INBOUNDCALL', ...rest }: ReturnType<typeof bulkEntry.parse>): Draft {
  const called = name ?? flow;
  if (called === undefined) throw badRequest('name must be a text of 1 to 256 characters.');
  return { ...rest, name: called, type };
}

function sortedBy(flows: readonly Flow[], order: (one: Flow, other: Flow) => number) {
  const sorted = flows.toSorted(order);
  return { total: sorted.length, slice: (from: number, to: number) => sorted.slice(from, to) };
}
