/** All operations that the simulated platform answers. */
import { Organizations } from './organizations.ts';
import type { Operation, ResourceOptions } from './resource.ts';
import { userOperations } from './users.ts';

export { existsOnPlatform } from './platform-paths.ts';

/** A fresh world: its state lives as long as the platform that was made with it. */
export function createOperations({ random }: ResourceOptions): readonly Operation[] {
  const organizations = new Organizations(random);
  return [...userOperations(random, organizations)];
}
