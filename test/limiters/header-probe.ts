/** What a client does with the Retry-After of one refusal: one call is refused once, and whoever comes back is served. */
import type { Fetch, Pipeline, Strategy } from '../../src/strategies/strategy.ts';
import { sleep } from '../../src/time/clock.ts';
import { runTrial } from '../../src/trial/run-trial.ts';
import { openPlatform } from './open-platform.ts';

/** The refusals that each client meets. `askedMs`: the wait that the header asks for; null: it asks for none that can be read. */
export const refusals = [
  { name: 'absent', method: 'GET', header: null, askedMs: null },
  { name: 'seconds', method: 'GET', header: '7', askedMs: 7000 },
  { name: 'date', method: 'GET', header: 'Wed, 04 Mar 2026 10:00:08 GMT', askedMs: 7990 },
  { name: 'zero', method: 'GET', header: '0', askedMs: 0 },
  { name: 'huge', method: 'GET', header: '3000000', askedMs: 3_000_000_000 },
  { name: 'malformed', method: 'GET', header: 'soon', askedMs: null },
  { name: 'post', method: 'POST', header: '7', askedMs: 7000 },
] as const;

/** The name of one refusal. */
export type RefusalName = (typeof refusals)[number]['name'];

/** Ms from the refusal's arrival to the next attempt, for each refusal; null: there was none. */
export type WaitsMs = Readonly<Record<RefusalName, number | null>>;

/** When the refusal arrives after the start, ms. */
const REFUSED_AFTER_MS = 10;

/** Ms that a client waited after one refusal; null: it gave the job up, or did not come back in sixty days. */
export async function waitAfter(strategy: Strategy, refusal: (typeof refusals)[number]): Promise<number | null> {
  const startsMs: number[] = [];
  const client: Pipeline = (fetch, { clock }): Fetch => {
    return async (input, init) => {
      startsMs.push(clock.now());
      if (startsMs.length > 1) return fetch(input, init);
      await sleep(clock, REFUSED_AFTER_MS);
      const headers = refusal.header === null ? {} : { 'retry-after': refusal.header };
      return new Response('{"message":"Rate limit exceeded","code":"too.many.requests","status":429}', {
        status: 429,
        headers: { 'content-type': 'application/json', ...headers },
      });
    };
  };
  const drafts = [{ sender: 0, method: refusal.method, path: '/probe', body: refusal.method === 'POST' ? '{}' : null }];
  const scenario = openPlatform({ name: `retry-after-${refusal.name}`, organizations: 1, drafts, client });
  await runTrial({ scenario, strategy, seed: 1 });
  return startsMs[1] === undefined ? null : startsMs[1] - startsMs[0]! - REFUSED_AFTER_MS;
}
