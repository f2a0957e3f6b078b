/** The gateway's rules as a tree for people, each with where it comes from. */
import type { Algorithm, Limit, Penalty, Policy, RetryAfterHint, ScopeKey } from '../../../mock-server/policy.ts';
import { formatCount, formatDuration, sentenceList } from '../../wording/format.ts';
import type { PolicyNode, PolicyTree } from '../shape.ts';

/** The tree of one policy; `binding` names the limits that set the lower bound. */
export function policyTree(policy: Policy, binding: readonly string[]): PolicyTree {
  return {
    title: policy.title,
    description: policy.description,
    nodes: [
      ...policy.limits.map((limit) => limitNode(limit, binding.includes(limit.name))),
      ...policy.penalties.map(penaltyNode),
      ...backgroundNodes(policy),
      ...quirkNodes(policy),
      headersNode(policy),
    ],
  };
}

const leaf = (name: string, detail: string, source: string): PolicyNode => ({
  name,
  details: [detail].filter(Boolean),
  source,
  binds: false,
  children: [],
});

/** Traffic that differs only in whom it belongs to is one rule to a reader. */
function backgroundNodes({ background }: Policy): PolicyNode[] {
  const groups = new Map<string, (typeof background)[number][]>();
  for (const traffic of background) {
    const { method, path, ratePerSecond, timeZone, byHour, source } = traffic;
    const alike = JSON.stringify([method, path, ratePerSecond, timeZone, byHour, source]);
    groups.set(alike, [...(groups.get(alike) ?? []), traffic]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const more = group.length > 1 ? ` and ${group.length - 1} more alike` : '';
    const detail = `${first.ratePerSecond} calls/s to ${first.path}, by local hour (${first.timeZone})`;
    return [leaf(`Background: ${first.name}${more}`, detail, first.source)];
  });
}

function limitNode(limit: Limit, binds: boolean): PolicyNode {
  const routes = [...limit.match.methods, ...limit.match.paths].join(' ');
  const details = [
    `${scopeText(limit.scope)}: ${algorithmText(limit.algorithm)}${routes === '' ? '' : `, for ${routes}`}`,
    costText(limit),
    limit.counts === 'all' ? 'refused calls count too' : '',
    ...limit.tiers.map(
      (tier) =>
        `tier ${tier.tier}: ${sentenceList([...(tier.limit === null ? [] : [formatCount(tier.limit)]), ...(tier.refillPerSecond === null ? [] : [`${tier.refillPerSecond}/s`])])}`,
    ),
    limit.note,
  ];
  const hint = retryAfterText(limit.retryAfter);
  return {
    name: limit.name,
    details: details.filter(Boolean),
    source: limit.source,
    binds,
    children: [
      leaf(hint.name, [hint.detail, limit.silent ? 'the 429 names no limit' : ''].filter(Boolean).join('; '), ''),
    ],
  };
}

/** `per org and route`, or `the whole gateway`. */
export function scopeText(scope: readonly ScopeKey[]): string {
  return scope.length === 0 ? 'whole gateway' : `per ${sentenceList(scope)}`;
}

/** How a limit counts: `300 per 60s, fixed window from the first call`. */
export function algorithmText(algorithm: Algorithm): string {
  switch (algorithm.kind) {
    case 'token-bucket': {
      const step = algorithm.stepMs > 0 ? ` in steps of ${formatDuration(algorithm.stepMs)}` : '';
      return `bucket of ${formatCount(algorithm.capacity)}, refills ${algorithm.refillPerSecond}/s${step}`;
    }
    case 'concurrency':
      return `at most ${formatCount(algorithm.limit)} in service at once`;
    case 'fixed-window':
      return `${formatCount(algorithm.limit)} per ${windowText(algorithm.windowMs)}, fixed window from ${algorithm.anchor === 'epoch' ? 'the clock' : 'the first call'}`;
    case 'sliding-window-log':
      return `${formatCount(algorithm.limit)} in any ${windowText(algorithm.windowMs)}`;
    default:
      return `${formatCount(algorithm.limit)} per ${windowText(algorithm.windowMs)}, sliding counter`;
  }
}

/** Windows read as people say them: `60s`, not `1m00s`. */
function windowText(ms: number): string {
  return ms % 1000 === 0 && ms <= 120_000 ? `${ms / 1000}s` : formatDuration(ms);
}

function costText({ cost }: Limit): string {
  const one = (base: number, perItem: number) =>
    perItem > 0 ? `${base} and ${perItem} per further item` : String(base);
  const routes = cost.routes.map(
    (route) => `${[...route.match.methods, ...route.match.paths].join(' ')} costs ${one(route.base, route.perItem)}`,
  );
  const own = cost.base === 1 && cost.perItem === 0 ? [] : [`a call costs ${one(cost.base, cost.perItem)}`];
  return [...own, ...routes].join('; ');
}

function retryAfterText(hint: RetryAfterHint): { name: string; detail: string } {
  switch (hint.kind) {
    case 'exact':
      return { name: 'Retry-After', detail: 'whole seconds until a call would pass' };
    case 'absent':
      return { name: 'No Retry-After', detail: '' };
    case 'fixed':
      return { name: `Retry-After ${formatDuration(hint.afterMs)}`, detail: 'always the same' };
    case 'uniform':
      return {
        name: `Retry-After ${formatDuration(hint.fromMs)} to ${formatDuration(hint.toMs)}`,
        detail: 'random, not tied to the limit',
      };
    default:
      return { name: 'Retry-After', detail: 'as a date' };
  }
}

function penaltyNode(penalty: Penalty): PolicyNode {
  const effects = {
    'tenant-block': 'blocks the organization (429)',
    unavailable: 'answers 503 to the organization',
    'ip-ban': 'bans the address (403)',
  };
  return {
    name: `Penalty: ${penalty.name}`,
    details: [`for calls sent before the time that a 429 named, ${scopeText(penalty.scope)}`, penalty.note].filter(
      Boolean,
    ),
    source: penalty.source,
    binds: false,
    children: penalty.stages.map((stage) =>
      leaf(
        stage.name,
        `after ${formatCount(stage.afterStrikes)} strikes ${effects[stage.effect]} for ${formatDuration(stage.durationMs)}`,
        '',
      ),
    ),
  };
}

function quirkNodes({ quirks, enforcementLagMs }: Policy): PolicyNode[] {
  const reuse = quirks.requestIdReuse;
  const forbidden = quirks.forbiddenAs429;
  return [
    ...(reuse
      ? [
          leaf(
            'Reused request id',
            `${reuse.header} of a refused call is refused again within ${formatDuration(reuse.windowMs)}`,
            reuse.source,
          ),
        ]
      : []),
    ...(forbidden
      ? [
          leaf(
            '429 instead of 403',
            `${Math.round(forbidden.share * 100)}\u00A0% of calls without permission`,
            forbidden.source,
          ),
        ]
      : []),
    ...(enforcementLagMs > 0
      ? [leaf('Enforcement lag', `a charge is seen ${formatDuration(enforcementLagMs)} later`, '')]
      : []),
  ];
}

function headersNode({ headers }: Policy): PolicyNode {
  const names = {
    none: '',
    'x-ratelimit': 'X-RateLimit-*',
    'x-rate-limit': 'X-Rate-Limit-*',
    'inin-ratelimit': 'inin-ratelimit-*',
  };
  if (headers.dialect === 'none') return leaf('No rate headers', '', '');
  const on = { always: 'on every response', admitted: 'on accepted calls only', rejected: 'on refused calls only' }[
    headers.on
  ];
  const stale = headers.staleMs > 0 ? `, ${formatDuration(headers.staleMs)} old` : '';
  return leaf(`${names[headers.dialect]} headers`, `${on}, speaking of ${headers.speaksOf}${stale}`, '');
}
