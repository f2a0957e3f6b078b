/** A process of the benchmark: it is sent gateways one by one, and sends back what became of each; first it says that it is ready. */
import process from 'node:process';
import { discoverGateway } from './discover-gateway.ts';
import type { GatewayTask } from './outcome.ts';

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

process.on('message', (task: GatewayTask) => {
  void discoverGateway(task, cpu).then((outcome) => process.send?.(outcome));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
