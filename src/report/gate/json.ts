/** The gate as JSON. */
import { canonicalJson } from '../../results/canonical-json.ts';
import { type GateResult, tally } from '../../gate/verdict.ts';

/** The result with its counts; `passed: true` means that it passed. */
export function renderGateJson(result: GateResult): string {
  return canonicalJson({ ...result, passed: result.outcome === 'passed', counts: tally(result.checks) });
}
