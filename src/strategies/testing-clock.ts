/**
 * A clock driven by hand and a stub server, for the tests of this folder: timers fire in order of due time, then of creation, and
 * between two timers every promise that can continue does.
 */
import type { Clock, TimerHandle } from '../time/clock.ts';
import type { RandomSource } from '../random/random.ts';
import type { Fetch, RequestIdentity, StrategyContext } from './strategy.ts';

interface Timer extends TimerHandle {
  readonly callback: () => void;
  readonly sequence: number;
}

/** A clock that stands still until {@link runTo} moves it. Timers follow Node's rule: below 1 ms becomes 1, fractions are cut. */
export class TestClock implements Clock {
  nowMs = 1_750_000_000_000;
  private readonly timers = new Set<Timer>();
  private sequence = 0;

  now(): number {
    return this.nowMs;
  }

  setTimer(callback: () => void, delayMs: number): TimerHandle {
    if (!(delayMs <= 2_147_483_647)) throw new Error(`delayMs out of range: ${delayMs}`);
    const timer = { callback, dueMs: this.nowMs + Math.max(1, Math.trunc(delayMs)), sequence: this.sequence++ };
    this.timers.add(timer);
    return timer;
  }

  clearTimer(timer: TimerHandle): void {
    this.timers.delete(timer as Timer);
  }

  get pending(): number {
    return this.timers.size;
  }

  /** Runs everything due within the next `durationMs`, then stands at the end of it. */
  async run(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await settle();
    for (;;) {
      const next = [...this.timers].sort((a, b) => a.dueMs - b.dueMs || a.sequence - b.sequence)[0];
      if (next === undefined || next.dueMs > endMs) break;
      this.timers.delete(next);
      this.nowMs = next.dueMs;
      next.callback();
      await settle();
    }
    this.nowMs = endMs;
  }
}

/** Lets every promise that can continue do so; no strategy chains deeper than this. */
async function settle(): Promise<void> {
  for (let hop = 0; hop < 60; hop++) await Promise.resolve();
}

/** A random source that says the same number always, or what a function of its key says. */
function testRandom(dice: number | ((stream: string, entity: string | number, index: number) => number)): RandomSource {
  const at = typeof dice === 'number' ? () => dice : dice;
  return {
    at,
    stream: () => {
      throw new Error('strategies draw keyed dice only');
    },
  };
}

/** Identities as the tests write them: `https://org/path`, one client and one token for each org unless `init` says a `token`. */
export function identify(input: string | URL | Request): RequestIdentity {
  const url = new URL(typeof input === 'string' ? input : input instanceof URL ? input : input.url);
  return { org: url.hostname, client: 'client', token: `token-${url.hostname}`, job: url.pathname.slice(1) };
}

/** A context for tests; notes are kept in `notes`. */
export function testContext(
  clock: Clock,
  dice: Parameters<typeof testRandom>[0] = 0.5,
): StrategyContext & { readonly notes: [string, number][] } {
  const notes: [string, number][] = [];
  return { clock, random: testRandom(dice), identify, note: (name, value) => notes.push([name, value]), notes };
}

/** One request that reached the stub server. */
export interface Arrival {
  readonly url: string;
  readonly atMs: number;
  readonly init: RequestInit | undefined;
}

/** A stub server: answers after `latencyMs` what `answer` says, and writes down who came when. */
export function stubServer(clock: Clock, answer: (arrival: Arrival, index: number) => Response, latencyMs = 0) {
  const startMs = clock.now();
  const arrivals: Arrival[] = [];
  const fetch: Fetch = async (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    const arrival = { url, atMs: clock.now() - startMs, init };
    arrivals.push(arrival);
    const index = arrivals.length - 1;
    if (latencyMs > 0) await new Promise<void>((resolve) => void clock.setTimer(resolve, latencyMs));
    return answer(arrival, index);
  };
  return { fetch, arrivals };
}

/** A response with nothing but a status and headers. */
export function respond(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}
