/** Filters of analytics queries: predicates on dimensions, joined by `and` or `or`. */
import { z } from 'zod';
import { listOf, objectOf, oneOf, text } from './body.ts';
import { type Conversations, DIMENSIONS, type Facets, type Numbers } from './conversations.ts';
import { badRequest } from './replies.ts';

const FILTERS_MAX = 50;
const NOTHING = 'absent or empty, since the simulation has nothing to filter by it';

const predicate = objectOf({
  type: oneOf(['dimension']).optional(),
  dimension: oneOf(DIMENSIONS),
  operator: oneOf(['matches', 'exists', 'notExists']).default('matches'),
  value: text(128).optional(),
});
const filter = objectOf({
  type: oneOf(['and', 'or']).default('and'),
  predicates: listOf(predicate, FILTERS_MAX).default(() => []),
  clauses: listOf(
    objectOf({
      type: oneOf(['and', 'or']).default('and'),
      predicates: listOf(predicate, FILTERS_MAX).min(1, 'a list of at least 1 entry'),
    }),
    FILTERS_MAX,
  ).default(() => []),
});

type Predicate = z.infer<typeof predicate>;
type FilterBody = z.infer<typeof filter>;

/** A field of a body: one filter. The simulation knows predicates on {@link DIMENSIONS} only, and says so. */
export const filterField = filter;

/** A field of a body: filters that must all hold. */
export const filterFields = listOf(filter, FILTERS_MAX).default(() => []);

/** Fields of a details query that the simulation cannot filter by: only an empty list is taken. */
export const unknownFilters = z.array(z.never(), NOTHING).max(0, NOTHING).optional();

/** Filters, compiled. */
export interface Test {
  /** Whether a conversation passes. */
  readonly keeps: Keeps;
  /** Conversations that one request looks at most with these filters. */
  readonly looksAtMax: number;
}

type Keeps = (org: string, number: number) => boolean;

/** Predicates that one request asks at most, over all conversations: a bound of its work. */
const ASKED_MAX = 200_000;

/** The test of filters that must all hold; null when there is nothing to test. */
export function testOf(filters: readonly FilterBody[], conversations: Conversations): Test | null {
  const tests = filters.map((filter) => testFilter(filter, conversations)).filter((test) => test !== null);
  if (tests.length === 0) return null;
  const predicates = filters
    .flatMap((filter) => [filter, ...filter.clauses])
    .reduce((sum, one) => sum + one.predicates.length, 0);
  return { keeps: joined('and', tests), looksAtMax: Math.floor(ASKED_MAX / Math.max(1, predicates)) };
}

/** Those of some conversations that pass; 400 when they are too many to look at. */
export function keptOf({ keeps, looksAtMax }: Test, org: string, { first, end }: Numbers): readonly number[] {
  if (end - first > looksAtMax) {
    throw badRequest(`interval must be one of at most ${looksAtMax} conversations for so many predicates.`);
  }
  return Array.from({ length: end - first }, (_, index) => first + index).filter((number) => keeps(org, number));
}

/** The values that predicates of a filter name for a dimension. */
export function valuesOf({ predicates, clauses }: FilterBody, dimension: keyof Facets): ReadonlySet<string> {
  const all = [...predicates, ...clauses.flatMap((clause) => clause.predicates)];
  return new Set(all.flatMap((each) => (each.dimension === dimension ? [each.value ?? ''] : [])));
}

function testFilter({ type, predicates, clauses }: FilterBody, conversations: Conversations): Keeps | null {
  const parts = [
    ...predicates.map((one) => testPredicate(one, conversations)),
    ...clauses.map((clause) =>
      joined(
        clause.type,
        clause.predicates.map((one) => testPredicate(one, conversations)),
      ),
    ),
  ];
  return parts.length === 0 ? null : joined(type, parts);
}

function joined(type: 'and' | 'or', tests: readonly Keeps[]): Keeps {
  return type === 'and'
    ? (org, number) => tests.every((test) => test(org, number))
    : (org, number) => tests.some((test) => test(org, number));
}

function testPredicate({ dimension, operator, value }: Predicate, conversations: Conversations): Keeps {
  if (operator !== 'matches') return () => operator === 'exists';
  if (value === undefined)
    throw badRequest('value must be a text of 1 to 128 characters where the operator is matches.');
  return (org, number) => conversations.facet(org, number, dimension) === value;
}
