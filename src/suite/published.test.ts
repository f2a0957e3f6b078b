import { describe, expect, test } from 'vitest';
import type { PublishedFigure } from '../../scenarios/scenario.ts';
import { sampleCell } from '../results/testing/sample-results.ts';
import { heldAgainst } from './published.ts';
import { sampleScenario } from './testing/sample-plan.ts';

const figure: PublishedFigure = {
  label: 'Somebody’s',
  strategy: 'retry-after',
  quantity: 'completion',
  unit: 'ms',
  published: 1000,
  publishedText: '1,000 ± 3',
  publishedStandardError: 3,
  measure: ({ metrics }) => metrics!.makespanMs,
  note: '',
};

const held = (cells: Parameters<typeof heldAgainst>[1], change: Partial<PublishedFigure> = {}) =>
  heldAgainst(
    { ...sampleScenario(), published: { source: 's', note: 'n', figures: [{ ...figure, ...change }] } },
    cells,
  )!.figures[0]!;

describe('heldAgainst', () => {
  test('gives mean, interval, difference and distance in standard errors', () => {
    const found = held([sampleCell('retry-after', [1000, 1010, 1020, 1030, 1040])]);
    expect(found.measured).toMatchObject({ trials: 5, mean: 1020 });
    expect(found.difference).toBeCloseTo(0.02, 12);
    // Variance 250 over 5 values: a standard error of the root of 50, with the published 3 that of 59.
    expect(found.standardErrors).toBeCloseTo(20 / Math.sqrt(59), 12);
    expect(found.measured!.high - 1020).toBeCloseTo(2.7764451 * Math.sqrt(50), 6);
  });

  test('knows no distance from a single published run', () => {
    const found = held([sampleCell('retry-after', [1000, 1020])], { publishedStandardError: null });
    expect(found.standardErrors).toBeNull();
    expect(found.difference).toBeCloseTo(0.01, 12);
  });

  test('leaves failed trials out', () => {
    const cell = sampleCell('retry-after', [1000, 1020, 9000]);
    const [a, b, c] = cell.trials;
    const failed = { ...c!, failure: { reason: 'deadline' as const, detail: '' } };
    expect(held([{ ...cell, trials: [a!, b!, failed] }]).measured).toMatchObject({ trials: 2, mean: 1010 });
  });

  test('says that nothing was measured when the strategy, or a second trial, is missing', () => {
    for (const cells of [[sampleCell('none', [1, 2])], [sampleCell('retry-after', [1000])], []]) {
      expect(held(cells)).toMatchObject({ measured: null, difference: null, standardErrors: null });
    }
  });

  test('looks at the scenario as it stands, never at a variant', () => {
    expect(held([{ ...sampleCell('retry-after', [1, 2]), variant: 'twice' }]).measured).toBeNull();
  });

  test('is null where nothing was published', () => {
    expect(heldAgainst(sampleScenario(), [])).toBeNull();
  });
});
