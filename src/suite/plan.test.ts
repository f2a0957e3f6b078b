import { describe, expect, it } from 'vitest';
import type { Claim } from '../../scenarios/scenario.ts';
import { canonicalSpec, planSuite } from './plan.ts';
import { samplePlanned } from './testing/sample-plan.ts';

const claim = (...needs: Claim['needs'][number][]): Claim => ({
  id: '1',
  kind: 'cure',
  says: 'It helps.',
  needs,
  restsOn: [],
  check: () => ({ verdict: 'holds', evidence: '', boundary: '', bars: [] }),
});
const seeds = [1, 2, 3, 4, 5, 6, 7];
const shape = (planned: ReturnType<typeof samplePlanned>) =>
  planSuite([planned], seeds).cells.map((cell) => [
    cell.strategy.spec,
    cell.variant,
    cell.label,
    cell.seeds.length,
    cell.isolatedSeeds.length,
  ]);

describe('planSuite', () => {
  it('runs the matrix on all seeds, with isolated runs on the first three', () => {
    expect(shape(samplePlanned(['none', './mine.ts']))).toEqual([
      ['none', '', '', 7, 3],
      ['./mine.ts', '', '', 7, 3],
    ]);
  });

  it('adds what claims need beyond the matrix, once, on the first five seeds', () => {
    const needs = [
      { strategy: 'none' },
      { strategy: 'retry-after' },
      { strategy: 'none', variant: 'twice' },
      { strategy: 'retry-after' },
    ];
    expect(shape(samplePlanned(['none'], [claim(...needs), claim(...needs)]))).toEqual([
      ['none', '', '', 7, 3],
      ['retry-after', '', 'claims only', 5, 0],
      ['none', 'twice', 'twice', 5, 0],
    ]);
  });

  it('plans nothing for claims that are left out', () => {
    const planned = { ...samplePlanned(['none'], [claim({ strategy: 'retry-after' })]), claimsSkipped: 'left out' };
    expect(shape(planned)).toHaveLength(1);
  });

  it('plans nothing for a strategy or a variant that does not exist: the claim will say so', () => {
    const needs = [{ strategy: 'no-such-strategy' }, { strategy: 'none', variant: 'no-such-variant' }];
    expect(shape(samplePlanned(['none'], [claim(...needs)]))).toHaveLength(1);
  });
});

describe('canonicalSpec', () => {
  it('writes equal strategies equally, and leaves alone what it cannot read', () => {
    expect(canonicalSpec('none + retry-after')).toBe('retry-after');
    expect(canonicalSpec('./mine.ts')).toBe('./mine.ts');
  });
});
