/** Starts the gateway that is attacked, and asks how it is. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { KNOWN } from '../../mock-server/testing/small-platform.ts';
import type { StartGatewayOptions } from '../../src/doors/gateway.ts';
import type { Opened, Question, State } from './attacked-process.ts';

/** A gateway in a process of its own. */
export interface Attacked extends Opened {
  readonly child: ChildProcess;
  /** Everything that it wrote to its standard error. */
  readonly complaints: () => string;
  /** Resolves to its exit code; null when a signal ended it. */
  readonly exit: Promise<number | null>;
  readonly state: () => Promise<State>;
  /** Its state as soon as nobody is connected and nothing is in service, or as it is when that takes more than `patience` looks. */
  readonly calmState: (patience?: number) => Promise<State>;
}

const file = fileURLToPath(new URL('attacked-process.ts', import.meta.url));

const started = new Set<ChildProcess>();
// Here and not where one is started: within a test it is too late for a hook.
afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});

/** Starts one, to which {@link KNOWN} is known by the token `known`; it is ended after the tests of the file. */
export async function attacked(
  options: Omit<StartGatewayOptions, 'onFault'>,
  { graceMs = 1000, heapMb = 512 }: { readonly graceMs?: number; readonly heapMb?: number } = {},
): Promise<Attacked> {
  const child = fork(file, [JSON.stringify({ callers: [KNOWN], ...options }), String(graceMs)], {
    execArgv: ['--expose-gc', `--max-old-space-size=${heapMb}`, '--import', 'jiti/register'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  started.add(child);
  const answer = async (question: Question) => {
    const heard = once(child, 'message');
    child.send(question);
    const ended = exit.then((code) => Promise.reject(new Error(`The process has ended (${code}): ${complaints}`)));
    return (await Promise.race([heard, ended]))[0] as State;
  };
  const opened = await Promise.race([
    once(child, 'message').then(([first]) => first as Opened),
    exit.then((code) => Promise.reject(new Error(`The process did not start (${code}): ${complaints}`))),
  ]);
  const state = () => answer({ ask: 'state' });
  const calmState = async (patience = 1000) => {
    let now = await state();
    for (let look = 0; look < patience && now.inService + now.connections > 0; look++) {
      await delay(5);
      now = await state();
    }
    return now;
  };
  return { ...opened, child, complaints: () => complaints, exit, state, calmState };
}
