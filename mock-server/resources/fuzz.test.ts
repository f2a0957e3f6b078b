import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const NAMES = [
  'pageSize',
  'pageNumber',
  'id',
  'type',
  'state',
  'sortBy',
  'name',
  'last_modified',
  'cursor',
  'from',
  'granularity',
];
const FIELDS = [
  'interval',
  'paging',
  'pageSize',
  'filter',
  'metrics',
  'predicates',
  'name',
  'version',
  'type',
  '__proto__',
];
const anyOperation = fc.constantFrom(...world.operations);
const anyText = fc.oneof(
  fc.string(),
  fc.constantFrom('', '0', '-1', '1e309', 'NaN', '__proto__', '2026-03-04T00:00:00Z', 'P1D'),
);
const anyQuery = fc.array(fc.tuple(fc.constantFrom(...NAMES), anyText), { maxLength: 6 });
const anyBody = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      anyText,
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant('2026-03-03T00:00:00Z/2026-03-04T00:00:00Z'),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('value')),
  ),
})).value;

test('no operation throws anything but an answer, whatever query and body it is sent', () => {
  fc.assert(
    fc.property(anyOperation, anyQuery, anyBody, anyText, ({ method, path }, query, body, name) => {
      const target = `${path.replaceAll(/\{\w+\}/g, encodeURIComponent(name) || 'x')}?${new URLSearchParams(query)}`;
      const { status } = world.ask(method, target, { body });
      expect([200, 201, 202, 204, 400, 404, 409, 501]).toContain(status);
      const items = world.itemsOf(method, target, { body });
      expect(Number.isInteger(items) && items >= 1 && items <= 1000).toBe(true);
    }),
    { numRuns: 3000 },
  );
});
