import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

describe('canonicalJson', () => {
  it('sorts keys, keeps plain lists on one line and ends with a newline', () => {
    expect(canonicalJson({ b: [1, 2], a: { d: null, c: 'x' }, e: [{ f: 1 }], g: {} })).toBe(
      '{\n "a": {\n  "c": "x",\n  "d": null\n },\n "b": [1,2],\n "e": [\n  {\n   "f": 1\n  }\n ],\n "g": {}\n}\n',
    );
  });

  it('means the same value as JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 1 },
    );
  });

  it('gives the same bytes whatever the order of keys', () => {
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  });

  it.each([[Number.NaN], [Infinity], [[1, -Infinity]], [{ deep: { value: Number.NaN } }]])(
    'refuses %j, which JSON would lose',
    (value) => expect(() => canonicalJson(value)).toThrow(/Cannot write JSON: a number must be finite/),
  );

  it('refuses what is not data', () => {
    expect(() => canonicalJson([() => 1])).toThrow(
      'Cannot write JSON: a value must be data, current value is a function',
    );
  });
});
