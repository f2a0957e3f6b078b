/** The kit flags every documented bug with the law that it breaks, and no limiter that keeps its promises. */
import { describe, expect, it } from 'vitest';
import { checkLimiter, LawBrokenError } from '../../src/kit/fast-check.ts';
import { bugs } from './bugs.ts';
import { correct } from './correct.ts';

/** Random scenarios for each limiter; MUSEUM_RUNS=1000 for the whole proof. */
const RUNS = Number(process.env['MUSEUM_RUNS'] ?? 3);

describe('a documented bug', () => {
  it.each(bugs.map((bug) => [bug.name, bug] as const))('%s', async (_, { strategy, promises, where, breaks }) => {
    const error: unknown = await checkLimiter(strategy, { ...where, laws: promises, runs: 100 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(LawBrokenError);
    const { violations, message } = error as LawBrokenError;
    if (process.env['MUSEUM_PRINT'] !== undefined) console.log(message);
    expect(violations.map(({ law }) => law)).toContain(breaks);
    expect(message).toMatch(/Replay: await checkLimiter/);
  });
});

describe('a limiter that keeps its promises is not flagged:', () => {
  it.each(correct.map((limiter) => [limiter.name, limiter] as const))(
    '%s',
    async (_, { strategy, promises, where }) => {
      await expect(checkLimiter(strategy, { ...where, laws: promises, runs: RUNS })).resolves.toBeUndefined();
    },
  );
});
