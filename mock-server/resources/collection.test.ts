import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Collection } from './collection.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
}

const COUNT = 20;
const nameOf = (rank: number) => `n${String(rank).padStart(3, '0')}`;

function collectionOf(changesMax?: number): Collection<Thing> {
  return new Collection<Thing>(
    {
      count: () => COUNT,
      at: (_, rank) => ({ id: `s${rank}`, name: nameOf(rank) }),
      rankOf: (_, id) => (/^s1?\d$/.test(id) ? Number(id.slice(1)) : -1),
      keyOf: ({ name, id }) => `${name}\n${id}`,
    },
    changesMax,
  );
}

const all = (collection: Collection<Thing>, org = 'acme') => {
  const { total, slice } = collection.list(org);
  return slice(0, total);
};

test('Collection lists and gets as a plain map would, whatever was put', () => {
  const change = fc.record({
    id: fc.oneof(
      fc.integer({ min: 0, max: COUNT - 1 }).map((rank) => `s${rank}`),
      fc.constantFrom('x', 'y', 'z'),
    ),
    name: fc.integer({ min: 0, max: 40 }).map((rank) => nameOf(rank)),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.integer({ min: 0, max: COUNT }), (changes, from) => {
      const collection = collectionOf();
      const model = new Map(Array.from({ length: COUNT }, (_, rank) => [`s${rank}`, nameOf(rank)]));
      for (const { id, name } of changes) {
        collection.put('acme', { id, name });
        model.set(id, name);
      }
      const expected = [...model]
        .map(([id, name]) => ({ id, name }))
        .toSorted((one, other) => (`${one.name}\n${one.id}` < `${other.name}\n${other.id}` ? -1 : 1));
      expect(all(collection)).toEqual(expected);
      const to = Math.min(from + 3, expected.length);
      expect(collection.list('acme').slice(from, to)).toEqual(expected.slice(from, to));
      for (const [id, name] of model) expect(collection.get('acme', id)).toEqual({ id, name });
      const keeps = ({ name }: Thing) => name < nameOf(9);
      const kept = collection.list('acme', { keeps });
      expect(kept.slice(0, kept.total)).toEqual(expected.filter(keeps));
    }),
  );
});

test('Collection changes one organization only', () => {
  const collection = collectionOf();
  const before = all(collection, 'other');
  collection.put('acme', { id: 's3', name: 'changed' });
  expect(all(collection, 'other')).toEqual(before);
});

test('Collection keeps nothing of what is only read', () => {
  const collection = collectionOf();
  for (let org = 0; org < 100; org++) {
    all(collection, `org-${org}`);
    collection.get(`org-${org}`, 's1');
  }
  expect(collection.changeCount).toBe(0);
});

test('Collection holds a bounded number of changes: the organization used least recently goes back to its seed', () => {
  const collection = collectionOf(10);
  for (const org of ['a', 'b'])
    for (let rank = 0; rank < 5; rank++) collection.put(org, { id: `s${rank}`, name: 'new' });
  collection.get('a', 's0');
  collection.put('c', { id: 's0', name: 'new' });
  expect(collection.changeCount).toBe(6);
  expect(collection.get('a', 's0')?.name).toBe('new');
  expect(collection.get('b', 's0')?.name).toBe(nameOf(0));
  expect(collection.get('c', 's0')?.name).toBe('new');
});

test('Collection of one organization forgets its oldest change', () => {
  const collection = collectionOf(10);
  for (let index = 0; index < 1000; index++) collection.put('a', { id: `x${index}`, name: 'new' });
  expect(collection.changeCount).toBe(10);
  expect(collection.list('a').total).toBe(COUNT + 10);
  expect(collection.get('a', 'x989')).toBeNull();
  expect(collection.get('a', 'x990')?.name).toBe('new');
});
