/** Thread 2: custom object data synchronized with Architect flows, for small tenants and for two with more than 500 flows. */
import { architectSyncPolicy } from '../mock-server/policies/architect-sync.ts';
import { createWorkload, senders, type JobDraft } from '../src/workload/create-workload.ts';
import type { RandomSource, Workload } from '../src/workload/workload.ts';
import { architectSyncClaims, PROPOSAL, throttledTo } from './architect-sync-claims.ts';
import { COMMON_STRATEGIES } from './common-strategies.ts';
import { assumed, documented, fromThread } from './parameters.ts';
import { changeLimit, withoutLimit } from './policy-changes.ts';
import { defineScenario, type Values } from './scenario.ts';

const parameters = {
  largeTenants: assumed(2, 'Tenants with the "500+ active flows" of the thread.'),
  smallTenants: assumed(6, 'All other tenants of the app.'),
  largeFlowsMin: fromThread(500, 'Flows of a large tenant, at least.'),
  largeFlowsMax: assumed(700, 'Flows of a large tenant, at most.'),
  smallFlowsMin: assumed(20, 'Flows of a small tenant, at least.'),
  smallFlowsMax: assumed(120, 'Flows of a small tenant, at most.'),
  pageSize: documented(25, 'Flows on one page of the list: the default of the documented endpoint.'),
  workers: assumed(10, 'Updates of one tenant that the app has in progress at once.'),
  changedShare: assumed(0.1, 'Share of the flows that have changed since the last synchronization.'),
  releaseMs: assumed(20_000, 'The synchronizations of all tenants start within this time.'),
  batchItemsMax: assumed(25, 'Most flows that one bulk update may carry.'),
  restrictedTenants: assumed(0, 'Tenants whose token may list flows but not edit them.'),
};

type Parameters = Values<typeof parameters>;

/**
 * For each tenant a chain of list pages and, from its first page on, an update for every flow by a number of workers, each one update
 * after another. The updates of a restricted tenant go out with a token that may not edit.
 */
function makeWorkload(values: Parameters, random: RandomSource): Workload {
  const tenants = values.largeTenants + values.smallTenants;
  const callers = senders(tenants, () => ({ client: 'premium-app-client', app: 'premium-app' }));
  const editors = callers.map((caller) => ({ ...caller, token: `${caller.token}-without-edit`, permitted: false }));
  const drafts: JobDraft[] = [];
  callers.forEach(({ org }, sender) => {
    const dice = random.stream('workload', org);
    const flows =
      sender < values.largeTenants
        ? dice.integer(values.largeFlowsMin, values.largeFlowsMax)
        : dice.integer(values.smallFlowsMin, values.smallFlowsMax);
    const availableMs = dice.integer(0, values.releaseMs);
    const listPages = Math.ceil(flows / values.pageSize);
    const firstPage = drafts.length;
    for (let page = 1; page <= listPages; page++) {
      const path = `/api/v2/architect/flows?pageNumber=${page}&pageSize=${values.pageSize}`;
      drafts.push({ sender, path, availableMs, after: page === 1 ? -1 : drafts.length - 1 });
    }
    for (let flow = 0; flow < flows; flow++) {
      drafts.push({
        sender: sender < tenants - values.restrictedTenants ? sender : tenants + sender,
        method: 'POST',
        path: '/api/v2/architect/flows',
        body: JSON.stringify({ flow: `${org}-flow-${flow}` }),
        availableMs,
        after: flow < values.workers ? firstPage : drafts.length - values.workers,
        mergeKey: `${org}/worker-${flow % values.workers}`,
        mergeItemsMax: values.batchItemsMax,
        changed: dice.next() < values.changedShare,
      });
    }
  });
  return createWorkload(values.restrictedTenants === 0 ? callers : [...callers, ...editors], drafts);
}

/** The scenario `architect-sync`. */
export const architectSync = defineScenario({
  name: 'architect-sync',
  title: 'Synchronizing Architect flows',
  thread: {
    says: [
      'A Premium app lists and updates flows at the standard ten requests a second per tenant and gets sporadic 429s, mostly for tenants with 500 and more flows.',
      'Throttling to five a second does not end them, and the app’s own client header does not either.',
    ],
    advice: [
      'Requests count against a tenant-wide limit, and one update causes several internal calls.',
      'Wait the Retry-After and send a fresh request id with every attempt.',
      'Fetch only flows that have changed, and batch the requests.',
    ],
  },
  startsAt: '2026-03-04T08:05:00Z',
  policy: architectSyncPolicy,
  parameters,
  workload: makeWorkload,
  facts: (values) => [
    `${values.largeTenants} tenants with ${values.largeFlowsMin} to ${values.largeFlowsMax} flows, ${values.smallTenants} with ${values.smallFlowsMin} to ${values.smallFlowsMax}`,
    `one update for every flow by ${values.workers} workers; each charges three calls to the tenant`,
    'other integrations of the tenant make 1.5 calls a second',
  ],
  strategies: [...COMMON_STRATEGIES, PROPOSAL, throttledTo(3)],
  proposal: PROPOSAL,
  refusedShareMax: 0.2,
  deadlineMs: 2 * 3_600_000,
  attemptsPerJobMax: 500,
  wireSpeed: 5,
  variants: [
    {
      name: 'small-tenants-only',
      what: 'Eight small tenants and no large one.',
      parameters: { largeTenants: 0, smallTenants: 8 },
    },
    {
      name: 'endpoint-limit-only',
      what: 'No tenant-wide limit.',
      policy: (loose) => withoutLimit(loose, 'tenant-wide'),
    },
    {
      name: 'tenant-limit-only',
      what: 'No limit of the endpoint.',
      policy: (loose) => withoutLimit(loose, 'flows-endpoint'),
    },
    {
      name: 'no-internal-calls',
      what: 'An update charges one call.',
      policy: (loose) => changeLimit(loose, 'tenant-wide', { cost: { base: 1, perItem: 0, routes: [] } }),
    },
    {
      name: 'bucket-per-app',
      what: 'The tenant-wide limit counts each app alone.',
      policy: (loose) => changeLimit(loose, 'tenant-wide', { scope: ['org', 'app'] }),
    },
    {
      name: 'request-id-window-1s',
      what: 'A refused request id is refused again within 1 s instead of 10 s.',
      policy: (loose) => ({
        ...loose,
        quirks: { requestIdReuse: { windowMs: 1000, header: 'X-Genesys-Request-Id', source: 'reported' } },
      }),
    },
    {
      name: 'restricted-scope',
      what: 'The token of one small tenant may not edit flows, and the platform answers 429 instead of 403.',
      parameters: { restrictedTenants: 1 },
    },
  ],
  claims: architectSyncClaims,
});
