/** Other clients' traffic: in every bucket of the tightest limit that the identities reach, a share of what that limit admits in the long run. */
import type { Caller } from '../../mock-server/gateway.ts';
import type { ScopeKey } from '../../mock-server/policy.ts';
import type { Random } from '../../src/random/random.ts';
import { requestsPerSecond, unitsPerSecond } from './draw-hierarchy.ts';
import type { DrawnLimit } from './draw-limit.ts';
import { CALLERS, ROUTES } from './universe.ts';

/** Background traffic in the loose form of a policy. `share`: of the sustained rate. */
export function drawBackground(
  random: Random,
  limits: readonly DrawnLimit[],
  share: number,
  serviceMs: number,
): readonly Record<string, unknown>[] {
  if (share === 0) return [];
  const tightest = limits.reduce((one, other) =>
    requestsPerSecond(other, serviceMs) < requestsPerSecond(one, serviceMs) ? other : one,
  );
  const { scope, costs, algorithm } = tightest;
  const routes = [...costs.keys()];
  const perRoute = scope.includes('route') ? routes.map((route) => [route]) : [routes];
  const buckets = new Map<string, { readonly caller: Caller; readonly among: readonly number[] }>();
  for (const caller of CALLERS) {
    for (const among of perRoute)
      buckets.set(`${labelsOf(scope, caller).join('|')}/${among.join()}`, { caller, among });
  }
  return [...buckets.values()].map(({ caller, among }, index) => {
    const route = among[random.integer(0, among.length - 1)] as number;
    const { method, path } = ROUTES[route] as (typeof ROUTES)[number];
    const perSecond = (share * unitsPerSecond(algorithm, serviceMs)) / (costs.get(route) as number);
    return {
      name: `others-${index + 1}`,
      identity: Object.fromEntries(scope.filter((key) => key !== 'route').map((key) => [key, caller[key]])),
      method,
      path,
      ratePerSecond: Number(perSecond.toPrecision(6)),
    };
  });
}

function labelsOf(scope: readonly ScopeKey[], caller: Caller): string[] {
  return scope.flatMap((key) => (key === 'route' ? [] : [caller[key]]));
}
