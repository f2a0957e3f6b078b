/** Calls through a library in virtual time, with no gateway: a function that answers, and the starts it saw. */
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { Fetch } from '../../src/strategies/strategy.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import { createVirtualTime } from '../../src/time/virtual-time.ts';

/** A Monday. */
export const START_MS = Date.UTC(2026, 0, 5, 9);

/** Where and how calls go. */
export interface Calls {
  readonly spec: string;
  /** Calls, all at once. Default 1. */
  readonly count?: number;
  /** Ms of each answer. Default 50. */
  readonly latencyMs?: number;
  /** The answer to the nth attempt, counted from 0. Default: 200. */
  readonly answer?: (attempt: number, request: Request) => Response;
  /** The organization of the nth call. Default: the same for all. */
  readonly orgOf?: (index: number) => string;
  /** Default: GET. */
  readonly init?: RequestInit;
}

/** What came of them; times are ms after the first call. */
export interface Called {
  readonly startsMs: readonly number[];
  readonly endMs: number;
  readonly responses: readonly Response[];
  readonly requests: readonly Request[];
}

/** Runs calls through a library in ambient virtual time; rejects with what failed. */
export async function callVirtually(calls: Calls): Promise<Called> {
  const strategy = parseStrategy(calls.spec);
  await strategy.foreign?.load();
  const random = createRandomSource(1);
  const time = createVirtualTime({ startsAtMs: START_MS, deadlineMs: START_MS + 1e9, ambient: true, random });
  const startsMs: number[] = [];
  const requests: Request[] = [];
  const answered: Fetch = async (input, init) => {
    const attempt = startsMs.push(time.nowMs - START_MS) - 1;
    const request = new Request(input, init);
    requests.push(request);
    await new Promise<void>((resolve) => void setTimeout(resolve, calls.latencyMs ?? 50));
    return calls.answer?.(attempt, request) ?? Response.json({ ok: true });
  };
  const outcome = await time.run(() => {
    const wrapped = strategy.pipeline(answered, {
      clock: time.clock,
      random,
      identify: (_input, init) => ({
        org: new Headers(init?.headers).get('x-org') ?? '',
        client: 'client-1',
        token: 'token-1',
        job: '',
      }),
      note: () => {},
    });
    return Promise.all(
      Array.from({ length: calls.count ?? 1 }, (_, index) =>
        wrapped(`https://api.example.invalid/api/v2/users?page=${index}`, {
          ...calls.init,
          headers: { authorization: 'Bearer token-1', 'x-job': `${index}`, 'x-org': calls.orgOf?.(index) ?? 'org-1' },
        }),
      ),
    );
  });
  if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`, { cause: outcome.error });
  return { startsMs, endMs: time.nowMs - START_MS, responses: outcome.value, requests };
}

/** Most starts within any second, its end excluded. */
export function mostInAnySecond(startsMs: readonly number[]): number {
  const sorted = startsMs.toSorted((a, b) => a - b);
  let from = 0;
  let most = 0;
  sorted.forEach((startMs, index) => {
    while (startMs - sorted[from]! >= 1000) from += 1;
    most = Math.max(most, index - from + 1);
  });
  return most;
}
