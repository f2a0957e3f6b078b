/** `setTimeout`, `setInterval`, `setImmediate` and their opposites in virtual time, by Node's rules. */
import { AsyncResource } from 'node:async_hooks';
import timers from 'node:timers';
import { ambientHost, type AmbientHost } from './ambient-host.ts';
import type { TimerHandle } from './clock.ts';
import { nodeDelay } from './node-delay.ts';
import type { Patches } from './patches.ts';

type Callback = (...parameters: unknown[]) => unknown;

const real = {
  setTimeout: timers.setTimeout as unknown as (...parameters: unknown[]) => unknown,
  setInterval: timers.setInterval as unknown as (...parameters: unknown[]) => unknown,
  setImmediate: timers.setImmediate as unknown as (...parameters: unknown[]) => unknown,
  clearTimeout: timers.clearTimeout as (timer: unknown) => void,
  clearInterval: timers.clearInterval as (timer: unknown) => void,
  clearImmediate: timers.clearImmediate as (timer: unknown) => void,
};

/** Ids of virtual timers start here, far above those that Node gives. */
const FIRST_ID = 2 ** 40;
let nextId = FIRST_ID;
/** Only timers whose number somebody asked for. */
const timeoutById = new Map<number, Timeout>();

/**
 * A timer as Node's. `unref()` only changes what `hasRef()` says: a run lives until its main function settles, whatever timers are pending.
 * The callback runs in the async context in which the timer was set (AsyncLocalStorage).
 */
export class Timeout {
  readonly #host: AmbientHost;
  readonly #resource = new AsyncResource('Timeout', { requireManualDestroy: true });
  readonly #callback: Callback;
  readonly #parameters: readonly unknown[];
  readonly #delayMs: number;
  readonly #repeats: boolean;
  #event: TimerHandle | null = null;
  #id = 0;
  #cleared = false;
  #hasRef = true;

  constructor(
    host: AmbientHost,
    callback: Callback,
    delayMs: unknown,
    parameters: readonly unknown[],
    repeats: boolean,
  ) {
    this.#host = host;
    this.#callback = callback;
    this.#delayMs = nodeDelay(Number(delayMs));
    this.#parameters = parameters;
    this.#repeats = repeats;
    this.#arm();
  }

  ref(): this {
    this.#hasRef = true;
    return this;
  }

  unref(): this {
    this.#hasRef = false;
    return this;
  }

  hasRef(): boolean {
    return this.#hasRef;
  }

  refresh(): this {
    if (!this.#cleared) this.#arm();
    return this;
  }

  close(): this {
    this.clear();
    return this;
  }

  [Symbol.toPrimitive](): number {
    if (this.#id === 0) {
      this.#id = nextId++;
      if (!this.#cleared) timeoutById.set(this.#id, this);
    }
    return this.#id;
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  clear(): void {
    this.#cleared = true;
    this.#disarm();
    if (this.#id !== 0) timeoutById.delete(this.#id);
  }

  #arm(): void {
    this.#disarm();
    this.#event = this.#host.scheduleAt(this.#host.nowMs + this.#delayMs, Timeout.#fire, this);
  }

  #disarm(): void {
    if (this.#event !== null) this.#host.clock.clearTimer(this.#event);
    this.#event = null;
  }

  static readonly #fire = (timeout: Timeout): void => {
    timeout.#event = null;
    timeout.#resource.runInAsyncScope(timeout.#callback, timeout, ...timeout.#parameters);
    if (timeout.#repeats && !timeout.#cleared) timeout.#arm();
    else if (timeout.#event === null && timeout.#id !== 0) timeoutById.delete(timeout.#id);
  };
}

/** An immediate as Node's: after everything that is already due at this instant, before anything later. */
class Immediate {
  readonly #host: AmbientHost;
  readonly #resource = new AsyncResource('Immediate', { requireManualDestroy: true });
  readonly #callback: Callback;
  readonly #parameters: readonly unknown[];
  readonly #event: TimerHandle;
  #hasRef = true;

  constructor(host: AmbientHost, callback: Callback, parameters: readonly unknown[]) {
    this.#host = host;
    this.#callback = callback;
    this.#parameters = parameters;
    this.#event = host.scheduleAt(host.nowMs, Immediate.#fire, this);
  }

  ref(): this {
    this.#hasRef = true;
    return this;
  }

  unref(): this {
    this.#hasRef = false;
    return this;
  }

  hasRef(): boolean {
    return this.#hasRef;
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  clear(): void {
    this.#host.clock.clearTimer(this.#event);
  }

  static readonly #fire = (immediate: Immediate): void => {
    immediate.#resource.runInAsyncScope(immediate.#callback, immediate, ...immediate.#parameters);
  };
}

// A callback that is no function is handed to the real twin, which throws Node's own error.

/** `setTimeout` of the virtual time that is installed, else the real one. */
export function setTimeout(callback: unknown, delayMs?: unknown, ...parameters: unknown[]): unknown {
  const host = ambientHost();
  if (host === null || typeof callback !== 'function') return real.setTimeout(callback, delayMs, ...parameters);
  return new Timeout(host, callback as Callback, delayMs, parameters, false);
}

/** The same for `setInterval`. */
export function setInterval(callback: unknown, delayMs?: unknown, ...parameters: unknown[]): unknown {
  const host = ambientHost();
  if (host === null || typeof callback !== 'function') return real.setInterval(callback, delayMs, ...parameters);
  return new Timeout(host, callback as Callback, delayMs, parameters, true);
}

/** The same for `setImmediate`. */
export function setImmediate(callback: unknown, ...parameters: unknown[]): unknown {
  const host = ambientHost();
  if (host === null || typeof callback !== 'function') return real.setImmediate(callback, ...parameters);
  return new Immediate(host, callback as Callback, parameters);
}

/** The same for `clearTimeout`. */
export function clearTimeout(timer?: unknown): void {
  if (timer instanceof Timeout) return timer.clear();
  const byId = typeof timer === 'number' || typeof timer === 'string' ? timeoutById.get(Number(timer)) : undefined;
  if (byId === undefined) real.clearTimeout(timer);
  else byId.clear();
}

function clearInterval(timer?: unknown): void {
  clearTimeout(timer);
}

/** The same for `clearImmediate`. */
export function clearImmediate(immediate?: unknown): void {
  if (immediate instanceof Immediate) immediate.clear();
  else real.clearImmediate(immediate);
}

const replacements = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };

/** Makes the timer functions virtual, as globals and in `node:timers`. */
export function patchTimers(patches: Patches): void {
  for (const [name, replacement] of Object.entries(replacements)) {
    patches.value(globalThis, name, replacement);
    patches.value(timers, name, replacement);
  }
}

/** Forgets the numbers of timers that a finished run left behind. */
export function forgetTimers(): void {
  timeoutById.clear();
}
