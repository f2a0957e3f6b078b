/** Shares gateways out to processes. One that dies or takes too long loses the gateway that it had in hand, and another takes its place. */
import { type ChildProcess, fork } from 'node:child_process';
import process from 'node:process';
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
  const alive = new Set<ChildProcess>();
  // A worker in the midst of a calculation would not notice that nobody waits for it any more.
  const stop = () => {
    for (const worker of alive) worker.kill('SIGKILL');
    process.exit(1);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const work = async (): Promise<void> => {
    let worker: ChildProcess | null = null;
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      worker ??= await startWorker();
      alive.add(worker);
      const returned = await give(worker, task, patienceMs);
      if (returned.kind === 'lost') {
        worker.kill('SIGKILL');
        alive.delete(worker);
        worker = null;
      }
      onReturn(returned);
    }
    worker?.kill();
  };
  await Promise.all(Array.from({ length: workers }, work));
  process.off('SIGINT', stop).off('SIGTERM', stop);
}

/** A process that has loaded what it measures. One that cannot is no failed discovery: it ends the benchmark. */
function startWorker(): Promise<ChildProcess> {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = fork(fileURLToPath(new URL(file, import.meta.url)));
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      worker.removeAllListeners();
      resolve(worker);
    });
    worker.once('exit', () => reject(new Error('Cannot run the benchmark: its worker does not start, see above')));
  });
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
