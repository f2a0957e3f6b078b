/** The thread of `inspect-strategy.ts`: loads one strategy file and says what it holds. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from './load-module.ts';
import type { StrategySource } from './sources.ts';
import { type StrategyFileFacts, usersStrategy } from './users-strategy.ts';

/** What was found. A fault's message may be an InputError's own. */
export type InspectedStrategy =
  | { readonly kind: 'strategy'; readonly facts: StrategyFileFacts }
  | { readonly kind: 'fault'; readonly message: string };

async function inspected(): Promise<InspectedStrategy> {
  const { spec, file } = workerData as StrategySource & { readonly file: string };
  try {
    const { title, what } = await usersStrategy(spec, file);
    return { kind: 'strategy', facts: { title, what } };
  } catch (error) {
    return { kind: 'fault', message: messageOf(error) };
  }
}

const send = parentPort?.postMessage.bind(parentPort);
send?.(await inspected());
