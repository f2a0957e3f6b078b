import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { orderedIndexOf, orderedUuidOf, uuidOf } from './identifiers.ts';

const source = createRandomSource(7);
const random = (stream: string, entity: string, index: number) => source.at(stream, entity, index);
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

test('uuidOf gives version 4 uuids, another one for each number and entity', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => uuidOf(random, 'a-id', `org-${index % 7}`, index));
  expect(ids.filter((id) => !UUID.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(1000);
});

test('orderedIndexOf finds each entry that orderedUuidOf made, and the ids rise with the index', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.string(), (count, org) => {
      const ids = Array.from({ length: count }, (_, index) => orderedUuidOf(random, 'b-id', org, index, count));
      expect(ids.every((id) => UUID.test(id))).toBe(true);
      expect(ids.map((id) => orderedIndexOf(random, 'b-id', org, id, count))).toEqual([...ids.keys()]);
      expect(ids.toSorted()).toEqual(ids);
    }),
    { numRuns: 30 },
  );
});

test('orderedIndexOf knows no other text', () => {
  const of = (id: string) => orderedIndexOf(random, 'b-id', 'acme', id, 600);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.uuid()), (id) => of(id) === -1));
  const known = orderedUuidOf(random, 'b-id', 'acme', 3, 600);
  expect(of(known)).toBe(3);
  expect(of(known.toUpperCase())).toBe(-1);
  expect(orderedIndexOf(random, 'b-id', 'other', known, 600)).toBe(-1);
});
