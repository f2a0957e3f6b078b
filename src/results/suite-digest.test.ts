import { describe, expect, it } from 'vitest';
import { suiteDigest } from './suite-digest.ts';
import { sampleCell, sampleResults, sampleTrial } from './testing/sample-results.ts';

const digestOf = (...cells: ReturnType<typeof sampleCell>[]) => suiteDigest([{ name: 'sample', cells }]);

describe('suiteDigest', () => {
  it('is equal for equal trials', () => {
    expect(digestOf(sampleCell('none', [1, 2]))).toBe(digestOf(sampleCell('none', [1, 2])));
    expect(sampleResults().digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a trial', [sampleCell('none', [1, 3])]],
    ['a strategy', [sampleCell('retry-after', [1, 2])]],
    ['the number of trials', [sampleCell('none', [1, 2, 3])]],
    ['a variant', [{ ...sampleCell('none', [1, 2]), variant: 'claims only' }]],
    [
      'a failure',
      [
        {
          ...sampleCell('none', [1, 2]),
          trials: [sampleTrial(1, 1), { ...sampleTrial(2, 2), failure: { reason: 'deadline' as const, detail: '' } }],
        },
      ],
    ],
  ])('differs with %s', (_, cells) => {
    expect(digestOf(...cells)).not.toBe(digestOf(sampleCell('none', [1, 2])));
  });

  it('leaves out what a failure says in words, which may name a place on one machine', () => {
    const failed = (detail: string) => ({
      ...sampleCell('none', []),
      trials: [{ ...sampleTrial(1, 1), failure: { reason: 'threw' as const, detail } }],
    });
    expect(digestOf(failed('/home/a'))).toBe(digestOf(failed('/home/b')));
  });
});
