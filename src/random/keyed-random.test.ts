import { describe, expect, test } from 'vitest';
import { createRandomSource } from './keyed-random.ts';

/** Chi-square of counts against equal expectation. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/**
 * The value that chi-square with `degrees` of freedom exceeds once in a million tries (Wilson and Hilferty 1931). The seeds are fixed, so a
 * test passes always or never.
 */
function chiSquareLimit(degrees: number): number {
  const share = 2 / (9 * degrees);
  return degrees * (1 - share + 4.7534 * Math.sqrt(share)) ** 3;
}

function counted(values: Iterable<number>, bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) counts[Math.floor(value * bins)]! += 1;
  return counts;
}

describe('createRandomSource', () => {
  test('refuses a seed that is no whole number from 0 to 2^53 - 1', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => createRandomSource(seed)).toThrow(
        `Cannot create a random source: seed must be a whole number from 0 to 2^53 - 1, current value is ${seed}`,
      );
    }
    for (const seed of [0, 2 ** 53 - 1]) expect(createRandomSource(seed).at('a', 'b', 0)).toBeLessThan(1);
  });

  test('gives the same numbers on every machine and engine (frozen)', () => {
    const source = createRandomSource(42);
    const sequence = source.stream('arrivals', 'org-7');
    expect([
      source.at('latency', 'org-7', 0),
      source.at('latency', 'org-7', 1),
      source.at('latency', 7, 2 ** 40),
      source.at('', '', 0),
      sequence.next(),
      sequence.integer(1, 6),
      sequence.exponential(100),
      sequence.normal(0, 1),
      sequence.between(-1, 1),
      createRandomSource(2 ** 53 - 1).at('latency', 'org-7', 0),
    ]).toMatchInlineSnapshot(`
      [
        0.8677782518597683,
        0.9029319622162265,
        0.35576340174700416,
        0.7537908241451972,
        0.4363655076918239,
        1,
        189.8643618950035,
        -1.3421823737136236,
        0.07754102976190835,
        0.003791587176134259,
      ]
    `);
    expect(sequence.shuffled([1, 2, 3, 4, 5, 6, 7, 8])).toMatchInlineSnapshot(`
      [
        1,
        5,
        8,
        6,
        2,
        4,
        3,
        7,
      ]
    `);
  });
});

describe('RandomSource.at', () => {
  test('depends on nothing but seed, stream, entity and index', () => {
    const one = createRandomSource(5);
    const other = createRandomSource(5);
    for (let draw = 0; draw < 100; draw++) other.at('elsewhere', draw, draw);
    for (let index = 0; index < 20; index++) expect(other.at('s', 'e', index)).toBe(one.at('s', 'e', index));
    const first = one.at('s', 'e', 0);
    const neighbours = [
      createRandomSource(6).at('s', 'e', 0),
      createRandomSource(5 + 2 ** 32).at('s', 'e', 0),
      one.at('t', 'e', 0),
      one.at('s', 'f', 0),
      one.at('se', '', 0),
      one.at('', 'se', 0),
      one.at('s', 'e', 1),
      one.at('s', 'e', 2 ** 32),
    ];
    expect(new Set([first, ...neighbours]).size).toBe(1 + neighbours.length);
  });

  test('keeps the entities 5 and "5" apart, and -0 and 0 together', () => {
    const source = createRandomSource(1);
    expect(source.at('s', 5, 0)).not.toBe(source.at('s', '5', 0));
    expect(source.at('s', -0, 0)).toBe(source.at('s', 0, 0));
  });

  test('survives more streams than it remembers', () => {
    const source = createRandomSource(1);
    const first = source.at('stream 0', 'e', 0);
    for (let stream = 0; stream < 10_000; stream++) source.at(`stream ${stream}`, 'e', 0);
    expect(source.at('stream 0', 'e', 0)).toBe(first);
  });

  test.each<[string, (source: ReturnType<typeof createRandomSource>, draw: number) => number]>([
    ['index', (source, draw) => source.at('s', 'e', draw)],
    ['numbered entity', (source, draw) => source.at('s', draw, 0)],
    ['named entity', (source, draw) => source.at('s', `org-${draw}`, 0)],
    ['stream', (source, draw) => source.at(`s${draw % 4000}`, 'e', Math.floor(draw / 4000))],
    ['seed', (_, draw) => createRandomSource(draw).at('s', 'e', 0)],
  ])('is uniform, and neighbours are independent, along the %s', (_, drawAt) => {
    const source = createRandomSource(2025);
    const values = Array.from({ length: 100_000 }, (_, draw) => drawAt(source, draw));
    expect(chiSquare(counted(values, 1000))).toBeLessThan(chiSquareLimit(999));
    const lowBits = values.map((value) => (value * 2 ** 43) % 1); // the lowest ten bits
    expect(chiSquare(counted(lowBits, 1024))).toBeLessThan(chiSquareLimit(1023));
    // Pairs of neighbours on a grid of 32 x 32.
    const pairs = values.slice(1).map((value, index) => (Math.floor(values[index]! * 32) + value) / 32);
    expect(chiSquare(counted(pairs, 1024))).toBeLessThan(chiSquareLimit(1023));
    expect(new Set(values).size).toBe(values.length);
  });

  test('gives streams, entities and sequences that do not resemble each other', () => {
    const source = createRandomSource(3);
    const sequence = source.stream('a', 'e');
    const couples = (drawOther: (draw: number) => number) =>
      Array.from({ length: 100_000 }, (_, draw) => (Math.floor(source.at('a', 'e', draw) * 32) + drawOther(draw)) / 32);
    for (const drawOther of [
      (draw: number) => source.at('b', 'e', draw),
      (draw: number) => source.at('a', 'f', draw),
      () => sequence.next(),
    ]) {
      expect(chiSquare(counted(couples(drawOther), 1024))).toBeLessThan(chiSquareLimit(1023));
    }
  });
});

describe('RandomSource.stream', () => {
  test('starts anew for each call, and is not shifted by what others draw', () => {
    const source = createRandomSource(9);
    const one = source.stream('s', 1);
    const first = [one.next(), one.next(), one.next()];
    const again = source.stream('s', 1);
    const interleaved = first.map(() => (source.stream('s', 2).next(), source.at('s', 1, 0), again.next()));
    expect(interleaved).toEqual(first);
    expect(source.stream('s').next()).toBe(source.stream('s', '').next());
  });
});
