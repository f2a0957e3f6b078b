/** `ratelab run`: the suite, the verdicts, the report. */
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ReportModel } from '../report/shape.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { inputError } from '../results/input-error.ts';
import type { SuiteResults } from '../results/results.ts';
import type { Executor } from '../suite/executor.ts';
import { type PlannedScenario, planSuite, type SuitePlan } from '../suite/plan.ts';
import { runSuite } from '../suite/run-suite.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { judgeSuite } from '../verdicts/index.ts';
import { executorFor } from './executors.ts';
import { checkWritable, writeWhole } from './files.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { PROGRESS_KINDS, progressView } from './progress.ts';
import type { CommandContext } from './program.ts';
import { replayCommand } from './replay-command.ts';
import { parseSeeds } from './seeds.ts';
import { loadSelection } from './selection.ts';
import { resolveSettings, type Settings } from './settings.ts';
import { textTable } from './table.ts';
import { VERSION } from './version.ts';

/** Options of `run` as commander gives them; undefined: not given. */
interface RunFlags {
  readonly strategy?: readonly string[];
  readonly json?: boolean;
  readonly config?: string;
  readonly printConfig?: boolean;
  readonly [setting: string]: unknown;
}

/** Options and action. Defaults stand in `settings.ts`, so that a flag that was not given does not hide the config file. */
export function setUpRun(command: Command, { io, exit }: CommandContext): void {
  const collect = (spec: string, before: string[] = []) => [...before, spec];
  command
    .option('-s, --strategy <spec>', 'a strategy, or a file (./my-limiter.ts); may be given again', collect)
    .option('--seeds <n|a-b>', 'how many paired seeds, or which (default: 20; with --wire 6)')
    .option('--out <folder>', 'where results.json and the report go (default: reports/latest)')
    .addOption(new Option('--no-out', 'write nothing').default(undefined))
    .option('--json', 'print the results as JSON instead of the report')
    .option(
      '--wire',
      'over real HTTP on loopback, with the gateway in a process of its own, instead of in virtual time',
    )
    .option(
      '--speed <n>',
      'with --wire: how much faster than real time the clocks run (default: what the scenario says)',
    )
    .option(
      '--workers <n>',
      'worker threads; 0: everything in the main thread (default: one per core); with --wire: trials at once (default: 4)',
    )
    .option('--stall-after <s>', 'fail a trial that blocks its thread for this many real seconds (default: 60)')
    .option('--claims', 'check the claims of the threads (default: unless strategies or a policy were chosen)')
    .addOption(new Option('--no-claims', 'do not check the claims').default(undefined))
    .addOption(new Option('--progress <kind>', 'progress on standard error (default: auto)').choices(PROGRESS_KINDS))
    .option('--strict', 'exit 3 when a verdict is not settled')
    .option('-q, --quiet', 'print the recommendation only')
    .option('--policy <file>', 'a policy (JSON) to use instead of the scenarios\u2019 own')
    .option('--config <file>', 'a config file (default: ratelab.config.ts, .mts, .js, .mjs or .json, if there)')
    .option('--print-config', 'print the settings and where each comes from, and run nothing')
    .action(async (names: string[], flags: RunFlags) => exit(await runCommand(names, flags, io)));
}

async function runCommand(names: readonly string[], flags: RunFlags, io: Io): Promise<ExitCode> {
  const { strategy, json = false, config, printConfig, debug: _, ...rest } = flags;
  const given = { ...rest, strategies: strategy, scenarios: names.length === 0 ? undefined : names };
  const { settings, origins } = await resolveSettings(given, config, io);
  if (!printConfig) return run(settings, json, io);
  const rows = Object.entries(settings).map(([key, value]) => [
    key,
    JSON.stringify(value),
    origins[key as keyof Settings],
  ]);
  io.stdout.write(json ? canonicalJson({ settings, origins }) : textTable(rows));
  return EXIT.ok;
}

async function run(settings: Settings, json: boolean, io: Io): Promise<ExitCode> {
  const seeds = parseSeeds(String(settings.seeds));
  if (settings.speed !== null && !settings.wire)
    throw inputError('run', 'with --speed', 'it must be given together with --wire: virtual time has no speed');
  const scenarios = await loadSelection(settings, io.cwd);
  if (settings.wire) await checkForWire(scenarios, settings.speed, io);
  const out = settings.out === false ? null : resolve(io.cwd, settings.out);
  if (out !== null) await checkWritable(out, String(settings.out));
  const plan = planSuite(scenarios, seeds);
  const made = await runWith(settings, plan, io, (executor, signal, onEvent) =>
    runSuite({
      plan,
      executor,
      clock: createSystemClock(),
      version: VERSION,
      replay: replayCommand(settings, seeds),
      mode: settings.wire ? 'wire' : 'virtual',
      signal,
      onEvent,
    }),
  );
  return finish(made, { out, json, settings }, io);
}

/** What cannot be run over HTTP, before anything runs; and what would be misjudged. */
async function checkForWire(scenarios: readonly PlannedScenario[], speed: number | null, io: Io): Promise<void> {
  const { speedOf } = await import('../wire/wire-executor.ts');
  for (const { scenario, strategies } of scenarios) {
    if (scenario.platform !== undefined)
      throw inputError(
        'run',
        scenario.name,
        'with --wire it must be played by the gateway, but it brings a platform of its own',
      );
    const files = strategies.filter(({ strategy }) => strategy.foreign !== undefined).map(({ source }) => source.spec);
    const speeds = speedOf(scenario, speed);
    if (files.length > 0 && speeds !== 1)
      io.stderr.write(
        `Note: ${scenario.name} runs at ${speeds} times real time. ${files.join(', ')} must take time from its context: Date and setTimeout are the real ones on the wire (--speed 1 makes them agree).\n`,
      );
  }
}

/** What is done with an executor. */
export type Work = (
  executor: Executor,
  signal: AbortSignal,
  onEvent: Parameters<typeof runSuite>[0]['onEvent'] & {},
) => Promise<SuiteResults>;

/** Runs `work` with threads, progress and Ctrl-C, and cleans up after it. */
export async function runWith(settings: Settings, plan: SuitePlan, io: Io, work: Work): Promise<SuiteResults> {
  const clock = createSystemClock();
  const executor = await executorFor(settings, plan, clock, io);
  const view = progressView(settings.quiet ? 'none' : settings.progress, io.stderr, clock);
  const controller = new AbortController();
  const stopListening = io.onInterrupt(() => {
    view.end();
    io.stderr.write('Stopping: what is done will be written. Ctrl-C again quits at once.\n');
    controller.abort();
  });
  try {
    return await work(executor, controller.signal, (event) => view.show(event));
  } finally {
    view.end();
    stopListening();
    await executor.close();
  }
}

/** How a run's results leave the program. */
interface Finish {
  /** Absolute folder; null: nothing is written. */
  readonly out: string | null;
  readonly json: boolean;
  readonly settings: Settings;
}

/** Results first; then the report, made from what the file says, so that `ratelab report` gives the same bytes again. */
async function finish(made: SuiteResults, { out, json, settings }: Finish, io: Io): Promise<ExitCode> {
  const text = canonicalJson(made);
  const results = JSON.parse(text) as SuiteResults;
  if (out !== null) await writeWhole(join(out, 'results.json'), text);
  const model = out === null ? null : await writtenReport(results, out);
  if (out !== null) io.stderr.write(`Wrote ${settings.out}: results.json, report.html, report.md, charts\n`);
  if (json) io.stdout.write(text);
  else if (settings.quiet) io.stdout.write(`${judgeSuite(results).headline}\n`);
  else io.stdout.write(await terminalReport(results, model, io));
  return exitCodeOf(results, settings.strict);
}

/** Charts and pages need a canvas, Chart.js and a renderer: loaded only where a report is written. */
async function writtenReport(results: SuiteResults, out: string): Promise<ReportModel> {
  const { writeReport } = await import('../report/write-report.ts');
  return writeReport(results, out);
}

async function terminalReport(results: SuiteResults, written: ReportModel | null, io: Io): Promise<string> {
  const { buildReport } = await import('../report/model.ts');
  const { renderTerminal } = await import('../report/terminal.ts');
  const { columns, colour } = io.stdout;
  return renderTerminal(written ?? buildReport(results), { columns, colour, unicode: io.unicode });
}

function exitCodeOf(results: SuiteResults, strict: boolean): ExitCode {
  if (!results.complete) return EXIT.interrupted;
  const cells = results.scenarios.flatMap(({ cells: all }) => all);
  const broken = cells.some(({ trials }) => trials.some(({ failure }) => failure?.reason === 'invariant'));
  const unchecked = results.scenarios
    .flatMap(({ claims }) => claims)
    .some(({ verdict, evidence }) => verdict === 'not run' && evidence.startsWith('the check could not be made'));
  if (broken || unchecked) return EXIT.failed;
  const unsettled = new Set(['unsure', 'few seeds']);
  const inconclusive = judgeSuite(results).scenarios.some(({ finding }) => unsettled.has(finding.kind));
  return strict && inconclusive ? EXIT.inconclusive : EXIT.ok;
}
