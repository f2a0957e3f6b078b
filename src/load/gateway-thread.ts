/** The thread that a loaded gateway lives in: its work and the client's do not wait for each other. It counts its rejections itself. */
import { parentPort, workerData } from 'node:worker_threads';
import { startGateway, type Policy } from '../doors/gateway.ts';
import { countRejections } from './rejections.ts';

/** Given at the start. */
export interface GatewayThreadData {
  readonly policy: Policy;
  readonly seed: number;
}
/** To the thread: from when on to count (epoch ms), or to tell the counts and end. */
export type ToGatewayThread = { readonly kind: 'begin'; readonly startMs: number } | { readonly kind: 'end' };
/** From it. */
export type FromGatewayThread =
  | { readonly kind: 'started'; readonly url: string }
  | { readonly kind: 'ended'; readonly rejectedByCause: Readonly<Record<string, readonly number[]>> };

const { policy, seed } = workerData as GatewayThreadData;
const port = parentPort;
const gateway = await startGateway({ policy, seed });
const counter = countRejections(gateway.platform);
const tell = (message: FromGatewayThread) => port?.postMessage(message);

port?.on('message', (message: ToGatewayThread) => {
  if (message.kind === 'begin') return counter.begin(message.startMs);
  tell({ kind: 'ended', rejectedByCause: counter.series() });
  return undefined;
});
tell({ kind: 'started', url: gateway.url });
