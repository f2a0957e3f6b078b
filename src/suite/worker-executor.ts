/**
 * Runs tasks on worker threads, one task per thread at a time.
 *
 * Threads are handled here rather than by a pool library: a trial may end its thread (`process.exit`, out of memory) or never yield to its
 * loop again, and each of these must become the failure of exactly that trial while the others go on.
 */
import { totalmem } from 'node:os';
// oxlint-disable-next-line no-restricted-imports -- what the threads started here use up is the memory of this process
import { constrainedMemory, memoryUsage } from 'node:process';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../time/clock.ts';
import type { Executor, TaskEnd } from './executor.ts';
import { messageOf } from './load-module.ts';
import type { TrialOutput, TrialTask } from './run-task.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker.ts';

/** Options of {@link workerExecutor}. */
export interface WorkerExecutorOptions {
  /** Threads, at least 1. */
  readonly workers: number;
  /** Real time, for the watchdog. */
  readonly clock: Clock;
  /** A thread that answers no ping for this long, once it has started, is ended. Default 60,000 ms. */
  readonly stallMs?: number;
  /** Heap that one thread may use, MB. A thread that falls silent while the process holds twice as much for every thread is ended too. Default 1024. */
  readonly memoryMb?: number;
  /** Takes what a user's code prints (a worker's standard output), so that it never mixes with results. */
  readonly onStrayOutput?: (text: string) => void;
}

/** Four pings a second; silence is counted in pings, so that a suspended machine is not mistaken for a stalled trial. */
const PING_MS = 250;
/** Old-space limit of one thread. A trial of a million attempts needs half of it. */
const MEMORY_MB = 1024;
/** Share of the machine's memory that all threads together may use, where that is less. */
const MACHINE_SHARE_MAX = 0.8;
/** A thread is taken for the one that fills the memory when it has been silent for so long: at work, others answer within milliseconds. */
const SILENT_MS = 2 * PING_MS;
/** Grace for a thread that has not said yet that it is ready. */
const STARTS_WITHIN_MS = 60_000;
const MIB = 2 ** 20;

/** A set of worker threads. Threads are started when first needed; a task that must be alone gets a fresh one. */
export function workerExecutor(options: WorkerExecutorOptions): Executor {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const limits: Limits = { memoryMb: options.memoryMb ?? MEMORY_MB, residentBytesMax: residentBytesMax(options) };
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const start = () => {
    const worker = startWorker({ stop }, limits.memoryMb, options.onStrayOutput);
    all.add(worker);
    worker.once('exit', () => all.delete(worker));
    return worker;
  };
  return {
    slots: options.workers,
    async run(task, emit) {
      const fresh = task.alone;
      const known = fresh ? undefined : idle.pop();
      const worker = known ?? start();
      const end = await runOn({ worker, isNew: known === undefined, task, emit, options, limits });
      if (fresh || end.kind === 'lost') await worker.terminate();
      else idle.push(worker);
      return end.kind === 'done' && Atomics.load(stop, 0) === 1 ? { kind: 'stopped' } : end;
    },
    stop: () => void Atomics.store(stop, 0, 1),
    close: async () => void (await Promise.all([...all].map((worker) => worker.terminate()))),
  };
}

interface Limits {
  readonly memoryMb: number;
  /** Of the whole process. */
  readonly residentBytesMax: number;
}

/** As much again as each thread's heap may stand outside it. */
function residentBytesMax({ workers, memoryMb = MEMORY_MB }: WorkerExecutorOptions): number {
  const machineBytes = Math.min(totalmem(), constrainedMemory() || Infinity);
  return Math.min(memoryUsage.rss() + workers * 2 * memoryMb * MIB, MACHINE_SHARE_MAX * machineBytes);
}

function startWorker(
  workerData: WorkerData,
  memoryMb: number,
  onStrayOutput: ((text: string) => void) | undefined,
): Worker {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData,
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  worker.stdout.setEncoding('utf8').on('data', (text: string) => onStrayOutput?.(text));
  return worker;
}

/** One task on one thread. */
interface TaskRun {
  readonly worker: Worker;
  /** Whether it has been started for this task. */
  readonly isNew: boolean;
  readonly task: TrialTask;
  readonly emit: (output: TrialOutput) => void;
  readonly options: WorkerExecutorOptions;
  readonly limits: Limits;
}

/** Runs one task on one thread; resolves when it is done, when the thread ends, or when it has been silent for too long. */
function runOn(run: TaskRun): Promise<TaskEnd> {
  const { worker, isNew, task, emit, limits } = run;
  const { clock, stallMs = 60_000 } = run.options;
  return new Promise((resolve) => {
    // A thread that is still starting does nothing of the user's: on a busy machine that takes its time.
    let silentMs = isNew ? -STARTS_WITHIN_MS : 0;
    let died: unknown = null;
    const finish = (end: TaskEnd) => {
      clock.clearTimer(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(end);
    };
    const onMessage = (message: FromWorker | null | undefined) => {
      silentMs = 0;
      if (message?.kind === 'output' && !taken(message.output, emit))
        finish({ kind: 'lost', reason: 'threw', detail: 'sent something of its own through the port of its thread' });
      if (message?.kind === 'done') finish({ kind: 'done' });
    };
    const onError = (error: unknown) => {
      died = error;
    };
    const onExit = (code: number) => finish(lost(died, code, limits.memoryMb));
    const ping = () => {
      silentMs += PING_MS;
      if (silentMs > stallMs)
        return finish({
          kind: 'lost',
          reason: 'stalled',
          detail: `did not yield to the event loop for ${stallMs / 1000} s`,
        });
      if (silentMs > SILENT_MS && memoryUsage.rss() > limits.residentBytesMax)
        return finish({ kind: 'lost', reason: 'out-of-memory', detail: filledDetail(limits) });
      post(worker, { kind: 'ping' });
      timer = clock.setTimer(ping, PING_MS);
    };
    let timer = clock.setTimer(ping, PING_MS);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    post(worker, { kind: 'task', task });
  });
}

/** Whether the output could be booked: the user's code reaches the same port, and what it sends there may be anything. */
function taken(output: TrialOutput, emit: TaskRun['emit']): boolean {
  try {
    emit(output);
    return true;
  } catch {
    return false;
  }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

function filledDetail({ residentBytesMax: bytes }: Limits): string {
  return `did not yield to the event loop while the process came to hold more than ${Math.round(bytes / MIB)} MB`;
}

function lost(error: unknown, code: number, memoryMb: number): TaskEnd {
  if (error === null)
    return { kind: 'lost', reason: 'process-exit', detail: `ended its thread with exit code ${code}` };
  if ((error as { code?: unknown } | null | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { kind: 'lost', reason: 'out-of-memory', detail: `used more than ${memoryMb} MB of JavaScript heap` };
  return { kind: 'lost', reason: 'threw', detail: messageOf(error) };
}
