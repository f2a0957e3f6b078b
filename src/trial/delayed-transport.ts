/** The in-process platform seen from afar: every call takes a while to get there, and its answer a while to come back. */
import type { Transport, TransportTime } from './transport.ts';

/** How long one call is on its way, ms of the trial's time. */
export interface WayDelays {
  readonly thereMs: number;
  readonly backMs: number;
}

/** Puts a way between a client and its platform. `draw` is asked once per call. Calls that are cancelled on the way there are sent all the same. */
export function delayedTransport(near: Transport, time: TransportTime, draw: () => WayDelays): Transport {
  const after = (delayMs: number) =>
    new Promise<void>((resolve) => void time.scheduleAt(time.nowMs + delayMs, resolve, undefined));
  return {
    ...near,
    async fetch(input, init) {
      const { thereMs, backMs } = draw();
      await after(thereMs);
      const response = await near.fetch(input, init);
      await after(backMs);
      return response;
    },
  };
}
