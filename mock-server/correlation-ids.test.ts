import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandomSource } from '../src/random/keyed-random.ts';
import { createCorrelationIds } from './correlation-ids.ts';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

function idsOf(seed: number) {
  const source = createRandomSource(seed);
  return createCorrelationIds((stream, entity, index) => source.at(stream, entity, index));
}

describe('correlation ids', () => {
  it('are version 4 uuids, a pure function of seed and number', () => {
    fc.assert(
      fc.property(fc.nat(), fc.maxSafeNat(), (seed, number) => {
        const id = idsOf(seed)(number);
        expect(id).toMatch(UUID);
        expect(idsOf(seed)(number)).toBe(id);
        expect(idsOf(seed + 1)(number)).not.toBe(id);
      }),
    );
  });

  it('are all different', () => {
    const ids = idsOf(1);
    const seen = new Set(Array.from({ length: 200_000 }, (_, number) => ids(number).slice(0, 8)));
    expect(seen.size).toBe(200_000);
    expect(ids(2 ** 32)).not.toBe(ids(0));
  });
});
