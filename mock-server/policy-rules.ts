/**
 * Rules over several fields of a policy. They read the loose JSON and skip whatever has not the expected shape (the schema
 * reports that), so that one reading of a file tells all its faults.
 */
import type { Fault } from './policy-parsing.ts';

type Loose = Readonly<Record<string, unknown>>;

/** Faults between fields: unique names, references, order of stages, time zones, costs that can never fit. */
export function crossFaults(loose: unknown): Fault[] {
  const policy = object(loose);
  const limits = list(policy['limits']);
  const penalties = list(policy['penalties']);
  return [
    ...repeated(limits, 'limits', 'name'),
    ...repeated(penalties, 'penalties', 'name'),
    ...repeated(list(policy['background']), 'background', 'name'),
    ...limits.flatMap((limit, index) => limitFaults(limit, `limits[${index}]`)),
    ...headerFaults(policy, limits),
    ...penalties.flatMap((penalty, index) => penaltyFaults(penalty, `penalties[${index}]`)),
    ...list(policy['background']).flatMap((traffic, index) => zoneFaults(traffic, `background[${index}].timeZone`)),
  ];
}

function limitFaults(limit: Loose, path: string): Fault[] {
  const algorithm = object(limit['algorithm']);
  const faults = [...repeated(list(limit['tiers']), `${path}.tiers`, 'tier')];
  if (algorithm['kind'] === 'concurrency' && limit['counts'] === 'all') {
    const rule = 'admitted for a concurrency limit (a rejected request is never in service)';
    faults.push({ path: `${path}.counts`, rule, value: 'all' });
  }
  if (algorithm['kind'] !== 'token-bucket') {
    list(limit['tiers']).forEach((tier, index) => {
      const value = tier['refillPerSecond'];
      if (typeof value !== 'number') return;
      faults.push({ path: `${path}.tiers[${index}].refillPerSecond`, rule: 'null unless it is a token bucket', value });
    });
  }
  const most = algorithm['kind'] === 'token-bucket' ? algorithm['capacity'] : algorithm['limit'];
  const base = typeof limit['cost'] === 'number' ? limit['cost'] : object(limit['cost'])['base'];
  if (typeof most === 'number' && typeof base === 'number' && most >= 1 && base > most) {
    const at = typeof limit['cost'] === 'number' ? `${path}.cost` : `${path}.cost.base`;
    faults.push({ path: at, rule: `at most ${most}, what the limit can ever admit`, value: base });
  }
  const hint = object(limit['retryAfter']);
  const [from, to] = Array.isArray(hint['uniformMs']) ? hint['uniformMs'] : [hint['fromMs'], hint['toMs']];
  if (typeof from === 'number' && typeof to === 'number' && from > to) {
    faults.push({ path: `${path}.retryAfter`, rule: 'a range whose end is not before its start', value: [from, to] });
  }
  return faults;
}

function headerFaults(policy: Loose, limits: readonly Loose[]): Fault[] {
  const headers = object(policy['headers']);
  const dialect = headers['dialect'] ?? 'none';
  const speaksOf = headers['speaksOf'] ?? '';
  if (typeof speaksOf !== 'string' || (dialect === 'none' && speaksOf === '')) return [];
  const spoken = speaksOf === '' ? limits[0] : limits.find((limit) => limit['name'] === speaksOf);
  if (spoken === undefined) {
    return [{ path: 'headers.speaksOf', rule: 'the name of a limit of this policy', value: headers['speaksOf'] }];
  }
  if (object(spoken['algorithm'])['kind'] !== 'concurrency' || !headers['staleMs']) return [];
  return [{ path: 'headers.staleMs', rule: '0 for a concurrency limit', value: headers['staleMs'] }];
}

function penaltyFaults(penalty: Loose, path: string): Fault[] {
  const stages = list(penalty['stages']);
  const faults = repeated(stages, `${path}.stages`, 'name');
  stages.forEach((stage, index) => {
    const before = stages[index - 1]?.['afterStrikes'];
    const value = stage['afterStrikes'];
    if (typeof before !== 'number' || typeof value !== 'number' || value > before) return;
    faults.push({
      path: `${path}.stages[${index}].afterStrikes`,
      rule: `more than ${before}, the stage before`,
      value,
    });
  });
  return faults;
}

function zoneFaults(traffic: Loose, path: string): Fault[] {
  const value = traffic['timeZone'];
  if (typeof value !== 'string') return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone: value }).format(0);
    return [];
  } catch {
    return [{ path, rule: 'an IANA time zone, for example America/Los_Angeles', value }];
  }
}

function repeated(entries: readonly Loose[], path: string, key: string): Fault[] {
  const seen = new Set<unknown>();
  return entries.flatMap((entry, index) => {
    const value = entry[key];
    const again = seen.has(value) && typeof value === 'string';
    seen.add(value);
    return again ? [{ path: `${path}[${index}].${key}`, rule: 'unique in its list', value }] : [];
  });
}

function object(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

function list(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.map(object) : [];
}
