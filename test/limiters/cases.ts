/** Which strategies stand in the table: one for each library, with the parameters of its own example, and a few of ratelab's own to compare with. */
import { libraryDefinitions } from '../../src/strategies/libraries/index.ts';
import type { StrategyDefinition } from '../../src/strategies/strategy.ts';
import { FIVE_A_SECOND, type PacerPromise } from './window-probe.ts';

/** What a row of the table is about. */
export interface LimiterCase {
  /** Name of the definition; for those of ratelab the spec. */
  readonly name: string;
  /**
   * `retries`: sends refused calls again. `paces`: holds calls back and reads no refusal, so that a retry stands around it in the scenarios.
   * `plain`: does neither, and has a retry around it there too. `ours`: of ratelab.
   */
  readonly kind: 'retries' | 'paces' | 'plain' | 'ours';
  /** In the scenarios. */
  readonly spec: string;
  /** The library alone. */
  readonly alone: string;
  /** What a pacer was told to keep to; null: nothing that counts starts in a window. */
  readonly promise: PacerPromise | null;
}

/** Pacers whose example counts something else than starts in a window. */
const COUNTS_OTHERWISE = new Set(['p-limit', 'octokit-throttling', 'genesys-sdk', 'opossum']);

/** ratelab's own, for comparison. */
const OURS: readonly LimiterCase[] = [
  ours('none', null),
  ours('retry-after', null),
  ours('concurrency:by=org,limit=2+retry-after', null),
  ours('retry-after+token-bucket:by=org,ratePerSecond=5,burst=5', FIVE_A_SECOND),
];

/** All rows, those of libraries in the order of their definitions. */
export function limiterCases(definitions: readonly StrategyDefinition[] = libraryDefinitions): LimiterCase[] {
  return [...definitions.map(caseOf), ...OURS];
}

function caseOf({ name, family, example = name }: StrategyDefinition): LimiterCase {
  // A pacer whose example stands alone would lose what is refused all the same.
  const shown = family === 'paces' && !example.includes('+') ? `retry-after+${example}` : example;
  const layers = shown.split('+');
  const alone = layers.find((layer) => layer.split(':')[0] === name) ?? name;
  if (family === 'paces' || layers.length > 1) {
    const kind = family === 'paces' ? 'paces' : 'plain';
    return { name, kind, spec: shown, alone, promise: COUNTS_OTHERWISE.has(name) ? null : FIVE_A_SECOND };
  }
  // Retriers as they come, without the parameters that an example shows off.
  return { name, kind: 'retries', spec: name, alone: name, promise: null };
}

function ours(spec: string, promise: PacerPromise | null): LimiterCase {
  const alone = spec.split('+').at(-1)!;
  return { name: spec, kind: 'ours', spec, alone: promise === null ? spec : alone, promise };
}
