/** Runs cells for the gate and keeps what it looks at: values, digests, and fingerprints of what they were run on. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRandomSource } from '../random/keyed-random.ts';
import { inputError } from '../results/input-error.ts';
import type { CellResult, ScenarioResults } from '../results/results.ts';
import { type PlannedCell, type PlannedScenario, planSuite, type SuitePlan } from '../suite/plan.ts';
import { runSuite } from '../suite/run-suite.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { settingOf } from '../trial/setting.ts';
import {
  type Fingerprint,
  fingerprintOf,
  gatedTrials,
  type GatedScenario,
  type Measurement,
} from '../gate/measurement.ts';
import { METRICS_VERSION } from '../gate/metrics.ts';
import { thresholdFor, type Thresholds } from '../gate/thresholds.ts';
import { reasonOf } from './files.ts';
import type { Io } from './io.ts';
import { runWith } from './run.ts';
import type { Settings } from './settings.ts';
import { VERSION } from './version.ts';

/** What was measured, and whether all of it. */
export interface Measured {
  readonly measurement: Measurement;
  readonly complete: boolean;
}

/**
 * Runs all cells on the given seeds, in virtual time.
 *
 * @param fingerprintFor Fingerprint of a scenario: of the jobs that all seeds of the baseline draw, whichever of them are run.
 */
export async function measure(
  planned: readonly PlannedScenario[],
  seeds: readonly number[],
  fingerprintFor: (planned: PlannedScenario) => Fingerprint,
  settings: Settings,
  io: Io,
): Promise<Measured> {
  const plan = gatePlan(planned, seeds, settings.gate.thresholds ?? {});
  const results = await runWith(settings, plan, io, (executor, signal, onEvent) =>
    runSuite({
      plan,
      executor,
      clock: createSystemClock(),
      version: VERSION,
      replay: '',
      timelines: false,
      signal,
      onEvent,
    }),
  );
  const scenarios: GatedScenario[] = [];
  for (const [index, each] of planned.entries())
    scenarios.push(await gatedScenario(each, results.scenarios[index], fingerprintFor(each)));
  return {
    measurement: { mode: 'virtual', metricsVersion: METRICS_VERSION, scenarios },
    complete: results.complete,
  };
}

/** Where slowdowns are gated, organizations run alone on every seed: slowdowns of three seeds could never be told from chance. */
function gatePlan(planned: readonly PlannedScenario[], seeds: readonly number[], thresholds: Thresholds): SuitePlan {
  const withoutClaims = planned.map((each) => ({ ...each, claimsSkipped: 'left out by the gate' }));
  const plan = planSuite(withoutClaims, seeds);
  const isGated = ({ scenario, strategy }: PlannedCell) =>
    thresholdFor(thresholds, planned[scenario]!.scenario.name, strategy.spec, 'worst-org-slowdown').level !== 'off';
  return {
    ...plan,
    cells: plan.cells.map((cell) => ({ ...cell, isolatedSeeds: isGated(cell) ? cell.seeds : [] })),
  };
}

async function gatedScenario(
  planned: PlannedScenario,
  results: ScenarioResults | undefined,
  fingerprint: Fingerprint,
): Promise<GatedScenario> {
  const strategies: GatedScenario['strategies'][number][] = [];
  for (const { source, strategy } of planned.strategies) {
    const cell: CellResult | undefined = results?.cells.find((each) => each.strategy === strategy.spec);
    strategies.push({
      strategy: strategy.spec,
      source: source.spec,
      contentHash: source.file === null ? null : await contentHash(source.file, source.spec),
      packages: cell?.packages ?? [],
      trials: gatedTrials(cell?.trials ?? []),
    });
  }
  return {
    scenario: planned.scenario.name,
    source: planned.source.name,
    fingerprint,
    strategies,
  };
}

/** What must not change between a baseline and a candidate: everything but the strategies. */
export function scenarioFingerprint({ scenario }: PlannedScenario, seeds: readonly number[]): Fingerprint {
  const setting = settingOf(scenario);
  const { startsAt, deadlineMs, attemptsPerJobMax, platform, client, parameters } = scenario;
  return fingerprintOf({
    policy: { ...setting.policy },
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])),
    workload: drawnJobs(setting, seeds),
    rest: { startsAt, deadlineMs, attemptsPerJobMax, platform: platform?.name, client: client?.name },
  });
}

function* drawnJobs(setting: ReturnType<typeof settingOf>, seeds: readonly number[]): Generator {
  for (const seed of seeds) yield setting.workload(createRandomSource(seed));
}

async function contentHash(file: string, shown: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch (error) {
    throw inputError('read', shown, reasonOf(error), error);
  }
}
