/** All operations that the simulated platform answers. */
import { flowOperations } from './flows.ts';
import { Organizations } from './organizations.ts';
import type { Operation, ResourceOptions } from './resource.ts';
import { userOperations } from './users.ts';

export { existsOnPlatform } from './platform-paths.ts';

/** A fresh world: its state lives as long as the platform that was made with it. */
export function createOperations(options: ResourceOptions): readonly Operation[] {
  const organizations = new Organizations(options.random);
  return [...userOperations(options.random, organizations), ...flowOperations(options, organizations)];
}
