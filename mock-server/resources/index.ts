/** All operations that the simulated platform answers. */
import type { Operation, ResourceOptions } from './resource.ts';

/** A fresh world: its state lives as long as the platform that was made with it. */
export function createOperations(_options: ResourceOptions): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: '/api/v2/users/me',
      handle: ({ caller }) => ({ status: 200, body: { id: caller.user, name: caller.user, state: 'active' } }),
    },
  ];
}

/** What is known of a method and path that no operation answers: whether the real platform has it. */
export function existsOnPlatform(_method: string, _path: string): boolean {
  return false;
}
