import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildStrategy, parseStrategy } from './parse.ts';
import { strategyDefinitions } from './registry.ts';
import type { ParameterDefinition, StrategyDefinition } from './strategy.ts';

describe('parseStrategy', () => {
  test.each([
    ['none', 'none', 'No strategy'],
    ['retry-after', 'retry-after', 'Retry-After'],
    ['none+retry-after', 'retry-after', 'Retry-After'],
    ['retry-after:absentMs=5000', 'retry-after', 'Retry-After'],
    ['backoff:capMs=60000,jitter=none', 'backoff:jitter=none,capMs=60000', 'Backoff, no jitter (1000 to 60000 ms)'],
    ['token-bucket:ratePerSecond=5', 'token-bucket:ratePerSecond=5', 'Token bucket per org (5/s, burst 10)'],
    ['token-bucket: by = client , burst=1e1', 'token-bucket:by=client', 'Token bucket per client'],
    ['token-bucket + retry-after', 'token-bucket+retry-after', 'Token bucket per org + Retry-After'],
  ])('reads %s', (text, spec, title) => {
    const strategy = parseStrategy(text);
    expect(strategy.spec).toBe(spec);
    expect(strategy.title).toBe(title);
  });

  test.each([
    [
      'token-bukcet',
      'Cannot parse strategy token-bukcet: name must be a known strategy (did you mean token-bucket?), current value is token-bukcet',
    ],
    ['', "Cannot parse strategy : name must be a known strategy, current value is ''"],
    [
      'token-bucket:rate=5',
      'Cannot parse strategy token-bucket:rate=5: parameter of token-bucket must be one of by, ratePerSecond, burst (did you mean ratePerSecond?), current value is rate',
    ],
    [
      'token-bucket:ratePerSecond=-5',
      'Cannot parse strategy token-bucket:ratePerSecond=-5: token-bucket.ratePerSecond must be a number from 0.001 to 1000000, current value is -5',
    ],
    [
      'backoff:jitter=fulll',
      'Cannot parse strategy backoff:jitter=fulll: backoff.jitter must be one of none, full, equal, decorrelated, current value is fulll',
    ],
    [
      'give-up',
      'Cannot parse strategy give-up: give-up must be inside a layer that retries, for example retry-after+give-up, current value is outermost',
    ],
    ['none:a=1', 'Cannot parse strategy none:a=1: parameter of none must be absent, it has none, current value is a'],
    [
      'fixed-delay:delayMs=1,delayMs=2',
      'Cannot parse strategy fixed-delay:delayMs=1,delayMs=2: fixed-delay.delayMs must be given once, current value is 2',
    ],
    [
      'token-bucket:constructor=1',
      'Cannot parse strategy token-bucket:constructor=1: parameter of token-bucket must be one of by, ratePerSecond, burst, current value is constructor',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseStrategy(text)).toThrow(message);
  });

  test('names all faults at once', () => {
    expect(() => parseStrategy('nope+backoff:baseMs=x,capMs=0')).toThrow(
      /name must.*\n.*backoff\.baseMs must.*\n.*backoff\.capMs must/,
    );
  });

  test('refuses a text without end', () => {
    expect(() => parseStrategy('x'.repeat(3000))).toThrow('must be at most 2000 characters, current value is 3000');
  });

  test('format and parse are inverse for every strategy and every parameter', () => {
    const layer = fc.constantFrom(...strategyDefinitions).chain(layerText);
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
        const spec = parseStrategy(`backoff+${layers.join('+')}`).spec;
        expect(parseStrategy(spec).spec).toBe(spec);
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});

describe('strategyDefinitions', () => {
  test.each(strategyDefinitions.map((definition) => [definition.name, definition] as const))(
    '%s has a title for tables, words and sound defaults',
    (name, definition) => {
      const built = buildStrategy(definition);
      expect(built.spec).toBe(name);
      expect(parseStrategy(definition.example ?? name).spec).toBe(definition.example ?? name);
      expect(built.title.length).toBeLessThanOrEqual(32);
      expect(definition.title.length).toBeLessThanOrEqual(32);
      expect(definition.what).toMatch(/\.$/);
      expect(definition.when).toMatch(/\.$/);
      for (const [key, parameter] of Object.entries(definition.parameters)) {
        expect(parseStrategy(`backoff+${name}:${key}=${parameter.default}`).spec).toBe(`backoff+${name}`);
      }
    },
  );

  test('names are unique', () => {
    const names = strategyDefinitions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

/** A random text of one layer whose values are all allowed, and hold together. */
function layerText(definition: StrategyDefinition): fc.Arbitrary<string> {
  const entries = Object.entries(definition.parameters);
  const values = fc.tuple(...entries.map(([, parameter]) => fc.option(valueOf(parameter))));
  return values
    .filter((drawn) => {
      const all = Object.fromEntries(entries.map(([name, { default: usual }], i) => [name, drawn[i] ?? usual]));
      return (definition.check?.(all) ?? null) === null;
    })
    .map((drawn) => {
      const pairs = entries.flatMap(([name], i) => (drawn[i] === null ? [] : [`${name}=${drawn[i]}`]));
      return pairs.length === 0 ? definition.name : `${definition.name}:${pairs.join(',')}`;
    });
}

function valueOf(parameter: ParameterDefinition): fc.Arbitrary<string | number | boolean> {
  if (parameter.kind === 'boolean') return fc.boolean();
  if (parameter.kind === 'choice') return fc.constantFrom(...(parameter.choices ?? []));
  if (parameter.kind === 'time-zone') return fc.constantFrom('UTC', 'Europe/Berlin', 'America/Los_Angeles');
  const [min, max] = [parameter.min ?? 0, parameter.max ?? 1e6];
  return parameter.kind === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
}
