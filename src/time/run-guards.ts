/**
 * What code under test can do to the process, turned into the end of its run: leaving (`process.exit` and the like), rejections that nobody
 * handles, exceptions thrown in a microtask. All other listeners are set aside meanwhile.
 */
import { Patches } from './patches.ts';

/** One run under guard. */
export interface GuardedRun {
  fail(reason: 'process-exit' | 'unhandled-rejection' | 'threw' | 'real-io', detail: string, error?: unknown): void;
}

/** Thrown where code under test tried to leave the process, to stop it there. */
export class ProcessExitError extends Error {
  override readonly name = 'ProcessExitError';
}

/** Thrown where code under test began real input or output in virtual time, to stop it there. */
export class RealIoError extends Error {
  override readonly name = 'RealIoError';
}

const FATAL_EVENTS = ['unhandledRejection', 'uncaughtException'] as const;

const guardedRuns = new Set<GuardedRun>();
let currentRun: GuardedRun | null = null;
let removeGuards = () => {};

/** Starts guarding a run. Runs may overlap; the process is put back as it was after the last. */
export function guard(run: GuardedRun): void {
  if (guardedRuns.size === 0) removeGuards = installGuards();
  guardedRuns.add(run);
}

/** Ends guarding a run. */
export function unguard(run: GuardedRun): void {
  if (currentRun === run) currentRun = null;
  if (guardedRuns.delete(run) && guardedRuns.size === 0) removeGuards();
}

/** Says whose code runs from now on; null: nobody's. Leaving the process is free then, so that Ctrl-C works during a run. */
export function enterRun(run: GuardedRun | null): void {
  currentRun = run;
}

function installGuards(): () => void {
  const patches = new Patches();
  for (const name of ['exit', 'reallyExit', 'abort'] as const) guardExit(patches, name);
  guardKill(patches);
  const setAside = FATAL_EVENTS.map((event) => ({ event, listeners: process.rawListeners(event) }));
  for (const event of FATAL_EVENTS) process.removeAllListeners(event);
  const onRejection = (error: unknown) =>
    failCurrent('unhandled-rejection', `nobody handled the rejection: ${describeThrown(error)}`, error);
  const onException = (error: unknown) => failCurrent('threw', describeThrown(error), error);
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
  return () => {
    patches.restore();
    for (const { event, listeners } of setAside) {
      process.removeAllListeners(event); // ours, and those that the code under test left behind
      for (const listener of listeners) process.on(event, listener as (...parameters: unknown[]) => void);
    }
  };
}

/** Outside the loop (in the callback of real work) it is not known whose fault it is: all runs under way are spoilt. */
function failCurrent(reason: 'unhandled-rejection' | 'threw', detail: string, error: unknown): void {
  for (const run of currentRun === null ? guardedRuns : [currentRun]) run.fail(reason, detail, error);
}

function guardExit(patches: Patches, name: 'exit' | 'reallyExit' | 'abort'): void {
  const holder = process as unknown as Record<string, unknown>;
  const real = holder[name];
  if (typeof real !== 'function') return;
  patches.value(process, name, (...parameters: unknown[]): unknown => {
    if (currentRun === null) return Reflect.apply(real, process, parameters);
    return refuseExit(`process.${name}(${parameters.map(String).join(', ')})`);
  });
}

function guardKill(patches: Patches): void {
  const real = process.kill.bind(process);
  patches.value(process, 'kill', (pid: number, signal?: string | number): unknown => {
    if (currentRun === null || pid !== process.pid || signal === 0) return real(pid, signal);
    return refuseExit(`process.kill(process.pid, ${String(signal ?? 'SIGTERM')})`);
  });
}

function refuseExit(call: string): never {
  const detail = `the code under test called ${call}`;
  currentRun?.fail('process-exit', detail);
  throw new ProcessExitError(detail);
}

/**
 * Ends the run whose code is on the stack because of a call that only completes in real time; `remedy` is what to do instead. Does nothing
 * when it is nobody's code.
 *
 * @throws RealIoError in the place of the call.
 */
export function refuseRealIo(call: string, remedy: string): void {
  if (currentRun === null) return;
  const detail = `the code under test used ${call}, which takes real time, and virtual time does not wait for it. ${remedy}`;
  currentRun.fail('real-io', detail);
  throw new RealIoError(detail);
}

const DESCRIPTION_LENGTH_MAX = 500;

/** One line for whatever was thrown, which need not be an error, nor even convertible to text. */
export function describeThrown(thrown: unknown): string {
  try {
    return String(thrown).slice(0, DESCRIPTION_LENGTH_MAX);
  } catch {
    return 'something that cannot be described';
  }
}
