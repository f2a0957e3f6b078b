/** The fetch that probes a real server: it waits no longer than told, follows no redirect, and leaves connections free for the next probe. */
import type { Fetch } from '../strategies/strategy.ts';
import type { Clock } from '../time/clock.ts';

/** Of a body no more than this is read; the connection of a longer one is closed. */
const BODY_BYTES_MAX = 1_000_000;

/**
 * Wraps a fetch. Answers come without their bodies, when these have been read; rejects when no answer comes in time.
 *
 * @param timeoutMs From the sending to the end of the body.
 */
export function createProbingFetch(fetch: Fetch, clock: Clock, timeoutMs: number): Fetch {
  return async (input, init) => {
    const controller = new AbortController();
    const timer = clock.setTimer(() => controller.abort(new Error('no answer in time')), timeoutMs);
    try {
      const response = await fetch(input, { ...init, redirect: 'manual', signal: controller.signal });
      const { status, headers } = response;
      await drain(response);
      return new Response(null, { status: status >= 200 && status <= 599 ? status : 500, headers });
    } finally {
      clock.clearTimer(timer);
    }
  };
}

async function drain({ body }: Response): Promise<void> {
  if (body === null) return;
  let read = 0;
  for (const reader = body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return;
    read += value.byteLength;
    if (read > BODY_BYTES_MAX) return reader.cancel();
  }
}
