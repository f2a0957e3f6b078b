import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Listing, pageOf, PAGE_SIZE_MAX, readPaging, reversed } from './paging.ts';
import { createWorld } from './testing/world.ts';

function listingOf(total: number): Listing<number> {
  return { total, slice: (from, to) => Array.from({ length: to - from }, (_, index) => from + index) };
}

const anyPaging = fc.record({
  total: fc.integer({ min: 0, max: 2000 }),
  pageSize: fc.integer({ min: 1, max: PAGE_SIZE_MAX }),
});

test('pageOf gives pages that concatenate to the whole, each entry once', () => {
  fc.assert(
    fc.property(anyPaging, fc.boolean(), ({ total, pageSize }, isReversed) => {
      const listing = isReversed ? reversed(listingOf(total)) : listingOf(total);
      const first = pageOf(listing, { pageSize, pageNumber: 1 }, '/a', new URLSearchParams());
      const read = Array.from(
        { length: first.pageCount },
        (_, at) => pageOf(listing, { pageSize, pageNumber: at + 1 }, '/a', new URLSearchParams()).entities,
      ).flat();
      const whole = listingOf(total).slice(0, total);
      expect(read).toEqual(isReversed ? whole.toReversed() : whole);
      expect(first.pageCount).toBe(Math.ceil(total / pageSize));
    }),
  );
});

test('nextUri and previousUri lead from the first page to the last and back, and keep the other parameters', () => {
  fc.assert(
    fc.property(anyPaging, fc.string(), ({ total, pageSize }, name) => {
      const query = new URLSearchParams({ name, pageSize: String(pageSize), pageNumber: '1' });
      const at = (uri: string) => {
        const { searchParams, pathname } = new URL(uri, 'http://localhost');
        expect(pathname).toBe('/a');
        expect(searchParams.get('name')).toBe(query.get('name'));
        return pageOf(listingOf(total), readPaging(searchParams), '/a', searchParams);
      };
      let page = at(pageOf(listingOf(total), readPaging(query), '/a', query).firstUri);
      expect(page.previousUri).toBeUndefined();
      const visited = [page.selfUri];
      while (page.nextUri !== undefined) {
        const next = at(page.nextUri);
        expect(next.previousUri).toBe(page.selfUri);
        page = next;
        visited.push(page.selfUri);
      }
      expect(page.lastUri).toBe(page.selfUri);
      expect(visited).toHaveLength(Math.max(1, page.pageCount));
    }),
    { numRuns: 50 },
  );
});

test('pageOf beyond the last page is empty and leads back to the last', () => {
  const page = pageOf(listingOf(30), { pageSize: 25, pageNumber: 1_000_000 }, '/a', new URLSearchParams());
  expect(page.entities).toEqual([]);
  expect(page.previousUri).toBe('/a?pageSize=25&pageNumber=2');
  expect(page.nextUri).toBeUndefined();
});

test.each([
  ['pageSize=0', 'pageSize must be a whole number from 1 to 500, current value is 0.'],
  ['pageSize=501', 'pageSize must be a whole number from 1 to 500, current value is 501.'],
  ['pageSize=-1', 'pageSize must be a whole number from 1 to 500, current value is -1.'],
  ['pageSize=2.5', 'pageSize must be a whole number from 1 to 500, current value is 2.5.'],
  ['pageSize=', 'pageSize must be a whole number from 1 to 500, current value is .'],
  ['pageSize=1e2', 'pageSize must be a whole number from 1 to 500, current value is 1e2.'],
  ['pageNumber=0', 'pageNumber must be a whole number from 1 to 1000000, current value is 0.'],
  ['pageNumber=1000001', 'pageNumber must be a whole number from 1 to 1000000, current value is 1000001.'],
  [
    `pageNumber=${'9'.repeat(100)}`,
    `pageNumber must be a whole number from 1 to 1000000, current value is ${'9'.repeat(40)}....`,
  ],
])('a list with %s answers 400', (query, message) => {
  const world = createWorld();
  for (const path of ['/api/v2/users', '/api/v2/flows', '/api/v2/architect/flows', '/api/v2/routing/queues']) {
    expect(world.ask('GET', `${path}?${query}`)).toEqual({ status: 400, body: { code: 'bad.request', message } });
  }
});
