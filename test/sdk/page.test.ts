/** docs/sdk.md: the official SDK end to end, through two doors, under two policies. What the page says is what happens when its programs are run. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesOf, PAGE, POLICIES, type Run, runPrograms, tableIn, tableOf } from './programs.ts';

const page = readFileSync(PAGE, 'utf8');

describe('docs/sdk.md', () => {
  let runs: readonly Run[] = [];
  beforeAll(async () => {
    runs = await runPrograms();
  }, 120_000);

  it('holds the work and a program for each door', () => {
    expect([...filesOf(page).keys()]).toEqual(['work.mjs', 'over-http.mjs', 'in-a-test.test.mjs']);
  });

  it('its programs run through both doors under both policies', () => {
    const expected = ['HTTP', 'MSW'].flatMap((door) => POLICIES.map((policy) => [door, policy]));
    expect(runs.map(({ door, policy }) => [door, policy])).toEqual(expected);
  });

  it('the SDK lists, changes, queries, is refused, waits and goes on', () => {
    for (const { saw } of runs) {
      expect(saw.users).toBeGreaterThanOrEqual(500);
      expect(saw.flows).toBeGreaterThanOrEqual(500);
      expect(saw.pages).toBe(Math.ceil(saw.users / 50) + Math.ceil(saw.flows / 50));
      expect(saw.changed).toBe(true);
      expect(saw.queried).toBeGreaterThan(100);
      expect(saw.fromJob).toBe(saw.queried);
      expect(saw.refusals).toBeGreaterThan(0);
      expect(saw.retryAfterSeconds).toHaveLength(saw.refusals);
      expect(Math.min(...saw.retryAfterSeconds)).toBeGreaterThanOrEqual(1);
    }
  });

  it('both doors give the same', () => {
    for (const policy of POLICIES) {
      const [http, msw] = runs.filter((run) => run.policy === policy);
      expect(msw?.saw).toEqual(http?.saw);
    }
  });

  it('the page’s table is what the programs print (npx jiti docs/sdk-build.ts)', () => {
    expect(tableIn(page)).toBe(tableOf(runs));
  });
});
