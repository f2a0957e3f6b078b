/** The worker thread: runs tasks that it is sent, hands over each trial, answers pings whenever its loop turns. */
// oxlint-disable-next-line no-restricted-imports -- the thread's own output, not the command's: see `printed`
import { stdout } from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { runTask, type TrialOutput, type TrialTask } from './run-task.ts';

/** To a worker. */
export type ToWorker = { readonly kind: 'task'; readonly task: TrialTask } | { readonly kind: 'ping' };
/** From a worker. */
export type FromWorker =
  /** It listens: from now on it can be told from one that hangs. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'output'; readonly output: TrialOutput }
  | { readonly kind: 'done' }
  | { readonly kind: 'pong' };
/** Given at the start. `stop[0]` becomes 1 when the worker shall stop after its present trial. */
export interface WorkerData {
  readonly stop: Int32Array<SharedArrayBuffer>;
}

const { stop } = workerData as WorkerData;
const port = parentPort;
const send = (message: FromWorker) => port?.postMessage(message);

// Taken before any user's code runs, which might replace it.
const write = stdout.write.bind(stdout);

/** Settles when all that was printed here has reached the main thread: what is on its way when a thread is ended is lost. */
function printed(): Promise<void> {
  return new Promise((resolve) => {
    write('', () => resolve());
  });
}

port?.on('message', (message: ToWorker) => {
  if (message.kind === 'ping') return send({ kind: 'pong' });
  void work(message.task);
});

/** Awaited rather than chained: the user's code may have replaced `then`, and a thread that never says that it is done is waited for. */
async function work(task: TrialTask): Promise<void> {
  await runTask(
    task,
    () => Atomics.load(stop, 0) === 1,
    (output) => send({ kind: 'output', output }),
  );
  await printed();
  send({ kind: 'done' });
}

send({ kind: 'ready' });
