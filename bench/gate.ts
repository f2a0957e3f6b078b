/**
 * How often the gate is wrong, and how often it finds what it should: simulated CI runs of 20 checks through the gate's own `judge`, beside simpler
 * gates on the very same numbers. Values are lognormal, 8 % from run to run, without any gain from pairing (rho 0) and with (rho 0.8).
 *
 * - false fail: nothing changed, and at least one of the 20 checks fails;
 * - found: one check got worse by 10 or 20 %, and that check fails.
 *
 * With `GATE_RUNS` set, so many CI runs per cell instead of 1,000.
 */
import { isMainThread } from 'node:worker_threads';
import type { Baseline } from '../src/gate/baseline.ts';
import { judge } from '../src/gate/judge.ts';
import type { GatedStrategy } from '../src/gate/measurement.ts';
import { GATED_METRICS, type GatedValues, METRICS_VERSION } from '../src/gate/metrics.ts';
import { createRandomSource } from '../src/random/keyed-random.ts';
import type { Random } from '../src/random/random.ts';
import { clopperPearson } from '../src/statistics/clopper-pearson.ts';
import { hodgesLehmann } from '../src/statistics/hodges-lehmann.ts';
import { holm } from '../src/statistics/holm.ts';
import { median } from '../src/statistics/quantiles.ts';
import { signedRankTest } from '../src/statistics/signed-rank.ts';

const CHECKS = 20;
const SPREAD = 0.08;
const TOLERANCE = 0.05;

/** Kinds of simulated CI runs. */
export interface Cell {
  readonly seeds: number;
  readonly rho: number;
  /** 0.1: one check is 10 % worse; 0: none is. */
  readonly effect: number;
}

/** The gates compared; `judge` is ours. */
export const GATES = ['single run', 'median', 'Wilcoxon', 'Holm', 'Holm, all seeds', 'judge'] as const;
type Gate = (typeof GATES)[number];

/** Which checks each gate fails. */
type Failed = Readonly<Record<Gate, readonly boolean[]>>;

interface CheckRun {
  readonly before: readonly number[];
  readonly now: readonly number[];
}

/** Values of one check on 2 x seeds: the first half and the held-out half. */
function drawCheck(random: Random, { seeds, rho }: Cell, effect: number): CheckRun {
  const rest = Math.sqrt(1 - rho * rho);
  const before: number[] = [];
  const now: number[] = [];
  for (let seed = 0; seed < 2 * seeds; seed++) {
    const shared = random.normal(0, 1);
    before.push(100 * Math.exp(SPREAD * shared));
    now.push(100 * (1 + effect) * Math.exp(SPREAD * (rho * shared + rest * random.normal(0, 1))));
  }
  return { before, now };
}

function strategyOf(check: number, values: readonly number[]): GatedStrategy {
  const trials = values.map((makespan, index) => ({
    seed: index + 1,
    digest: `${makespan}`,
    failure: null,
    values: Object.fromEntries(
      GATED_METRICS.map((metric) => [metric, metric === 'makespan' ? makespan : null]),
    ) as unknown as GatedValues,
  }));
  const name = `check-${check}`;
  return { strategy: name, source: name, contentHash: null, packages: [], trials };
}

/** The gate's own verdicts, from a baseline and a candidate as files would give them. */
function judged(checks: readonly CheckRun[], seeds: number): boolean[] {
  const scenario = { scenario: 'simulated', source: 'simulated', fingerprint: {} };
  const measured = (of: keyof CheckRun) => ({
    mode: 'virtual' as const,
    metricsVersion: METRICS_VERSION,
    scenarios: [{ ...scenario, strategies: checks.map((check, index) => strategyOf(index, check[of])) }],
  });
  const numbered = (from: number) => Array.from({ length: seeds }, (_, index) => from + index);
  const baseline: Baseline = {
    ...measured('before'),
    tool: '',
    madeAt: '',
    commit: null,
    seeds: numbered(1),
    heldOutSeeds: numbered(seeds + 1),
    policy: null,
    notes: [],
  };
  const thresholds = { '*': 'off', '*/makespan': { level: 'error', max: TOLERANCE } } as const;
  const { checks: verdicts } = judge({ baseline, now: measured('now'), absent: [], thresholds });
  if (verdicts.length !== CHECKS) throw new Error(`invariant: ${CHECKS} checks must be judged, not ${verdicts.length}`);
  return verdicts.map(({ verdict }) => verdict === 'regressed');
}

function differences({ before, now }: CheckRun, count: number): number[] {
  return before.slice(0, count).map((value, index) => Math.log(now[index]! / value));
}

function byHolm(checks: readonly CheckRun[], count: number): boolean[] {
  const all = checks.map((check) => differences(check, count));
  const adjusted = holm(all.map((each) => signedRankTest(each).greater));
  return all.map((each, index) => adjusted[index]! <= 0.05 && hodgesLehmann(each) >= Math.log1p(TOLERANCE));
}

/** One CI run through all gates. */
function ciRun(random: Random, cell: Cell): Failed {
  const checks = Array.from({ length: CHECKS }, (_, index) => drawCheck(random, cell, index === 0 ? cell.effect : 0));
  const { seeds } = cell;
  const middle = (values: readonly number[]) => median(values.slice(0, seeds)) ?? 0;
  return {
    'single run': checks.map(({ before, now }) => now[0]! / before[0]! > 1 + TOLERANCE),
    median: checks.map(({ before, now }) => middle(now) / middle(before) > 1 + TOLERANCE),
    Wilcoxon: checks.map((check) => signedRankTest(differences(check, seeds)).greater < 0.05),
    Holm: byHolm(checks, seeds),
    'Holm, all seeds': byHolm(checks, 2 * seeds),
    judge: judged(checks, seeds),
  };
}

/** Of how many runs of a cell each gate says so: any check fails where nothing changed, the changed one where something did. */
export function simulate(cell: Cell, runs: number): Readonly<Record<Gate, number>> {
  const source = createRandomSource(1);
  const hits = Object.fromEntries(GATES.map((gate) => [gate, 0])) as Record<Gate, number>;
  for (let run = 0; run < runs; run++) {
    const failed = ciRun(source.stream(`gate ${JSON.stringify(cell)}`, run), cell);
    for (const gate of GATES)
      if (cell.effect === 0 ? failed[gate].some(Boolean) : failed[gate][0] === true) hits[gate] += 1;
  }
  return hits;
}

const EFFECTS = [0, 0.1, 0.2];
const RHOS = [0, 0.8];
const SEEDS = [10, 20];

function line({ seeds, rho, effect }: Cell, runs: number, hits: Readonly<Record<Gate, number>>): string {
  const what = effect === 0 ? 'false fail' : `finds +${effect * 100} %`;
  const parts = GATES.map((gate) => {
    const { low, high } = clopperPearson(hits[gate], runs);
    const percent = (share: number) => (share * 100).toFixed(1);
    return `${gate} ${percent(hits[gate] / runs)} % [${percent(low)}, ${percent(high)}]`;
  });
  return `gate: ${seeds} seeds, rho ${rho}, ${what}: ${parts.join(' · ')}`;
}

if (isMainThread && process.argv[1]?.match(/bench[/\\]gate\.[jt]s$/)) {
  const runs = Number(process.env['GATE_RUNS'] ?? 1000);
  process.stdout.write(
    `gate: ${runs} simulated CI runs of ${CHECKS} checks per line, ${SPREAD * 100} % from run to run, tolerance ${TOLERANCE * 100} %; exact 95 % intervals\n`,
  );
  for (const rho of RHOS)
    for (const seeds of SEEDS)
      for (const effect of EFFECTS) {
        const cell = { seeds, rho, effect };
        process.stdout.write(`${line(cell, runs, simulate(cell, runs))}\n`);
      }
}
