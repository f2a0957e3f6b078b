import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatches, strangeGlobs, thresholdFor, thresholdsSchema, unmatchedGlobs } from './thresholds.ts';

describe('thresholdFor', () => {
  it('tolerates five per cent of makespan unless something else is said', () => {
    expect(thresholdFor({}, 'a', 'b', 'makespan')).toEqual({ level: 'error', max: 0.05, min: 0, limit: null });
  });

  it('lets later globs win, field by field', () => {
    const thresholds = {
      '*': 'warn',
      'burst-*/*/rejected': { max: '+25%', min: 5 },
      '*/aimd/rejected': { level: 'error', limit: 100 },
      'burst-3/**': 'off',
    } as const;
    const rule = (scenario: string, strategy: string) => thresholdFor(thresholds, scenario, strategy, 'rejected');
    expect(rule('burst-1', 'aimd')).toEqual({ level: 'error', max: 0.25, min: 5, limit: 100 });
    expect(rule('calm', 'none')).toMatchObject({ level: 'warn', max: 0.1, min: 3 });
    expect(rule('burst-3', 'aimd').level).toBe('off');
  });
});

describe('thresholdsSchema', () => {
  it.each(['5', '-5%', '+5 % more', '+2000%', -0.1, 11])('refuses max %s', (max) => {
    expect(thresholdsSchema.safeParse({ '*': { max } }).success).toBe(false);
  });

  it.each(['+5%', '5 %', '0.5%', 0.05])('takes max %s', (max) => {
    expect(thresholdsSchema.safeParse({ '*': { max } }).success).toBe(true);
  });
});

describe('strangeGlobs', () => {
  it('finds globs that name no metric, which would match nothing', () => {
    expect(strangeGlobs({ '*/makespam': 'off', '*/makespan': 'off', '*': 'off', 'a/{bans,failures}': 'off' })).toEqual([
      '*/makespam',
    ]);
  });
});

describe('unmatchedGlobs', () => {
  it('finds globs whose scenario or strategy is not there', () => {
    const globs = { 'smal/*/makespan': 'warn', 'small/**': 'warn', '*/other/bans': 'off', '*': 'error' } as const;
    expect(unmatchedGlobs(globs, [{ scenario: 'small', strategy: 'none' }])).toEqual([
      'smal/*/makespan',
      '*/other/bans',
    ]);
  });
});

describe('globMatches', () => {
  it.each([
    ['*/retry-after/makespan', 'users/retry-after/makespan', true],
    ['*/./limiter.ts/*', 'users/./limiter.ts/bans', true],
    ['*/./limiter.ts/*', 'users/.xlimiter.ts/bans', false],
    ['users/*/{bans,failures}', 'users/a+b/failures', true],
    ['users/?/bans', 'users/ab/bans', false],
    ['users/{bans', 'users/bans', false],
  ])('%s on %s: %s', (glob, text, matches) => {
    expect(globMatches(glob, text)).toBe(matches);
  });

  it('takes any text without special characters literally', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const [glob, text] = [a.replaceAll(/[*?{},]/g, ''), b.replaceAll(/[*?{},]/g, '')];
        expect(globMatches(glob, glob)).toBe(true);
        expect(globMatches(glob, text)).toBe(glob === text);
      }),
    );
  });
});
