/** `node:timers/promises` and `AbortSignal.timeout` in virtual time. */
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { ambientHost } from './ambient-host.ts';
import { clearImmediate, clearTimeout, setImmediate, setInterval, setTimeout, type Timeout } from './ambient-timers.ts';
import type { Patches } from './patches.ts';

interface Options {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

const real = {
  setTimeout: timersPromises.setTimeout as (delayMs?: number, value?: unknown, options?: unknown) => Promise<unknown>,
  setImmediate: timersPromises.setImmediate as (value?: unknown, options?: unknown) => Promise<unknown>,
  setInterval: timersPromises.setInterval as (
    delayMs?: number,
    value?: unknown,
    options?: unknown,
  ) => AsyncIterableIterator<unknown>,
  wait: timersPromises.scheduler.wait.bind(timersPromises.scheduler) as (
    delayMs?: number,
    options?: unknown,
  ) => Promise<void>,
  yield: timersPromises.scheduler.yield.bind(timersPromises.scheduler),
  abortSignalTimeout: AbortSignal.timeout.bind(AbortSignal),
};

/** As Node's: the reason of the signal is the cause. */
class AbortError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';

  constructor(signal: AbortSignal) {
    super('The operation was aborted', { cause: signal.reason });
  }
}

function setTimeoutAsPromise(delayMs?: number, value?: unknown, options?: unknown): Promise<unknown> {
  if (ambientHost() === null || !isOptions(options)) return real.setTimeout(delayMs, value, options);
  return whenCalled(
    (callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    value,
    options?.signal,
  );
}

function setImmediateAsPromise(value?: unknown, options?: unknown): Promise<unknown> {
  if (ambientHost() === null || !isOptions(options)) return real.setImmediate(value, options);
  return whenCalled(
    (callback) => {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    },
    value,
    options?.signal,
  );
}

async function* setIntervalAsIterator(
  delayMs?: number,
  value?: unknown,
  options?: unknown,
): AsyncGenerator<unknown, void, unknown> {
  if (ambientHost() === null || !isOptions(options)) return yield* real.setInterval(delayMs, value, options);
  const signal = options?.signal;
  if (signal?.aborted) throw new AbortError(signal);
  let ticks = 0;
  let wake = () => {};
  const interval = setInterval(() => {
    ticks += 1;
    wake();
  }, delayMs);
  const onAbort = () => {
    clearTimeout(interval);
    wake();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      if (signal?.aborted) throw new AbortError(signal);
      if (ticks === 0) await new Promise<void>((resolve) => (wake = resolve));
      for (; ticks > 0; ticks--) yield value;
    }
  } finally {
    clearTimeout(interval);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function wait(delayMs?: number, options?: unknown): Promise<void> {
  if (ambientHost() === null) return real.wait(delayMs, options);
  await setTimeoutAsPromise(delayMs, undefined, options);
}

async function yieldToOthers(): Promise<void> {
  if (ambientHost() === null) return real.yield();
  await setImmediateAsPromise();
}

function abortSignalTimeout(delayMs: number): AbortSignal {
  if (ambientHost() === null || !(Number.isInteger(delayMs) && delayMs >= 0 && delayMs < 2 ** 32)) {
    return real.abortSignalTimeout(delayMs); // which throws Node's own error for a bad delay
  }
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, delayMs);
  (timer as Timeout).unref();
  return controller.signal;
}

Object.defineProperty(setTimeout, promisify.custom, { get: () => setTimeoutAsPromise, enumerable: true });
Object.defineProperty(setImmediate, promisify.custom, { get: () => setImmediateAsPromise, enumerable: true });

/** Makes the promise timers and `AbortSignal.timeout` virtual. */
export function patchPromiseTimers(patches: Patches): void {
  patches.value(timersPromises, 'setTimeout', setTimeoutAsPromise);
  patches.value(timersPromises, 'setImmediate', setImmediateAsPromise);
  patches.value(timersPromises, 'setInterval', setIntervalAsIterator);
  patches.value(timersPromises.scheduler, 'wait', wait);
  patches.value(timersPromises.scheduler, 'yield', yieldToOthers);
  patches.value(AbortSignal, 'timeout', abortSignalTimeout);
}

/** Bad options are left to the real twin, which rejects with Node's own error. */
function isOptions(options: unknown): options is Options | undefined {
  if (options === undefined) return true;
  if (typeof options !== 'object' || options === null) return false;
  const { signal, ref } = options as { signal?: unknown; ref?: unknown };
  return (
    (signal === undefined || (typeof signal === 'object' && signal !== null && 'aborted' in signal)) &&
    (ref === undefined || typeof ref === 'boolean')
  );
}

function whenCalled(
  schedule: (callback: () => void) => () => void,
  value: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (signal?.aborted) return Promise.reject(new AbortError(signal));
  return new Promise((resolve, reject) => {
    const cancel = schedule(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    });
    const onAbort = () => {
      cancel();
      reject(new AbortError(signal!));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
