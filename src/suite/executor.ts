/** The executor port: somewhere to run tasks. Its two siblings: this thread, and a set of worker threads. */
import type { TrialFailure } from '../results/results.ts';
import { runTask, type TrialOutput, type TrialTask } from './run-task.ts';

/** How a task ended. `lost`: its thread died or fell silent in the trial after the last one handed over. */
export type TaskEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'lost'; readonly reason: TrialFailure['reason']; readonly detail: string };

/** Runs tasks. */
export interface Executor {
  /** How many tasks may run at once, at least 1. */
  readonly slots: number;
  /** Most seeds of one task, where trials take so long that a task of several would be waited for at the end. Default: the suite's own. */
  readonly seedsPerTaskMax?: number;
  /** Runs one task; never rejects. Outputs come in the order of the task's seeds. */
  run(task: TrialTask, emit: (output: TrialOutput) => void): Promise<TaskEnd>;
  /** Asks running tasks to stop after their present trial. */
  stop(): void;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** Runs everything in this thread, one task at a time. A trial that never yields cannot be ended here. */
export function inProcessExecutor(): Executor {
  let stopped = false;
  return {
    slots: 1,
    async run(task, emit) {
      await runTask(task, () => stopped, emit);
      return stopped ? { kind: 'stopped' } : { kind: 'done' };
    },
    stop: () => {
      stopped = true;
    },
    close: () => Promise.resolve(),
  };
}
