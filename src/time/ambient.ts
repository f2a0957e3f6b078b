/**
 * Ambient virtual time: third-party code runs unmodified, because every clock, timer and die that it can reach by name is virtual.
 *
 * Patched: `Date`; `performance.now`, `.timeOrigin`; `process.hrtime`, `.hrtime.bigint`, `.uptime`; set and clear `Timeout`, `Interval`,
 * `Immediate` as globals, in `node:timers`, in `node:timers/promises` (also where they were imported earlier) and by `util.promisify`;
 * `AbortSignal.timeout`; `Math.random`.
 * Real on purpose: `process.nextTick`, `queueMicrotask`, promises (the loop drains them).
 * Refused, as it would be outrun by virtual time: real input and output (see real-io.ts).
 * Real because they cannot be reached: functions that a module captured before the run (`const later = setTimeout` - load such modules by
 * `loadForVirtualTime`), `Intl.DateTimeFormat().format()` without a date, `event.timeStamp`, `performance.mark`, `fs.watchFile`, `Atomics.wait`,
 * `crypto` randomness, timers inside Node's sockets.
 */
import { syncBuiltinESMExports } from 'node:module';
import { ambientHost, setAmbientHost, type AmbientHost } from './ambient-host.ts';
import { patchMonotonicClocks } from './ambient-monotonic.ts';
import { forgetTimers } from './ambient-timers.ts';
import { Patches } from './patches.ts';
import { standBeforeRealIo } from './real-io.ts';
import { standIn } from './stand-ins.ts';

/** Options of {@link installAmbient}. */
export interface AmbientOptions {
  /** Where `Math.random` gets its numbers: the sequential generator of the stream `ambient`. 53 bits, or random job ids collide. */
  readonly random: { stream(stream: string): { next(): number } };
}

/** Libraries take smaller epoch times for a number of seconds, and 0 for "not set". */
const STARTS_AT_MS_MIN = Date.UTC(2024, 0, 1);

/**
 * Makes time ambient for the whole process, until the returned function is called (a second call does nothing).
 *
 * @throws Error when another virtual time is installed; RangeError when `virtual` stands before 2024.
 */
export function installAmbient(virtual: AmbientHost, options: AmbientOptions): () => void {
  if (ambientHost() !== null) {
    throw new Error(
      'Cannot install ambient time: only one virtual time may be installed in a process at a time, one is',
    );
  }
  if (!(virtual.nowMs >= STARTS_AT_MS_MIN)) {
    throw new RangeError(
      `Cannot install ambient time: startsAtMs must be at least ${STARTS_AT_MS_MIN} (2024-01-01), current value is ${virtual.nowMs}`,
    );
  }
  const patches = new Patches();
  const random = options.random.stream('ambient');
  const leaveStandIns = standIn();
  const noteMonotonicClocks = patchMonotonicClocks(patches, virtual);
  const leaveRealIo = standBeforeRealIo();
  patches.value(Math, 'random', () => random.next());
  setAmbientHost(virtual);
  syncBuiltinESMExports();
  let installed = true;
  return () => {
    if (!installed) return;
    installed = false;
    noteMonotonicClocks();
    setAmbientHost(null);
    patches.restore();
    leaveRealIo();
    leaveStandIns();
    forgetTimers();
    syncBuiltinESMExports();
  };
}
