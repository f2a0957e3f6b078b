import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { InputError } from './input-error.ts';
import { parseResults, resultsJsonSchema } from './parse-results.ts';
import { sampleResults } from './testing/sample-results.ts';

/** A fresh loose copy of the sample with one change. */
function changed(change: (loose: Loose) => void): Loose {
  const loose = JSON.parse(canonicalJson(sampleResults())) as Loose;
  change(loose);
  return loose;
}

// Tests spoil the file in ways that its type forbids.
type Loose = Record<string, never> & { scenarios: Record<string, never>[] };
function set(target: unknown, path: readonly (string | number)[], value: unknown): void {
  let at = target as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) ?? ''] = value;
}

function errorOf(loose: unknown): string {
  try {
    parseResults(loose, 'results.json');
  } catch (error) {
    return error instanceof InputError ? error.message : `not an InputError: ${String(error)}`;
  }
  return 'no error';
}

describe('parseResults', () => {
  it('gives back what was written, to the byte', () => {
    const text = canonicalJson(sampleResults());
    expect(canonicalJson(parseResults(JSON.parse(text), 'results.json'))).toBe(text);
  });

  it.each([
    [['scenarios', 0, 'cells', 1, 'title'], 5, 'scenarios[0].cells[1].title must be a text, current value is 5'],
    [['seeds', 0], 1.5, 'seeds[0] must be a whole number, current value is 1.5'],
    [['complete'], 'yes', 'complete must be true or false, current value is "yes"'],
    [['scenarios', 0, 'refusedShareMax'], 2, 'scenarios[0].refusedShareMax must be at most 1, current value is 2'],
    [
      ['scenarios', 0, 'cells', 0, 'family'],
      'hopes',
      'scenarios[0].cells[0].family must be one of "reacts", "paces", "adapts", "plans", current value is "hopes"',
    ],
    [['digest'], 'abc', 'digest must be 64 hexadecimal digits, current value is "abc"'],
    [['surprise'], 1, 'surprise must be left out (it is not a known field), current value is 1'],
    [
      ['scenarios', 0, 'name'],
      '',
      'scenarios[0].name must be a text of letters, digits, dots, hyphens, current value is ""',
    ],
    [
      ['scenarios', 0, 'name'],
      '../../evil',
      'scenarios[0].name must be a text of letters, digits, dots, hyphens, current value is "../../evil"',
    ],
    [['scenarios'], {}, 'scenarios must be a list, current value is {}'],
    [
      ['scenarios', 0, 'title'],
      'x'.repeat(20_000),
      `scenarios[0].title must be a text of at most 10000 characters, current value is "${'x'.repeat(76)}...`,
    ],
    [
      ['scenarios', 0, 'policy', 'limits', 0, 'algorithm', 'capacity'],
      -5,
      'scenarios[0].policy.limits[0].algorithm.capacity must be a number from 1 to 1000000000, current value is -5',
    ],
  ])('names the path, the rule and the value of a fault at %j', (path, value, message) => {
    expect(errorOf(changed((loose) => set(loose, path, value)))).toBe(`Cannot read results.json: ${message}`);
  });

  it('reports all faults at once', () => {
    const message = errorOf(
      changed((loose) => {
        set(loose, ['mode'], 'live');
        set(loose, ['scenarios', 0, 'cells', 0, 'trials', 0, 'seed'], null);
      }),
    );
    expect(message).toBe(
      'Cannot read results.json: mode must be one of "virtual", "wire", current value is "live"\n' +
        '  scenarios[0].cells[0].trials[0].seed must be a number, current value is null',
    );
  });

  it('says what to do about another schema version, and nothing else', () => {
    expect(errorOf(changed((loose) => set(loose, ['schemaVersion'], 2)))).toBe(
      'Cannot read results.json: schemaVersion must be 1, current value is 2 (a newer ratelab wrote it; update ratelab)',
    );
    expect(errorOf(changed((loose) => set(loose, ['schemaVersion'], 0)))).toMatch(/run the suite again/);
  });

  it.each([[null], [[]], ['text'], [5]])('refuses a file that holds %j', (loose) => {
    expect(errorOf(loose)).toBe(
      `Cannot read results.json: the file must be a JSON object, current value is ${JSON.stringify(loose)}`,
    );
  });
});

describe('resultsJsonSchema', () => {
  it('describes the file, the policy included', () => {
    const schema = resultsJsonSchema() as { $schema: string; required: string[]; properties: { scenarios: Loose } };
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.required).toEqual(Object.keys(sampleResults()));
    expect(JSON.stringify(schema.properties.scenarios)).toContain('refillPerSecond');
  });
});
