/** The gateway process: opens and closes gateways as it is told, and ends when nobody is left to tell it. */
// oxlint-disable-next-line no-restricted-imports -- this process's own channel to the run that started it
import process from 'node:process';
import { type HostedGateway, openGateway } from './gateway-host.ts';
import type { FromGateway, ToGateway } from './messages.ts';

const gateways = new Map<number, HostedGateway>();
const send = (message: FromGateway) => process.send?.(message);

// Ctrl-C reaches the whole group: whoever started this process closes it when it is done.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToGateway) => {
  const { kind, id } = message;
  const done = kind === 'open' ? open(id, message.order) : close(id);
  done.catch((error: unknown) => send({ kind: 'failed', id, detail: String(error) }));
});
send({ kind: 'ready' });

async function open(id: number, order: Parameters<typeof openGateway>[0]): Promise<void> {
  const gateway = await openGateway(order);
  gateways.set(id, gateway);
  send({ kind: 'opened', id, url: gateway.url, causes: gateway.causes });
}

async function close(id: number): Promise<void> {
  const gateway = gateways.get(id);
  if (gateway === undefined) return;
  gateways.delete(id);
  send({ kind: 'closed', id, log: await gateway.close() });
}
