/** A policy as something to discover: who may call and what may be asked, made up so that every label and every rule of it can be told apart. */
import type { Caller } from '../../mock-server/gateway.ts';
import type { Policy, RequestMatch } from '../../mock-server/policy.ts';
import type { Identity, Label, ProbeRoute } from '../discovery/black-box.ts';
import type { DiscoveryTarget } from '../discovery/target.ts';

const LABELS: readonly Label[] = ['org', 'client', 'token', 'user', 'app', 'ip'];
/** Most routes; each has to be told apart from each. */
const ROUTES_MAX = 12;
/** Items of a bulk request, where a policy charges by them. */
const ITEMS = 5;

/** Callers of the gateway, and what a discovery is told of them. */
export interface PolicyTarget extends DiscoveryTarget {
  readonly callers: readonly Caller[];
}

/**
 * Makes up a target. The first caller is told apart from each other one by one label (and by its token, as nobody shares one), whether the policy
 * counts by it or not, so that the identities give nothing away.
 */
export function targetOfPolicy(policy: Policy): PolicyTarget {
  const first = { org: 'org-1', client: 'client-1', token: 'token-1', user: 'user-1', app: 'app-1', ip: '192.0.2.1' };
  // Other traffic drains a shared bucket only where it is of the same app: it is, where the policy says which.
  const { app = first.app } = policy.background.find(({ identity }) => identity.app !== undefined)?.identity ?? {};
  const base = { ...first, app, tier: 'standard', permitted: true };
  const others = LABELS.map((label, at) => ({
    ...base,
    token: `token-${at + 2}`,
    ...(label === 'token' ? {} : { [label]: label === 'ip' ? '192.0.2.2' : `${label}-2` }),
  }));
  const callers: readonly Caller[] = [base, ...others];
  return { callers, identities: callers.map(identityOf), routes: routesOf(policy) };
}

function identityOf({ org, client, token, user, app, ip }: Caller, at: number): Identity {
  return {
    name: at === 0 ? 'first' : `other ${LABELS[at - 1]}`,
    labels: { org, client, token, user, app, ip },
    headers: { authorization: `Bearer ${token}` },
  };
}

/** One route for every way in which the policy treats requests, and one that no rule names. */
function routesOf(policy: Policy): ProbeRoute[] {
  const matches: RequestMatch[] = [
    ...policy.limits.flatMap(({ match, cost }) => [match, ...cost.routes.map((route) => route.match)]),
    ...policy.penalties.map(({ match }) => match),
    ...policy.latency.map(({ match }) => match),
    { methods: ['GET'], paths: ['/api/v2/ratelab/probe'] },
  ];
  const perItem = policy.limits.some(({ cost }) => cost.perItem > 0 || cost.routes.some((route) => route.perItem > 0));
  const plain = new Map<string, ProbeRoute>();
  for (const { methods, paths } of matches)
    for (const pattern of paths)
      for (const method of methods.length === 0 ? ['GET'] : methods.slice(0, 2)) {
        const path = pattern.replace(/\/\*\*$/, '/any').replaceAll('*', 'one');
        plain.set(`${method} ${path}`, { name: `${method} ${path}`, method, path, headers: {}, body: '' });
      }
  const routes = [...plain.values()].slice(0, ROUTES_MAX);
  if (!perItem) return routes;
  return routes.flatMap((route) => [
    route,
    { ...route, name: `${route.name} of ${ITEMS} items`, headers: { 'x-ratelab-items': String(ITEMS) } },
  ]);
}
