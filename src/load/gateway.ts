/** The gateway that is loaded when the target is a policy: in a thread of its own, or here. */
import { Worker } from 'node:worker_threads';
import { startGateway, type Policy } from '../doors/gateway.ts';
import type { FromGatewayThread, GatewayThreadData, ToGatewayThread } from './gateway-thread.ts';
import { countRejections } from './rejections.ts';

/** A gateway to load. */
export interface LoadedGateway {
  readonly url: string;
  /** Rejections are counted from here, epoch ms. */
  begin(startMs: number): void;
  /** Rejections per second, by the gateway's own cause. */
  rejectedByCause(): Promise<Readonly<Record<string, readonly number[]>>>;
  close(): Promise<void>;
}

/** Starts one in a thread of its own, so that its work does not delay what is measured. */
export async function gatewayInThread(data: GatewayThreadData): Promise<LoadedGateway> {
  const worker = new Worker(new URL('./gateway-thread.js', import.meta.url), { workerData: data });
  const post = (message: ToGatewayThread) => worker.postMessage(message);
  const started = await told(worker, 'started');
  return {
    url: started.url,
    begin: (startMs) => post({ kind: 'begin', startMs }),
    async rejectedByCause() {
      const ended = told(worker, 'ended');
      post({ kind: 'end' });
      return (await ended).rejectedByCause;
    },
    close: async () => void (await worker.terminate()),
  };
}

/** Starts one in this thread: simpler to debug, and its work is part of every latency. */
export async function gatewayHere({ policy, seed }: { policy: Policy; seed: number }): Promise<LoadedGateway> {
  const gateway = await startGateway({ policy, seed });
  const counter = countRejections(gateway.platform);
  return {
    url: gateway.url,
    begin: (startMs) => counter.begin(startMs),
    rejectedByCause: async () => counter.series(),
    close: () => gateway.close(),
  };
}

/** The next message of a kind; rejects when the thread ends instead. */
function told<K extends FromGatewayThread['kind']>(
  worker: Worker,
  kind: K,
): Promise<Extract<FromGatewayThread, { kind: K }>> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The gateway's thread ended with exit code ${code}`)));
    worker.on('message', (message: FromGatewayThread) => {
      if (message.kind === kind) resolve(message as Extract<FromGatewayThread, { kind: K }>);
    });
  });
}
