/** The near end of the gateway process: starts it, opens gateways in it, and notices when it is gone. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DecisionLog, FromGateway, GatewayOrder, ToGateway } from './messages.ts';

/** A gateway in another process. */
export interface RemoteGateway {
  readonly url: string;
  readonly causes: readonly string[];
  /** Rejects when the process ends before the gateway was closed. */
  readonly lost: Promise<never>;
  /** Closes it; its log, or null when the process is gone. */
  close(): Promise<DecisionLog | null>;
}

/** A process of gateways. */
export interface GatewayProcess {
  readonly pid: number;
  /** Whether it has ended. */
  readonly isGone: boolean;
  /** Opens one more. Rejects when it cannot be opened, or the process is gone. */
  open(order: GatewayOrder): Promise<RemoteGateway>;
  /** Ends the process and waits for its end. */
  close(): Promise<void>;
}

/** Starts a gateway process. Rejects when it does not come up. */
export async function startGatewayProcess(): Promise<GatewayProcess> {
  const near = new NearEnd(forked());
  await near.ready;
  return near;
}

/** From sources (in tests) the process needs a loader for TypeScript. */
function forked(): ChildProcess {
  const fromSources = import.meta.url.endsWith('.ts');
  const file = new URL(`./gateway-process-main.${fromSources ? 'ts' : 'js'}`, import.meta.url);
  return fork(fileURLToPath(file), {
    execArgv: fromSources ? ['--import', import.meta.resolve('jiti/register')] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

type Waiting = { readonly resolve: (message: FromGateway) => void; readonly reject: (error: Error) => void };

class NearEnd implements GatewayProcess {
  readonly ready: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** Who waits for an answer about a gateway; `ready` stands under -1. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #lost = new Map<number, (error: Error) => void>();
  #gone: Error | null = null;
  #opened = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
    child.on('message', (message: FromGateway) => this.#hear(message));
    child.once('error', (error) => this.#go(error));
    child.once('exit', (code, signal) => this.#go(new Error(`ended with ${signal ?? `exit code ${code}`}`)));
    this.ready = this.#answer(-1);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get isGone(): boolean {
    return this.#gone !== null;
  }

  async open(order: GatewayOrder): Promise<RemoteGateway> {
    const id = this.#opened++;
    const opened = await this.#ask({ kind: 'open', id, order });
    if (opened.kind !== 'opened') throw new Error(`the gateway process answered ${opened.kind}`);
    const lost = new Promise<never>((_, reject) => this.#lost.set(id, reject));
    lost.catch(() => {}); // whoever listens is told; that nobody does is no fault
    return {
      url: opened.url,
      causes: opened.causes,
      lost,
      close: async () => {
        this.#lost.delete(id);
        try {
          const closed = await this.#ask({ kind: 'close', id });
          return closed.kind === 'closed' ? closed.log : null;
        } catch {
          return null;
        }
      },
    };
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }

  #ask(message: ToGateway): Promise<FromGateway> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    const answer = this.#answer(message.id);
    this.#child.send(message);
    return answer;
  }

  #answer(id: number): Promise<FromGateway> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #hear(message: FromGateway): void {
    const id = message.kind === 'ready' ? -1 : message.id;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (message.kind === 'failed') waiting?.reject(new Error(message.detail));
    else waiting?.resolve(message);
  }

  #go(error: Error): void {
    this.#gone ??= new Error(`the gateway process ${error.message}`);
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    for (const reject of this.#lost.values()) reject(this.#gone);
    this.#waiting.clear();
    this.#lost.clear();
  }
}
