/**
 * Runs tasks on worker threads, one task per thread at a time.
 *
 * Threads are handled here rather than by a pool library: a trial may end its thread (`process.exit`, out of memory) or never yield to its
 * loop again, and each of these must become the failure of exactly that trial while the others go on.
 */
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
  /** A thread that answers no ping for this long is ended. Default 60,000 ms. */
  readonly stallMs?: number;
  /** Takes what a user's code prints (a worker's standard output), so that it never mixes with results. */
  readonly onStrayOutput?: (text: string) => void;
}

/** A ping every second; silence is counted in pings, so that a suspended machine is not mistaken for a stalled trial. */
const PING_MS = 1000;
/** Old-space limit of one thread. A trial of a million attempts needs half of it. */
const HEAP_MB = 1024;

/** A set of worker threads. Threads are started when first needed; a task that must be alone gets a fresh one. */
export function workerExecutor(options: WorkerExecutorOptions): Executor {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const start = () => {
    const worker = startWorker({ stop }, options.onStrayOutput);
    all.add(worker);
    worker.once('exit', () => all.delete(worker));
    return worker;
  };
  return {
    slots: options.workers,
    async run(task, emit) {
      const fresh = task.alone;
      const worker = (fresh ? undefined : idle.pop()) ?? start();
      const end = await runOn(worker, task, emit, options);
      if (fresh || end.kind === 'lost') await worker.terminate();
      else idle.push(worker);
      return end.kind === 'done' && Atomics.load(stop, 0) === 1 ? { kind: 'stopped' } : end;
    },
    stop: () => void Atomics.store(stop, 0, 1),
    close: async () => void (await Promise.all([...all].map((worker) => worker.terminate()))),
  };
}

function startWorker(workerData: WorkerData, onStrayOutput: ((text: string) => void) | undefined): Worker {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData,
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  worker.stdout.setEncoding('utf8').on('data', (text: string) => onStrayOutput?.(text));
  return worker;
}

/** Runs one task on one thread; resolves when it is done, when the thread ends, or when it has been silent for too long. */
function runOn(
  worker: Worker,
  task: TrialTask,
  emit: (output: TrialOutput) => void,
  { clock, stallMs = 60_000 }: WorkerExecutorOptions,
): Promise<TaskEnd> {
  return new Promise((resolve) => {
    let silentMs = 0;
    let died: unknown = null;
    const finish = (end: TaskEnd) => {
      clock.clearTimer(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(end);
    };
    const onMessage = (message: FromWorker) => {
      silentMs = 0;
      if (message.kind === 'output') emit(message.output);
      if (message.kind === 'done') finish({ kind: 'done' });
    };
    const onError = (error: unknown) => {
      died = error;
    };
    const onExit = (code: number) => finish(lost(died, code));
    const ping = () => {
      silentMs += PING_MS;
      if (silentMs > stallMs)
        return finish({
          kind: 'lost',
          reason: 'stalled',
          detail: `did not yield to the event loop for ${stallMs / 1000} s`,
        });
      post(worker, { kind: 'ping' });
      timer = clock.setTimer(ping, PING_MS);
    };
    let timer = clock.setTimer(ping, PING_MS);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    post(worker, { kind: 'task', task });
  });
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

function lost(error: unknown, code: number): TaskEnd {
  if (error === null)
    return { kind: 'lost', reason: 'process-exit', detail: `ended its thread with exit code ${code}` };
  const outOfMemory = (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY';
  const detail = outOfMemory ? `used more than ${HEAP_MB} MB of memory` : messageOf(error);
  return { kind: 'lost', reason: 'threw', detail };
}
