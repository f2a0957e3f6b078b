/** Shares gateways out to processes. One that dies or takes too long loses the gateway that it had in hand, and another takes its place. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GatewayOutcome, GatewayTask } from './outcome.ts';

/** What became of a task: its outcome, or why there is none. */
export type Returned =
  | { readonly kind: 'done'; readonly outcome: GatewayOutcome }
  | { readonly kind: 'lost'; readonly task: GatewayTask; readonly why: string };

/** Works all tasks off with so many processes; `onReturn` is told as they come. `patienceMs`: wall time after which a gateway is given up. */
export async function workOff(
  tasks: readonly GatewayTask[],
  workers: number,
  patienceMs: number,
  onReturn: (returned: Returned) => void,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    let worker: ChildProcess | null = null;
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      worker ??= startWorker();
      const returned = await give(worker, task, patienceMs);
      if (returned.kind === 'lost') {
        worker.kill('SIGKILL');
        worker = null;
      }
      onReturn(returned);
    }
    worker?.kill();
  };
  await Promise.all(Array.from({ length: workers }, work));
}

function startWorker(): ChildProcess {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  return fork(fileURLToPath(new URL(file, import.meta.url)));
}

function give(worker: ChildProcess, task: GatewayTask, patienceMs: number): Promise<Returned> {
  return new Promise((resolve) => {
    const end = (returned: Returned) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(returned);
    };
    const timer = setTimeout(() => end({ kind: 'lost', task, why: `no answer after ${patienceMs} ms` }), patienceMs);
    worker.once('message', (outcome) => end({ kind: 'done', outcome: outcome as GatewayOutcome }));
    worker.once('exit', (code, signal) => end({ kind: 'lost', task, why: `the process ended: ${signal ?? code}` }));
    worker.send(task);
  });
}
