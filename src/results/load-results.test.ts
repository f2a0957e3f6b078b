import { describe, expect, it } from 'vitest';
import { sampleLoad } from '../report/load/testing/sample-load.ts';
import { loadResultsJsonSchema, parseLoadResults } from './load-results.ts';
import { parseResults } from './parse-results.ts';

describe('parseLoadResults', () => {
  it('parseLoadResults takes what a load writes', () => {
    expect(parseLoadResults(JSON.parse(JSON.stringify(sampleLoad())), 'load.json')).toEqual(sampleLoad());
  });

  it('parseLoadResults names every fault with its path', () => {
    const broken = { ...sampleLoad(), model: 'ajar', token: 'x', ranMs: -1 };
    expect(() => parseLoadResults(broken, 'load.json')).toThrow(
      /Cannot read load\.json: (?=[\s\S]*model must be one of "open", "closed")(?=[\s\S]*ranMs must be at least 0, current value is -1)(?=[\s\S]*token must be left out)/,
    );
    for (const loose of [null, 7, [], 'text'])
      expect(() => parseLoadResults(loose, 'load.json')).toThrow(/Cannot read load\.json: the file must be an object/);
    expect(() => parseResults(sampleLoad(), 'load.json')).toThrow(
      /^Cannot read load\.json: it must hold the results of ratelab run, but it holds those of ratelab load/,
    );
    expect(() => parseLoadResults({ ...sampleLoad(), schemaVersion: 2 }, 'load.json')).toThrow(
      /schemaVersion must be 1/,
    );
  });
});

describe('loadResultsJsonSchema', () => {
  it('loadResultsJsonSchema is a strict draft 2020-12 schema of the file', () => {
    const schema = loadResultsJsonSchema() as { $schema: string; required: string[]; additionalProperties: boolean };
    expect(schema.$schema).toContain('2020-12');
    expect(schema.required).toEqual(Object.keys(sampleLoad()));
    expect(schema.additionalProperties).toBe(false);
  });
});
