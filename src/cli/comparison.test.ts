import { describe, expect, it } from 'vitest';
import { sampleCell, sampleResults, sampleTrial } from '../results/testing/sample-results.ts';
import { comparisonText } from './compare.ts';
import { compareSuites } from './comparison.ts';

const ten = [700, 702, 704, 706, 708, 710, 712, 714, 716, 718];
const before = sampleResults([sampleCell('none', ten, 4), sampleCell('retry-after', ten)]);

describe('compareSuites', () => {
  it('says identical of equal digests, with no change at all', () => {
    const [none] = compareSuites(before, before);
    expect(none).toMatchObject({
      status: 'identical',
      seeds: 10,
      makespan: { estimate: 0 },
      wastedShare: { estimate: 0 },
    });
  });

  it('estimates the relative change of the makespan and the absolute change of the wasted share', () => {
    const after = sampleResults([
      sampleCell(
        'none',
        ten.map((ms) => ms * 2),
        30,
      ),
      sampleCell('retry-after', ten),
    ]);
    const [none, retryAfter] = compareSuites(before, after);
    expect(none?.status).toBe('compared');
    expect(none?.makespan?.estimate).toBeCloseTo(1, 12);
    expect(none?.makespan?.interval?.low).toBeCloseTo(1, 12);
    expect(none?.wastedShare?.estimate).toBeCloseTo(30 / 40 - 4 / 14, 12);
    expect(retryAfter?.status).toBe('identical');
  });

  it('gives no interval where six seeds would be needed for one', () => {
    const few = (shift: number) => sampleResults([sampleCell('none', [700 + shift, 710 + shift, 720 + shift])]);
    expect(compareSuites(few(0), few(7))[0]).toMatchObject({
      status: 'compared',
      seeds: 3,
      makespan: { interval: null },
    });
  });

  it('pairs the seeds that are in both', () => {
    const later = { ...sampleCell('none', []), trials: [9, 10, 11].map((seed) => sampleTrial(seed, 800)) };
    expect(compareSuites(before, sampleResults([later]))[0]).toMatchObject({ status: 'compared', seeds: 2 });
  });

  it('counts failed trials instead of comparing their makespans', () => {
    const failing = {
      ...sampleCell('none', ten, 4),
      trials: ten.map((ms, at) => ({
        ...sampleTrial(at + 1, ms * 3),
        failure: { reason: 'deadline' as const, detail: '' },
      })),
    };
    expect(compareSuites(before, sampleResults([failing]))[0]).toMatchObject({
      status: 'compared',
      failed: { a: 0, b: 10 },
      makespan: null,
    });
  });

  it.each([
    ['only in the first file', sampleResults([sampleCell('none', ten, 4)]), 'retry-after'],
    ['only in the second file', sampleResults([...before.scenarios[0]!.cells, sampleCell('aimd', ten)]), 'aimd'],
    ['no seed is in both', sampleResults([{ ...sampleCell('none', []), trials: [sampleTrial(99, 1)] }]), 'none'],
    ['the policies differ', withScenario({ policy: { ...before.scenarios[0]!.policy, rejectionMs: 99 } }), 'none'],
    ['the parameters differ', withScenario({ parameters: { orgs: { value: 3, source: 'thread', note: '' } } }), 'none'],
  ])('says why it is not comparable: %s', (reason, after, strategy) => {
    const found = compareSuites(before, after).find((cell) => cell.strategy === strategy);
    expect(found).toMatchObject({ status: 'not comparable', reason, makespan: null });
  });
});

describe('comparisonText', () => {
  it('says it in one line when nothing changed', () => {
    expect(comparisonText(compareSuites(before, before), true)).toBe(
      'Identical: the digests of all trials are equal (2 identical, 0 changed, 0 not comparable).\n',
    );
  });

  it('lists what changed with its interval, and what cannot be compared with its reason', () => {
    const after = sampleResults([
      sampleCell(
        'none',
        ten.map((ms) => ms * 1.25),
        30,
      ),
    ]);
    const text = comparisonText(compareSuites(before, after), false);
    expect(text).toContain('0 identical, 1 changed, 1 not comparable');
    expect(text).toMatch(/sample +none +\+25\.0.% \[\+25\.0, \+25\.0\] +\+46\.4 points \[\+46\.4, \+46\.4\] +10/);
    expect(text).toMatch(/sample +retry-after .*not comparable: only in the first file/);
  });
});

function withScenario(change: object) {
  return { ...before, scenarios: before.scenarios.map((scenario) => ({ ...scenario, ...change })) };
}
