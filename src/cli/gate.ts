/** `ratelab gate`: the build against its baseline. */
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Baseline } from '../gate/baseline.ts';
import { type Judgement, judge, type JudgeInput } from '../gate/judge.ts';
import {
  differingFields,
  type Fingerprint,
  type GatedScenario,
  type GatedStrategy,
  type Measurement,
} from '../gate/measurement.ts';
import { gateResult, noBaseline } from '../gate/result.ts';
import { unmatchedGlobs } from '../gate/thresholds.ts';
import type { GateResult } from '../gate/verdict.ts';
import { renderGateAnnotations } from '../report/gate/annotations.ts';
import { renderGateJson } from '../report/gate/json.ts';
import { renderGateJunit } from '../report/gate/junit.ts';
import { renderGateMarkdown } from '../report/gate/markdown.ts';
import { renderGateTerminal } from '../report/gate/terminal.ts';
import { inputError } from '../results/input-error.ts';
import type { PlannedScenario } from '../suite/plan.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { reasonOf, writeWhole } from './files.ts';
import {
  addRunningOptions,
  type GateCommandSettings,
  gateSettings,
  readBaseline,
  type RunningFlags,
} from './gate-options.ts';
import { baselineSelection, unheldSelection } from './gate-selection.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { measure, type Measured, scenarioFingerprint } from './measure.ts';
import type { CommandContext } from './program.ts';
import { VERSION } from './version.ts';

interface GateFlags extends RunningFlags {
  /** False: reports, and exits 0 whatever it found. */
  readonly fail: boolean;
  readonly junit?: string;
  readonly markdown?: string;
  readonly annotations?: boolean;
  readonly json?: boolean;
}

/** Options and action. */
export function setUpGate(command: Command, { io, exit }: CommandContext): void {
  addRunningOptions(command)
    .option('--strict', 'exit 3 when a check is unsure, missing or not comparable, or the baseline is missing or stale')
    .option('--no-fail', 'report, but exit 0 whatever is found')
    .option('--junit <file>', 'write JUnit XML, one test case per check')
    .option('--markdown <file>', 'write a Markdown summary (also to GITHUB_STEP_SUMMARY, where that is set)')
    .option('--annotations', 'print GitHub annotations (default: under GitHub Actions)')
    .option('--json', 'print the verdicts as JSON')
    .option('-q, --quiet', 'print the verdict only')
    .action(async (flags: GateFlags) => exit(await gateCommand(flags, io)));
}

async function gateCommand(flags: GateFlags, io: Io): Promise<ExitCode> {
  const command = await gateSettings(flags, {}, io);
  const { settings, file } = command;
  const baseline = await readBaseline(file, io.cwd);
  const { result, complete } =
    baseline === null ? { result: noBaseline(file), complete: true } : await gateAgainst(baseline, command, io);
  await show(result, flags, settings.quiet, io);
  if (!complete) return EXIT.interrupted;
  if (!flags.fail || result.outcome === 'passed') return EXIT.ok;
  if (result.outcome === 'failed') return EXIT.failed;
  return settings.strict ? EXIT.inconclusive : EXIT.ok;
}

/** Runs what the baseline holds, then the held-out seeds of the cells that leave something open. */
async function gateAgainst(
  baseline: Baseline,
  { settings, origins, file }: GateCommandSettings,
  io: Io,
): Promise<{ readonly result: GateResult; readonly complete: boolean }> {
  const { planned, absent } = await baselineSelection(baseline, io.cwd);
  const unheld = await unheldSelection(baseline, settings, origins, io.cwd);
  // Made once: they draw the jobs of all seeds.
  const fingerprints = fingerprintsOf(planned, baseline);
  const run = (cells: readonly PlannedScenario[], seeds: readonly number[]) =>
    measure(cells, seeds, ({ scenario }) => fingerprints.get(scenario)!, settings, io);
  // What cannot be compared need not be run: its fingerprint is enough to say so.
  const { comparable, others } = byFingerprint(planned, fingerprints, baseline);
  const first = withScenarios(await run(comparable, baseline.seeds), others);
  const input: JudgeInput = {
    baseline,
    now: first.measurement,
    absent: [...absent, ...unheld.flatMap(notHeld)],
    thresholds: settings.gate.thresholds ?? {},
  };
  const { judgement, measured } = await confirm(judge(input), { input, first, planned: comparable, run }, io);
  const result = gateResult(judgement.checks, {
    file,
    baseline,
    now: measured.measurement,
    tool: VERSION,
    nowMs: createSystemClock().now(),
    interrupted: !measured.complete,
    idleThresholds: unmatchedGlobs(input.thresholds, cellsOf(baseline, judgement)),
  });
  return { result, complete: measured.complete };
}

/** Cells of the baseline, and those that it lacks. */
function cellsOf({ scenarios }: Baseline, { checks }: Judgement) {
  const held = scenarios.flatMap(({ scenario, strategies }) =>
    strategies.map(({ strategy }) => ({ scenario, strategy })),
  );
  return [...held, ...checks];
}

function fingerprintsOf(planned: readonly PlannedScenario[], { seeds, heldOutSeeds }: Baseline) {
  const all = [...seeds, ...heldOutSeeds];
  return new Map<Scenario, Fingerprint>(planned.map((each) => [each.scenario, scenarioFingerprint(each, all)]));
}

function byFingerprint(
  planned: readonly PlannedScenario[],
  fingerprints: ReadonlyMap<Scenario, Fingerprint>,
  baseline: Baseline,
) {
  const comparable: PlannedScenario[] = [];
  const others: GatedScenario[] = [];
  for (const each of planned) {
    const held = baseline.scenarios.find(({ scenario }) => scenario === each.scenario.name);
    const fingerprint = fingerprints.get(each.scenario)!;
    if (held !== undefined && differingFields(held.fingerprint, fingerprint).length === 0) comparable.push(each);
    else others.push({ scenario: each.scenario.name, source: each.source.name, fingerprint, strategies: [] });
  }
  return { comparable, others };
}

function withScenarios({ measurement, complete }: Measured, more: readonly GatedScenario[]): Measured {
  return { measurement: { ...measurement, scenarios: [...measurement.scenarios, ...more] }, complete };
}

function notHeld({ scenario, strategies }: PlannedScenario) {
  return strategies.map(({ strategy }) => ({
    scenario: scenario.name,
    strategy: strategy.spec,
    reason: 'it is selected, but not in the baseline',
  }));
}

interface Confirmation {
  readonly input: JudgeInput;
  readonly first: Measured;
  readonly planned: readonly PlannedScenario[];
  readonly run: (cells: readonly PlannedScenario[], seeds: readonly number[]) => Promise<Measured>;
}

/** Suspects and doubts get fresh seeds; nothing else costs them. */
async function confirm(
  judgement: Judgement,
  { input, first, planned, run }: Confirmation,
  io: Io,
): Promise<{ readonly judgement: Judgement; readonly measured: Measured }> {
  const cells = planned.flatMap((each) => {
    const strategies = each.strategies.filter(({ strategy }) =>
      judgement.open.some((open) => open.scenario === each.scenario.name && open.strategy === strategy.spec),
    );
    return strategies.length === 0 ? [] : [{ ...each, strategies }];
  });
  if (cells.length === 0 || !first.complete) return { judgement, measured: first };
  const names = cells.flatMap((each) =>
    each.strategies.map(({ strategy }) => `${each.scenario.name} ${strategy.spec}`),
  );
  io.stderr.write(`Not clear yet, so on ${input.baseline.heldOutSeeds.length} fresh seeds: ${names.join(', ')}\n`);
  const second = await run(cells, input.baseline.heldOutSeeds);
  const measurement = withTrials(first.measurement, second.measurement);
  return {
    judgement: judge({ ...input, now: measurement }),
    measured: { measurement, complete: second.complete },
  };
}

function withTrials(first: Measurement, second: Measurement): Measurement {
  const more = (scenario: string, strategy: string): GatedStrategy['trials'] =>
    second.scenarios.find((each) => each.scenario === scenario)?.strategies.find((each) => each.strategy === strategy)
      ?.trials ?? [];
  const scenarios = first.scenarios.map((each) => ({
    ...each,
    strategies: each.strategies.map((cell) => ({
      ...cell,
      trials: [...cell.trials, ...more(each.scenario, cell.strategy)],
    })),
  }));
  return { ...first, scenarios };
}

async function show(result: GateResult, flags: GateFlags, quiet: boolean, io: Io): Promise<void> {
  const { env } = io;
  const markdown = renderGateMarkdown(result);
  if (flags.junit !== undefined) await writeFileAt(flags.junit, renderGateJunit(result), io.cwd);
  if (flags.markdown !== undefined) await writeFileAt(flags.markdown, markdown, io.cwd);
  if (env['GITHUB_STEP_SUMMARY']) await appendSummary(env['GITHUB_STEP_SUMMARY'], markdown);
  const annotated = flags.annotations ?? env['GITHUB_ACTIONS'] === 'true';
  const annotations = annotated ? renderGateAnnotations(result) : '';
  // A workflow reads its commands from either stream; JSON must stay alone on its own.
  if (flags.json === true) {
    io.stdout.write(renderGateJson(result));
    io.stderr.write(annotations);
    return;
  }
  const { columns, colour } = io.stdout;
  io.stdout.write(renderGateTerminal(result, { columns, colour, unicode: io.unicode, quiet }));
  io.stdout.write(annotations);
}

async function writeFileAt(path: string, text: string, cwd: string): Promise<void> {
  const target = resolve(cwd, path);
  try {
    await mkdir(dirname(target), { recursive: true });
  } catch (error) {
    throw inputError('write', path, reasonOf(error), error);
  }
  await writeWhole(target, text);
}

/** Steps of one job share the file. */
async function appendSummary(path: string, text: string): Promise<void> {
  try {
    await appendFile(path, text);
  } catch (error) {
    throw inputError('write', 'GITHUB_STEP_SUMMARY', reasonOf(error), error);
  }
}
