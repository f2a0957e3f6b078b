/** Checks what a thread claims against the cells that were run. */
import type { Claim, Evidence } from '../../scenarios/scenario.ts';
import type { CellResult, ClaimResult } from '../results/results.ts';
import { messageOf } from './load-module.ts';
import { canonicalSpec, CLAIMS_VARIANT, type PlannedScenario } from './plan.ts';

/** What a claim's check gave. */
type Finding = Pick<ClaimResult, 'verdict' | 'evidence' | 'boundary' | 'bars'>;

/** Checks every claim of a scenario. A check that cannot be made gives the verdict `not run` with its reason; it never throws. */
export function checkClaims(planned: PlannedScenario, cells: readonly CellResult[], complete: boolean): ClaimResult[] {
  const evidence = evidenceOver(cells);
  return planned.scenario.claims.map((claim) => ({
    id: claim.id,
    kind: claim.kind,
    says: claim.says,
    restsOn: claim.restsOn,
    ...(planned.claimsSkipped === '' ? finding(claim, evidence, complete) : notRun(planned.claimsSkipped)),
  }));
}

/** Evidence over a scenario's cells, by canonical spec. */
export function evidenceOver(cells: readonly CellResult[]): Evidence {
  const find = (strategy: string, variant: string) =>
    cells.find((cell) => cell.strategy === strategy && cell.variant === variant);
  return {
    cell(strategy, variant = '') {
      const spec = canonicalSpec(strategy);
      const found = find(spec, variant) ?? (variant === '' ? find(spec, CLAIMS_VARIANT) : undefined);
      if (found !== undefined) return found;
      throw new Error(`there is no cell for strategy ${spec}${variant === '' ? '' : ` in variant ${variant}`}`);
    },
  };
}

function finding(claim: Claim, evidence: Evidence, complete: boolean): Finding {
  try {
    for (const { strategy, variant } of claim.needs)
      if (evidence.cell(strategy, variant).trials.length === 0) throw new Error(`strategy ${strategy} has no trial`);
    // An interrupted suite may lack some seeds of some cells: a verdict on those would not be the one that this command gives.
    if (!complete) throw new Error('the run was interrupted');
    return onlyFinite(claim.check(evidence));
  } catch (error) {
    return notRun(`the check could not be made: ${messageOf(error)}`);
  }
}

function onlyFinite(found: Finding): Finding {
  const bad = found.bars.find((bar) => !Number.isFinite(bar.value));
  if (bad !== undefined) throw new Error(`bar ${bad.label} must be finite, current value is ${bad.value}`);
  return { verdict: found.verdict, evidence: found.evidence, boundary: found.boundary, bars: found.bars };
}

function notRun(evidence: string): Finding {
  return { verdict: 'not run', evidence, boundary: '', bars: [] };
}
