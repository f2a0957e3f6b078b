/** A flow, and how a list of flows is filtered and sorted. */
import type { Filter } from './collection.ts';
import type { Reference } from './organizations.ts';
import { choice, instant, list } from './query.ts';

const DAY_MS = 86_400_000;

/** A flow, as the platform's API has it, with `version` and `dateModified` beside, which the platform does not have: the threads rely on both. */
export interface Flow {
  readonly id: string;
  readonly name: string;
  readonly division: Reference;
  readonly description: string;
  readonly type: string;
  readonly active: boolean;
  readonly system: boolean;
  readonly deleted: boolean;
  readonly publishedVersion?: FlowVersion;
  readonly savedVersion: FlowVersion;
  /** Number of the saved version. */
  readonly version: number;
  /** When it was last saved. */
  readonly dateModified: string;
  readonly selfUri: string;
}

/** One version of a flow. */
export interface FlowVersion {
  readonly id: string;
  readonly name: string;
  readonly commitVersion: string;
  readonly configurationVersion: string;
  readonly type: 'PUBLISH' | 'SAVE';
  readonly secure: boolean;
  readonly debug: boolean;
  readonly configurationUri: string;
  /** Epoch ms. */
  readonly dateCreated: number;
  /** Epoch ms. */
  readonly dateSaved?: number;
  readonly datePublished?: string;
  readonly selfUri: string;
}

/** The documented path of flows. */
export const FLOWS_PATH = '/api/v2/flows';

/** Makes a flow that was saved at `savedMs`, and published at the same time, or a day earlier for each version since; `published` 0: never. */
export function flowOf(
  of: Pick<Flow, 'id' | 'name' | 'description' | 'type' | 'division' | 'version'> & {
    readonly savedMs: number;
    readonly published: number;
  },
): Flow {
  const { id, name, description, type, division, version, savedMs, published } = of;
  const selfUri = `${FLOWS_PATH}/${id}`;
  const flow = {
    id,
    name,
    division,
    description,
    type,
    active: published > 0,
    system: false,
    deleted: false,
    savedVersion: versionOf(selfUri, version, 'SAVE', savedMs),
    version,
    dateModified: new Date(savedMs).toISOString(),
    selfUri,
  };
  if (published === 0) return flow;
  return {
    ...flow,
    publishedVersion: versionOf(selfUri, published, 'PUBLISH', savedMs - (version - published) * DAY_MS),
  };
}

/** A version of a flow, saved or published at `atMs`. `selfUri` is the flow's. */
export function versionOf(selfUri: string, version: number, type: FlowVersion['type'], atMs: number): FlowVersion {
  const uri = `${selfUri}/versions/${version}`;
  const number = String(version);
  const date = Math.floor(atMs);
  const shared = {
    id: number,
    name: number,
    commitVersion: number,
    configurationVersion: number,
    type,
    secure: false,
    debug: false,
    configurationUri: `${uri}/configuration`,
    dateCreated: date,
    selfUri: uri,
  };
  return type === 'SAVE' ? { ...shared, dateSaved: date } : { ...shared, datePublished: new Date(date).toISOString() };
}

/**
 * What the parameters of a list leave: `id`, `type`, `divisionId` (lists), `name`, `nameOrDescription` (a part of it, whatever the case; `*` stands
 * for anything), `publishedAfter`, `publishedBefore`, and `last_modified`, which thread 2 speaks of: changed at this instant or later. Null: all of them.
 */
export function flowFilter(query: URLSearchParams): Filter<Flow> | null {
  const tests = [
    among(query, 'id', ({ id }) => id),
    among(query, 'type', ({ type }) => type.toLowerCase(), true),
    among(query, 'divisionId', ({ division }) => division.id),
    contains(query, 'name', ({ name }) => name),
    contains(query, 'nameOrDescription', ({ name, description }) => `${name}\n${description}`),
    publishedWithin(query),
    changedSince(query),
  ].filter((test) => test !== null);
  return tests.length === 0 ? null : { keeps: (flow) => tests.every((test) => test(flow)) };
}

/** The order that `sortBy` asks for; null: by id, as they are. */
export function flowOrder(query: URLSearchParams): ((one: Flow, other: Flow) => number) | null {
  const by = choice(query, 'sortBy', ['id', 'name', 'type', 'description', 'publishedDate', 'dateModified']);
  if (by === 'id') return null;
  const keyOf = (flow: Flow) => (by === 'publishedDate' ? (flow.publishedVersion?.datePublished ?? '') : flow[by]);
  return (one, other) => compare(keyOf(one), keyOf(other)) || compare(one.id, other.id);
}

type Test = (flow: Flow) => boolean;

function among(query: URLSearchParams, name: string, of: (flow: Flow) => string, anyCase = false): Test | null {
  const values = list(query, name);
  if (values === null) return null;
  const wanted = anyCase ? new Set([...values].map((value) => value.toLowerCase())) : values;
  return (flow) => wanted.has(of(flow));
}

function contains(query: URLSearchParams, name: string, of: (flow: Flow) => string): Test | null {
  const parts = query.get(name)?.toLowerCase().split('*');
  if (parts === undefined) return null;
  return (flow) => {
    const within = of(flow).toLowerCase();
    let from = 0;
    return parts.every((part) => {
      const at = within.indexOf(part, from);
      from = at + part.length;
      return at >= 0;
    });
  };
}

function publishedWithin(query: URLSearchParams): Test | null {
  const after = instant(query, 'publishedAfter');
  const before = instant(query, 'publishedBefore');
  if (after === null && before === null) return null;
  return ({ publishedVersion }) => {
    const at = publishedVersion?.dateCreated ?? Number.NaN;
    return at >= (after ?? -Infinity) && at <= (before ?? Infinity);
  };
}

function changedSince(query: URLSearchParams): Test | null {
  const since = instant(query, 'last_modified');
  return since === null ? null : ({ savedVersion }) => savedVersion.dateCreated >= since;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
