/** What a load is told, qualified: every number in its bounds, every bound there. */
import type { Policy } from '../../mock-server/policy.ts';
import { InputError, type Fault } from '../results/input-error.ts';
import type { Rate } from './pace.ts';
import { checkRequest, type LoadRequest } from './request-bytes.ts';
import { SENDERS_MAX } from './senders.ts';
import type { Target } from './target.ts';

/** Where load goes. */
export type LoadTarget =
  | {
      readonly kind: 'policy';
      readonly policy: Policy;
      readonly orgs: number;
      readonly tokensPerOrg: number;
      /** False: in this thread. */
      readonly ownThread: boolean;
    }
  | { readonly kind: 'url'; readonly target: Target; readonly tokens: readonly string[] };

/** A load. */
export interface LoadPlan {
  readonly target: LoadTarget;
  readonly request: LoadRequest;
  readonly connections: number;
  readonly pipelining: number;
  /** null: the closed model. */
  readonly rate: Rate | null;
  readonly durationMs: number;
  /** The budget. */
  readonly requestsMax: number;
  readonly timeoutMs: number;
  /** Of the gateway. */
  readonly seed: number;
}

const BOUNDS: readonly (readonly [path: string, of: (plan: LoadPlan) => number, least: number, most: number])[] = [
  ['connections', (plan) => plan.connections, 1, 1000],
  ['pipelining', (plan) => plan.pipelining, 1, 100],
  ['duration (s)', (plan) => plan.durationMs / 1000, 0.1, 3600],
  ['requests', (plan) => plan.requestsMax, 1, 10_000_000],
  ['timeout (s)', (plan) => plan.timeoutMs / 1000, 0.1, 600],
  ['rate', (plan) => plan.rate?.fromPerSecond ?? 1, 0.1, 100_000],
  [
    'rate at the end of the ramp',
    ({ rate }) => (rate === null || rate.steps === 1 ? 1 : rate.toPerSecond),
    0.1,
    100_000,
  ],
  ['steps', (plan) => plan.rate?.steps ?? 1, 1, 1000],
  ['seed', (plan) => plan.seed, 0, 999_999_999],
  [
    'senders (orgs times tokens per org, or tokens)',
    ({ target }) => (target.kind === 'policy' ? target.orgs * target.tokensPerOrg : Math.max(1, target.tokens.length)),
    1,
    SENDERS_MAX,
  ],
];
const WHOLE = new Set(['connections', 'pipelining', 'requests', 'steps', 'seed']);

/**
 * Returns the plan unchanged. Nothing may be without end: there is always a budget of requests and a duration.
 *
 * @throws InputError with every fault.
 */
export function checkPlan(plan: LoadPlan): LoadPlan {
  const faults = BOUNDS.flatMap(([path, of, least, most]): Fault[] => {
    const value = of(plan);
    const whole = WHOLE.has(path);
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return [];
    return [{ path, rule: `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`, value: finite(value) }];
  });
  const { rate } = plan;
  if (rate !== null && rate.steps === 1 && rate.fromPerSecond !== rate.toPerSecond)
    faults.push({ path: 'steps', rule: 'at least 2 where the rate changes', value: 1 });
  if (plan.target.kind === 'url' && plan.target.tokens.some((token) => !/^[\x21-\x7E]{1,8192}$/.test(token)))
    faults.push({ path: 'token', rule: 'printable ASCII without spaces', value: '(not shown)' });
  if (faults.length > 0) throw new InputError('load', 'the target', faults);
  checkRequest(plan.request);
  return plan;
}

/** As it was meant: JSON would show null. */
function finite(value: number): unknown {
  return Number.isFinite(value) ? value : String(value);
}
