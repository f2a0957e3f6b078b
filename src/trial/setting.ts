/** What all trials of one scenario (or of one of its variants) share. */
import { parsePolicy, type Policy } from '../../mock-server/policy.ts';
import type { Scenario, Variant } from '../../scenarios/scenario.ts';
import type { RandomSource } from '../random/random.ts';
import type { Workload } from '../workload/workload.ts';

/** A scenario with one of its variants applied. */
export interface Setting {
  readonly scenario: Scenario;
  readonly policy: Policy;
  /** Epoch ms. */
  readonly startsAtMs: number;
  /** Makes the work of one seed. */
  readonly workload: (random: RandomSource) => Workload;
}

/** Before this, some clients take the clock for unset, or rate headers for something else. */
const STARTS_AT_MIN_MS = Date.UTC(2024, 0, 1);

const known = new WeakMap<Scenario, Map<string, Setting>>();

/**
 * The setting of a scenario; `variant` '' is the scenario as it stands. Kept, as policies are parsed once.
 *
 * @throws PolicyError when the policy has faults; RangeError for an unknown variant or a wrong start.
 */
export function settingOf(scenario: Scenario, variant = ''): Setting {
  const settings = known.get(scenario) ?? new Map<string, Setting>();
  known.set(scenario, settings);
  const setting = settings.get(variant) ?? makeSetting(scenario, variantOf(scenario, variant));
  settings.set(variant, setting);
  return setting;
}

type AnyVariant = Variant<Record<string, unknown>>;

function variantOf(scenario: Scenario, name: string): AnyVariant | null {
  if (name === '') return null;
  const found = scenario.variants.find((variant) => variant.name === name);
  if (found !== undefined) return found;
  const names = scenario.variants.map((variant) => variant.name).join(', ') || 'none';
  throw new RangeError(
    `Cannot run scenario ${scenario.name}: variant must be one of its variants (${names}), current value is ${name}`,
  );
}

function makeSetting(scenario: Scenario, variant: AnyVariant | null): Setting {
  const loose = variant?.policy === undefined ? scenario.policy : variant.policy(structuredClone(scenario.policy));
  const where = variant === null ? `policy of ${scenario.name}` : `policy of ${scenario.name}, variant ${variant.name}`;
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(scenario.parameters)) {
    values[name] = variant?.parameters?.[name] ?? parameter.value;
  }
  return {
    scenario,
    policy: parsePolicy(loose, where),
    startsAtMs: startOf(scenario, variant?.startsAt ?? scenario.startsAt),
    workload: (random) => scenario.workload(values as Parameters<Scenario['workload']>[0], random),
  };
}

function startOf(scenario: Scenario, startsAt: string): number {
  const startsAtMs = new Date(startsAt).getTime();
  if (startsAtMs >= STARTS_AT_MIN_MS) return startsAtMs;
  throw new RangeError(
    `Cannot run scenario ${scenario.name}: startsAt must be an ISO 8601 time in 2024 or later, current value is ${startsAt}`,
  );
}
