/** A gateway with its operator's door in a process of its own, for tests that ask whether the process lives. Run by `attacked.ts`. */
import { openOperatorDoor, startGateway, type StartGatewayOptions } from '../../src/doors/gateway.ts';

/** What the parent asks; `grace` is given with `close`. */
export interface Question {
  readonly ask: 'state' | 'close';
  readonly graceMs?: number;
}

/** What it is told. */
export interface State {
  readonly inService: number;
  /** Sockets of clients, of both doors. */
  readonly connections: number;
  /** Bytes in use after garbage was collected: of JavaScript, and of buffers. */
  readonly heldBytes: number;
  /** What operations threw by mistake. */
  readonly faults: readonly string[];
}

/** What it says first. */
export interface Opened {
  readonly port: number;
  readonly operatorPort: number;
  readonly operatorKey: string;
}

const faults: string[] = [];
const options = JSON.parse(process.argv[2] ?? '{}') as StartGatewayOptions;
const gateway = await startGateway({ ...options, onFault: (error) => void faults.push(String(error)) });
const door = await openOperatorDoor(gateway);

function state(): State {
  // The first finds buffers that nobody holds, the second has them counted out.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const connections = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
  return { inService: gateway.platform.inService, connections, heldBytes: heapUsed + external, faults };
}

let isClosed = false;

async function close(graceMs: number): Promise<void> {
  await gateway.close(graceMs);
  await door.close();
  // It ends by itself now, unless something was left behind.
  isClosed = true;
  process.disconnect();
}

// Whoever attacks is gone without having closed it.
process.on('disconnect', () => {
  if (!isClosed) process.exit(1);
});

process.on('message', ({ ask, graceMs = 0 }: Question) => {
  if (ask === 'state') process.send?.(state());
  else void close(graceMs);
});
process.on('SIGTERM', () => void close(Number(process.argv[3] ?? 1000)));
process.send?.({ port: gateway.port, operatorPort: door.port, operatorKey: door.key } satisfies Opened);
