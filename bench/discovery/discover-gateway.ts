/** One gateway of the benchmark: discovered, scored, and the baselines let loose on the same. */
import type { BlackBox } from '../../src/discovery/black-box.ts';
import { discover, type Findings } from '../../src/discovery/discover.ts';
import type { PolicyBlackBox } from '../../src/trial/black-box.ts';
import { scoreBaselines } from './baselines/score-baselines.ts';
import { type BenchGateway, generateGateway, openBox } from './generate.ts';
import { trueAtoms } from './observable.ts';
import { BUDGET, type GatewayOutcome, type GatewayTask, judged } from './outcome.ts';

/** Reads the machine's processor time, ms. */
export type ProcessorTime = () => number;

/** Discovers and scores a gateway. */
export async function discoverGateway(task: GatewayTask, cpu: ProcessorTime): Promise<GatewayOutcome> {
  const gateway = generateGateway(task.row, task.seed);
  const truth = trueAtoms(gateway);
  const { box, target } = openBox(gateway);
  let sent = 0;
  const counted: BlackBox = {
    ...target,
    fetch: (input, init) => {
      sent += 1;
      return target.fetch(input, init);
    },
  };
  const startedMs = cpu();
  const { findings, crash } = await letLoose(gateway, box, counted);
  const cpuMs = cpu() - startedMs;
  const rejections = box.rejectionsByCause.reduce((sum, count) => sum + count, 0);
  return {
    ...judged(gateway, truth, findings?.limits ?? []),
    unknown: (findings?.unknown ?? []).map(({ what, kind, why }) => `${kind}: ${what}: ${why}`),
    crash,
    complete: findings?.complete ?? false,
    sent,
    rejections,
    exclusionRequests: findings?.spent.exclusionRequests ?? 0,
    ranMs: findings?.ranMs ?? 0,
    penalties: box.rejectionsByCause.filter((count, at) => count > 0 && box.causes[at]?.kind === 'penalty').length,
    overBudget: sent > BUDGET.requests || rejections > BUDGET.rejections || (findings?.ranMs ?? 0) > BUDGET.timeMs,
    baselines: task.baselines ? await scoreBaselines(gateway, truth, Math.max(sent, 1)) : [],
    cpuMs,
  };
}

async function letLoose(
  { row }: BenchGateway,
  box: PolicyBlackBox,
  target: BlackBox,
): Promise<{ readonly findings: Findings | null; readonly crash: string }> {
  const outcome = await box.run(() => discover(target, { budget: BUDGET, defy: row.manner === 'defiant' }));
  if (outcome.kind === 'done') return { findings: outcome.value, crash: '' };
  const { reason, detail, error } = outcome;
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(0, 4).join(' ') : '';
  return { findings: null, crash: `${reason}: ${detail} ${stack}`.trim() };
}
