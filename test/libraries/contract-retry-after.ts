import { describe, expect, test } from 'vitest';
import { libraryDefinitions } from '../../src/strategies/index.ts';
import { type Answer, gapsOf, refusal, STARTS_AT_MS, LATENCY_MS, success, withLibrary } from './contract-harness.ts';
import { measured, measuredEdges, type MeasuredRow, type Wait } from './contract-measured.ts';

const URL_OF_ALL = 'https://api.example.com/api/v2/users?pageNumber=1';

/** An HTTP date 7 to 8 s ahead of the answer: whole seconds are all that a date can say. */
function dateAhead(atMs: number): string {
  return new Date(Math.ceil((STARTS_AT_MS + atMs + LATENCY_MS + 7000) / 1000) * 1000).toUTCString();
}

const headerOf: Readonly<Record<'none' | 'seconds' | 'date' | 'zero' | 'minute', (atMs: number) => string | null>> = {
  none: () => null,
  seconds: () => '7',
  date: dateAhead,
  zero: () => '0',
  minute: () => '60',
};

const edgeOf: Readonly<Record<'huge' | 'malformed' | 'past' | 'fraction', string>> = {
  huge: '3000000',
  malformed: 'abc',
  past: new Date(STARTS_AT_MS - 3_600_000).toUTCString(),
  fraction: '1.5',
};

/** Refuses `refusals` attempts, then gives in. */
function refusing(header: (atMs: number) => string | null, refusals: number): Answer {
  return (index, { atMs }) => {
    if (index >= refusals) return success();
    const value = header(atMs);
    return refusal(value === null ? {} : { 'retry-after': value });
  };
}

/** As far as the clock goes, whose grid is 1/1024 ms. */
function expectWaits(gaps: readonly number[], waits: readonly Wait[]): void {
  const shown = gaps.slice(0, 2).map((gap) => Math.round(gap * 100) / 100);
  const expected = waits.map((wait, index) => {
    const gap = shown[index] ?? NaN;
    if (typeof wait === 'number') return wait;
    return gap >= wait[0] && gap <= wait[1] ? gap : wait;
  });
  expect(shown).toEqual(expected);
}

/** The table as tests. Called by the suite, so that one process loads the libraries once. */
export function describeRetryAfter(): void {
  describe('a refused GET', () => {
    const cases = measured.flatMap((row) =>
      (['none', 'seconds', 'date', 'zero', 'minute'] as const).map((column) => [row.spec, column, row] as const),
    );
    test.each(cases)('%s, Retry-After: %s', async (spec, column, row: MeasuredRow) => {
      const { arrivals, value } = await withLibrary(spec, refusing(headerOf[column], 5), (fetch) => fetch(URL_OF_ALL));
      expectWaits(gapsOf(arrivals), row[column]);
      expect(value.status).toBe(arrivals.length > 5 ? 200 : 429);
    });
  });

  describe('a GET refused once', () => {
    const cases = measuredEdges.flatMap((row) =>
      (['huge', 'malformed', 'past', 'fraction'] as const).flatMap((column) => {
        const wait = row[column];
        return wait === undefined ? [] : [[row.spec, column, wait] as const];
      }),
    );
    test.each(cases)('%s, Retry-After: %s', async (spec, column, wait) => {
      const { arrivals } = await withLibrary(
        spec,
        refusing(() => edgeOf[column], 1),
        (fetch) => fetch(URL_OF_ALL),
      );
      expect(arrivals.length).toBe(wait === null ? 1 : 2);
      expectWaits(gapsOf(arrivals), wait === null ? [] : [wait]);
    });
  });

  describe('attempts', () => {
    test.each(measured)('$spec makes $attempts of a GET that is always refused', async ({ spec, attempts }) => {
      const enough = 40;
      const { arrivals, value } = await withLibrary(spec, refusing(headerOf.seconds, enough), (fetch) =>
        fetch(URL_OF_ALL),
      );
      expect(arrivals.length).toBe(attempts ?? enough + 1);
      expect(value.status).toBe(attempts === null ? 200 : 429);
    });

    test.each(measured)('$spec sends a refused POST again: $retriesPost', async ({ spec, retriesPost }) => {
      const { arrivals } = await withLibrary(spec, refusing(headerOf.seconds, 1), (fetch) =>
        fetch(URL_OF_ALL, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }),
      );
      expect(arrivals.length).toBe(retriesPost ? 2 : 1);
      expect(new Set(arrivals.map(({ body }) => body))).toEqual(new Set(['{"a":1}']));
    });
  });

  describe('measured', () => {
    test('holds every library that reacts or adapts', () => {
      const known = new Set(measured.map(({ spec }) => spec.split(':')[0]));
      const reacting = libraryDefinitions.filter(({ family }) => family === 'reacts' || family === 'adapts');
      expect(reacting.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
    });
  });
}
