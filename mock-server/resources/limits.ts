/** What the platform tells of its limits: those of the current policy that are documented. The others are what a client has to find out. */
import { limitFor } from '../responses.ts';
import { pageOf, readPaging } from './paging.ts';
import { notFound, ok } from './replies.ts';
import type { Call, Operation, ResourceOptions } from './resource.ts';

const PATH = '/api/v2/organizations/limits';
const PAGE_SIZE = 100;
/** Where the real platform publishes its table. */
const DOCUMENTATION = 'https://developer.genesys.cloud/organization/organization/limits';

/** Operations on limits. */
export function limitOperations({ policy }: ResourceOptions): readonly Operation[] {
  const documented = (tier: string) =>
    policy()
      .limits.filter(({ source }) => source === 'documented')
      .map((limit) => limitFor(limit, tier));
  const within = ({ parameters }: Call, tier: string) => {
    const entities = documented(tier).filter(({ namespace }) => namespace === parameters['namespaceName']);
    if (entities.length === 0) throw notFound('namespace');
    return ok({ entities });
  };
  return [
    { method: 'GET', path: `${PATH}/docs`, handle: () => ok({ url: DOCUMENTATION }) },
    {
      method: 'GET',
      path: `${PATH}/namespaces`,
      handle: ({ query }) => {
        const namespaces = [...new Set(documented('').map(({ namespace }) => namespace))].toSorted();
        const listing = { total: namespaces.length, slice: (from: number, to: number) => namespaces.slice(from, to) };
        return ok(pageOf(listing, readPaging(query, PAGE_SIZE), `${PATH}/namespaces`, query));
      },
    },
    { method: 'GET', path: `${PATH}/namespaces/{namespaceName}`, handle: (call) => within(call, call.caller.tier) },
    { method: 'GET', path: `${PATH}/namespaces/{namespaceName}/defaults`, handle: (call) => within(call, '') },
  ];
}
