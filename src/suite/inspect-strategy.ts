/**
 * Looks at a user's strategy file before a run, in a thread of its own: whatever the file does while it is loaded (endless loops, timers, other
 * prototypes, output) stays there, and the main thread is as it was.
 */
// oxlint-disable-next-line no-restricted-imports -- what the file prints while it is loaded must not mix with results
import { stderr } from 'node:process';
import { Worker } from 'node:worker_threads';
import { inputError } from '../results/input-error.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { Clock } from '../time/clock.ts';
import type { InspectedStrategy } from './inspect-worker.ts';
import { messageOf } from './load-module.ts';
import type { StrategySource } from './sources.ts';
import { describedStrategy, usersStrategy } from './users-strategy.ts';

const ACTION = 'load strategy';
/** Longest that a file may take to load. */
const LOADS_WITHIN_MS = 60_000;

/**
 * The strategy of a file, to plan with: its pipeline is not there.
 *
 * @param clock Real time.
 * @throws InputError when it cannot be loaded, ends its thread, does not come to an end, or does not export a strategy.
 */
export function inspectStrategy(source: FileSource, clock: Clock): Promise<Strategy> {
  // Run from sources (in tests) there is no built thread.
  if (import.meta.url.endsWith('.ts')) return usersStrategy(source.spec, source.file);
  const key = `${source.spec}\n${source.file}`;
  const strategy = inspected.get(key) ?? inspect(source, clock);
  inspected.set(key, strategy);
  return strategy;
}

type FileSource = StrategySource & { readonly file: string };

/** Each file once in a command, however many scenarios it runs in. */
const inspected = new Map<string, Promise<Strategy>>();

async function inspect(source: FileSource, clock: Clock): Promise<Strategy> {
  const { spec } = source;
  const found = await inThread(source, clock);
  if (found.kind === 'strategy') return describedStrategy(spec, found.facts);
  const error = inputError(ACTION, spec, found.message);
  if (found.message.startsWith(`Cannot ${ACTION} ${spec}: `)) error.message = found.message;
  throw error;
}

function inThread(source: FileSource, clock: Clock): Promise<InspectedStrategy> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./inspect-worker.js', import.meta.url), { workerData: source, stdout: true });
    const finish = (found: InspectedStrategy) => {
      clock.clearTimer(timer);
      worker.removeAllListeners();
      // What breaks while the thread is ended is nobody's concern any more.
      worker.on('error', () => {});
      void worker.terminate().then(() => resolve(found));
    };
    const fail = (message: string) => finish({ kind: 'fault', message });
    const timer = clock.setTimer(
      () => fail(`loading it must come to an end within ${LOADS_WITHIN_MS / 1000} s`),
      LOADS_WITHIN_MS,
    );
    worker.stdout.setEncoding('utf8').on('data', (text: string) => stderr.write(text));
    worker.on('message', (found: unknown) => finish(isInspected(found) ? found : NONSENSE));
    worker.on('error', (error: unknown) => fail(`loading it failed: ${messageOf(error)}`));
    worker.on('exit', (code) => fail(`loading it ended its thread with exit code ${code}`));
  });
}

const NONSENSE: InspectedStrategy = {
  kind: 'fault',
  message: 'it sent something of its own through the port of its thread while it was loaded',
};

/** The file reaches the port too, and may send anything. */
function isInspected(loose: unknown): loose is InspectedStrategy {
  const { kind, facts, message } = (loose ?? {}) as Record<string, unknown>;
  return kind === 'fault'
    ? typeof message === 'string'
    : kind === 'strategy' && typeof facts === 'object' && facts !== null;
}
