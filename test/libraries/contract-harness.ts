/** A library around a small server of its own, in virtual time: what arrived when, and what came out. */
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import type { Fetch, RequestIdentity, Strategy, StrategyContext } from '../../src/strategies/strategy.ts';
import { createVirtualTime } from '../../src/time/virtual-time.ts';

/** Start of all runs: a whole second, so that HTTP dates are exact. */
export const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9);
/** How long the server takes for an answer. */
export const LATENCY_MS = 10;
/** No run may last longer: beyond it a library counts as hanging. */
const DEADLINE_MS = 30 * 86_400_000;

/** One request that reached the server. */
export interface Arrival {
  readonly atMs: number;
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

/** What the server answers to the attempt of this index. */
export type Answer = (index: number, arrival: Arrival) => Response;

/** What came of a run. */
export interface Run<T> {
  readonly value: T;
  readonly arrivals: readonly Arrival[];
  /** Virtual ms from start to end. */
  readonly tookMs: number;
}

/** Runs `main` with a library around a server of its own, and what wraps it once more. Rejects when it does not end within 30 virtual days, or the watchdog ends it. */
export async function withLibrary<T>(
  strategy: Strategy | string,
  answer: Answer,
  main: (fetch: Fetch, wrapAgain: () => Fetch) => Promise<T>,
): Promise<Run<T>> {
  const { pipeline, foreign } = typeof strategy === 'string' ? parseStrategy(strategy) : strategy;
  await foreign?.load();
  const random = createRandomSource(1);
  const time = createVirtualTime({
    startsAtMs: STARTS_AT_MS,
    deadlineMs: STARTS_AT_MS + DEADLINE_MS,
    eventsPerInstantMax: 10_000,
    readsPerEventMax: 100_000,
    ambient: true,
    random,
  });
  const arrivals: Arrival[] = [];
  const server: Fetch = async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const { url, method, headers } = request;
    const arrival = { atMs: time.nowMs - STARTS_AT_MS, url, method, headers, body: await request.text() };
    const index = arrivals.push(arrival) - 1;
    await new Promise((resolve, reject) => {
      time.scheduleAt(time.nowMs + LATENCY_MS, resolve, undefined);
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error), { once: true });
    });
    return answer(index, arrival);
  };
  const context: StrategyContext = { clock: time.clock, random, identify, note: () => {} };
  const outcome = await time.run(() => {
    const wrap = () => pipeline(server, context);
    return main(wrap(), wrap);
  });
  if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return { value: outcome.value, arrivals, tookMs: time.nowMs - STARTS_AT_MS };
}

/** Everybody is one organization. */
function identify(): RequestIdentity {
  return { org: 'org', client: 'client', token: 'token', job: '' };
}

/** A refusal. */
export function refusal(headers: Record<string, string> = {}, status = 429): Response {
  return new Response('{"message":"Rate limit exceeded","status":429}', {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** A success. */
export function success(): Response {
  return new Response('{"ok":true}', { status: 200, headers: { 'content-type': 'application/json' } });
}

/** Times between the attempts, without the time that the server took. */
export function gapsOf(arrivals: readonly Arrival[]): readonly number[] {
  return arrivals.slice(1).map(({ atMs }, index) => atMs - arrivals[index]!.atMs - LATENCY_MS);
}
