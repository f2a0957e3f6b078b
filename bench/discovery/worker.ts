/** A process of the benchmark: it is sent gateways one by one, and sends back what became of each. */
import process from 'node:process';
import { discoverGateway, type GatewayTask } from './discover-gateway.ts';

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

process.on('message', (task: GatewayTask) => {
  void discoverGateway(task, cpu).then((outcome) => process.send?.(outcome));
});
process.on('disconnect', () => process.exit());
