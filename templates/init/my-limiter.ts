/** The limiter under test: a token bucket for each organization, and Retry-After where a call is refused all the same. Put your own here. */
import type { Pipeline } from 'ratelab';

const CALLS_PER_SECOND = 10;
const BURST = 10;
const SPACING_MS = 1000 / CALLS_PER_SECOND;

const limiter: Pipeline = (fetch, { identify }) => {
  /** By organization: when its next call may start, once the burst is used up. */
  const nextAtMs = new Map<string, number>();

  async function turnOf(org: string): Promise<void> {
    const nowMs = Date.now();
    const atMs = Math.max(nextAtMs.get(org) ?? 0, nowMs - (BURST - 1) * SPACING_MS);
    nextAtMs.set(org, atMs + SPACING_MS);
    if (atMs > nowMs) await sleep(atMs - nowMs);
  }

  return async (input, init) => {
    for (;;) {
      await turnOf(identify(input, init).org);
      const response = await fetch(input, init);
      if (response.status !== 429 && response.status !== 503) return response;
      await sleep(retryAfterMs(response));
    }
  };
};

/** Seconds only; a real limiter reads dates too. */
function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 1);
  return 1000 * (Number.isFinite(seconds) ? seconds : 1);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.ceil(ms)));
}

export default limiter;
export const title = 'My limiter';
export const what = 'A token bucket for each organization, and Retry-After.';
