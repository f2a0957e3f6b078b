/** One digest for a whole suite: equal digests mean equal results to the bit. */
import { createHash } from 'node:crypto';
import type { ScenarioResults } from './results.ts';

/**
 * Hex SHA-256 over every trial's key (scenario, variant, strategy, seed), digest and failure reason, in the order in which they
 * stand. Details of failures are left out: they may name a place in somebody's file system.
 */
export function suiteDigest(scenarios: readonly Pick<ScenarioResults, 'name' | 'cells'>[]): string {
  const hash = createHash('sha256');
  for (const scenario of scenarios)
    for (const cell of scenario.cells)
      for (const trial of cell.trials)
        hash.update(
          `${JSON.stringify([scenario.name, cell.variant, cell.strategy, trial.seed, trial.digest, trial.failure?.reason ?? ''])}\n`,
        );
  return hash.digest('hex');
}
