/** Changes to a loose policy, for the variants of a scenario. Each takes the deep copy that it is given and returns it changed. */

/** A loose policy, or a part of one. */
export type Loose = Record<string, unknown>;

/** Takes a limit away. Headers that spoke of it speak of the first one that is left. */
export function withoutLimit(policy: Loose, name: string): Loose {
  found(policy, name);
  const { speaksOf, ...headers } = policy['headers'] as Loose;
  return {
    ...policy,
    headers: speaksOf === name ? headers : { ...headers, speaksOf },
    limits: limitsOf(policy).filter((limit) => limit['name'] !== name),
  };
}

/** Sets fields of one limit. */
export function changeLimit(policy: Loose, name: string, change: Loose): Loose {
  found(policy, name);
  return {
    ...policy,
    limits: limitsOf(policy).map((limit) => (limit['name'] === name ? { ...limit, ...change } : limit)),
  };
}

/** Sets fields of every limit. */
export function changeEveryLimit(policy: Loose, change: Loose): Loose {
  return { ...policy, limits: limitsOf(policy).map((limit) => ({ ...limit, ...change })) };
}

/** Sets the rate of all background traffic. */
export function withBackgroundRate(policy: Loose, ratePerSecond: number): Loose {
  return { ...policy, background: listOf(policy, 'background').map((traffic) => ({ ...traffic, ratePerSecond })) };
}

/** Sets fields of the first latency rule, the one of the scenario's own route. */
export function changeLatency(policy: Loose, change: Loose): Loose {
  const [first, ...others] = listOf(policy, 'latency');
  return { ...policy, latency: [{ ...first, ...change }, ...others] };
}

/** The background traffic, or the empty list. */
export function backgroundOf(policy: Loose): readonly Loose[] {
  return listOf(policy, 'background');
}

function limitsOf(policy: Loose): readonly Loose[] {
  return listOf(policy, 'limits');
}

function found(policy: Loose, name: string): void {
  const names = limitsOf(policy).map((limit) => limit['name']);
  if (!names.includes(name)) {
    throw new Error(`Cannot change limit ${name}: it must be one of ${names.join(', ')}`);
  }
}

function listOf(policy: Loose, field: string): readonly Loose[] {
  return (policy[field] ?? []) as readonly Loose[];
}
