/** What an operator may order, read from a request's body: all faults at once, and nothing is done when there is one. */
import { type Fault, parsePolicy, type Policy } from '../policy.ts';
import { policies } from '../policies/index.ts';

/** An order that cannot be carried out. `message` says all of it, `faults` hold it as data. */
export class OrderError extends Error {
  override readonly name = 'OrderError';
  readonly faults: readonly Fault[];

  constructor(action: string, faults: readonly Fault[]) {
    const lines = faults.map(({ path, rule, value }) => `${path} must be ${rule}, current value is ${shown(value)}`);
    super(`Cannot ${action}: ${lines.join('\n  ')}`);
    this.faults = faults;
  }
}

/** An order to the clock; at least one of the two is there. */
export interface ClockOrder {
  /** How far to move it forward, in ms. */
  readonly advanceMs?: number;
  /** Its new speed, in gateway ms per real ms. */
  readonly speed?: number;
}

/** Furthest move of the clock at once: a day. Other clients' traffic is played on the way, and that takes time. */
export const ADVANCE_MS_MAX = 86_400_000;
/** Highest speed of the clock. */
export const SPEED_MAX = 1000;
const VALUE_SHOWN = 80;

const CLOCK_RULES = {
  advanceMs: { most: ADVANCE_MS_MAX, rule: `a number of ms from 0 to ${ADVANCE_MS_MAX}` },
  speed: { most: SPEED_MAX, rule: `a number from 0 to ${SPEED_MAX}` },
} as const;

/**
 * Reads `{"advanceMs": 10000}` or `{"speed": 10}` or both.
 *
 * @throws OrderError with all faults.
 */
export function clockOrder(body: string): ClockOrder {
  const action = 'drive the clock';
  const order = jsonOf(body, action);
  if (typeof order !== 'object' || order === null || Array.isArray(order))
    throw new OrderError(action, [{ path: 'body', rule: 'an object with advanceMs or speed', value: order }]);
  const entries = Object.entries(order);
  const faults = entries.flatMap(([path, value]): Fault[] => {
    const known = path === 'advanceMs' || path === 'speed' ? CLOCK_RULES[path] : null;
    if (known === null) return [{ path, rule: 'absent (it is not a known key)', value }];
    const fits = typeof value === 'number' && value >= 0 && value <= known.most;
    return fits ? [] : [{ path, rule: known.rule, value }];
  });
  if (entries.length === 0) faults.push({ path: 'body', rule: 'an object with advanceMs or speed', value: order });
  if (faults.length > 0) throw new OrderError(action, faults);
  return order;
}

/**
 * Reads a policy: the name of one that comes with the product (bare or as JSON), or a loose policy.
 *
 * @throws OrderError for what is no JSON or an unknown name, PolicyError with all faults of a policy.
 */
export function policyOrder(body: string): Policy {
  const action = 'change the policy';
  const bare = body.trim();
  const order = Object.hasOwn(policies, bare) ? bare : jsonOf(body, action);
  if (typeof order !== 'string') return parsePolicy(order, 'policy');
  if (Object.hasOwn(policies, order)) return parsePolicy(policies[order], order);
  const rule = `one of ${Object.keys(policies).join(', ')}`;
  throw new OrderError(action, [{ path: 'name', rule, value: order }]);
}

function jsonOf(body: string, action: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new OrderError(action, [{ path: 'body', rule: 'JSON', value: body }]);
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > VALUE_SHOWN ? `${text.slice(0, VALUE_SHOWN - 3)}...` : text;
}
