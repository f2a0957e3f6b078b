import { describe, expect, it } from 'vitest';
import { sampleDiscovery, sampleLimit } from '../report/discovery/testing/sample-discovery.ts';
import { discoveryResultsJsonSchema, parseDiscoveryResults } from './discovery-results.ts';

const read = (loose: unknown) => () => parseDiscoveryResults(loose, 'discovery.json');

describe('parseDiscoveryResults', () => {
  it('parseDiscoveryResults takes what a discovery writes', () => {
    expect(read(JSON.parse(JSON.stringify(sampleDiscovery())))()).toEqual(sampleDiscovery());
  });

  it('parseDiscoveryResults names every fault with its path', () => {
    const broken = { ...sampleDiscovery(), mode: 'ajar', token: 'x', ranMs: -1 };
    expect(read(broken)).toThrow(
      /Cannot read discovery\.json: (?=[\s\S]*mode must be one of "active", "log", "traffic")(?=[\s\S]*ranMs must be at least 0, current value is -1)(?=[\s\S]*token must be left out)/,
    );
    for (const loose of [null, 7, [], 'text']) expect(read(loose)).toThrow(/the file must be an object/);
  });

  it('parseDiscoveryResults refuses other kinds and other versions in a sentence', () => {
    expect(read({ ...sampleDiscovery(), kind: 'load' })).toThrow('results of ratelab discover, but its kind is load');
    expect(read({ ...sampleDiscovery(), schemaVersion: 2 })).toThrow('schemaVersion must be 1, current value is 2');
  });

  it.each([
    ['an endless list', { unknown: Array.from({ length: 1001 }, () => ({ what: 'x', kind: 'noise', why: 'y' })) }],
    ['an endless text', { headers: { ...sampleDiscovery().headers, note: 'x'.repeat(10_001) } }],
    ['a number that is none', { ranMs: Number.NaN }],
    ['an infinite capacity', { limits: [sampleLimit({ algorithm: { kind: 'concurrency', limit: Infinity } })] }],
    ['a capacity of nothing', { limits: [sampleLimit({ algorithm: { kind: 'concurrency', limit: 0 } })] }],
    ['a scope of its own', { limits: [{ ...sampleLimit(), scope: ['__proto__'] }] }],
    ['an identity\u2019s headers', { identities: [{ name: 'a', labels: {}, headers: { authorization: 'Bearer x' } }] }],
  ])('parseDiscoveryResults refuses %s', (_, change) => {
    expect(read({ ...sampleDiscovery(), ...change })).toThrow(/^Cannot read discovery\.json: /);
  });

  it('parseDiscoveryResults refuses names that refer to nothing, and intervals the wrong way round', () => {
    const { intervals } = sampleLimit();
    const limits = [
      sampleLimit({ routes: [{ route: 'nowhere', cost: 1 }] }),
      sampleLimit({ intervals: { ...intervals, capacity: { low: 9, high: 3 } } }),
    ];
    const headers = { ...sampleDiscovery().headers, speaksOf: 'nobody' };
    expect(read({ ...sampleDiscovery(), limits, headers })).toThrow(
      /(?=[\s\S]*limits\[0\]\.routes\[0\]\.route must be the name of a route)(?=[\s\S]*limits\[1\]\.name must be unique)(?=[\s\S]*low is not above its high)(?=[\s\S]*headers\.speaksOf must be the name of a limit)/,
    );
  });
});

describe('discoveryResultsJsonSchema', () => {
  it('discoveryResultsJsonSchema is a strict draft 2020-12 schema of the file', () => {
    const schema = discoveryResultsJsonSchema() as {
      $schema: string;
      required: string[];
      additionalProperties: boolean;
    };
    expect(schema.$schema).toContain('2020-12');
    expect(schema.required).toEqual(Object.keys(sampleDiscovery()));
    expect(schema.additionalProperties).toBe(false);
  });
});
