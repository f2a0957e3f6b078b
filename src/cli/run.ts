/** `ratelab run`: the suite, the verdicts, the report. */
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { buildReport } from '../report/model.ts';
import type { ReportModel } from '../report/shape.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReport } from '../report/write-report.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { inputError } from '../results/input-error.ts';
import type { SuiteResults } from '../results/results.ts';
import { inProcessExecutor, type Executor } from '../suite/executor.ts';
import { planSuite } from '../suite/plan.ts';
import { runSuite } from '../suite/run-suite.ts';
import { workerExecutor } from '../suite/worker-executor.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { judgeSuite } from '../verdicts/index.ts';
import { checkWritable, writeWhole } from './files.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { PROGRESS_KINDS, type ProgressKind, progressView } from './progress.ts';
import type { CommandContext } from './program.ts';
import { replayCommand } from './replay-command.ts';
import { parseSeeds, SEEDS_DEFAULT } from './seeds.ts';
import { loadSelection } from './selection.ts';
import { VERSION } from './version.ts';

/** Options of `run` as commander gives them. */
export interface RunOptions {
  readonly strategy: readonly string[];
  readonly seeds: string;
  /** False: `--no-out`. */
  readonly out: string | false;
  readonly json?: boolean;
  readonly workers?: string;
  readonly stallAfter: string;
  readonly claims?: boolean;
  readonly progress: ProgressKind;
  readonly strict?: boolean;
  readonly quiet?: boolean;
  readonly policy?: string;
}

/** Default folder of the report. */
const OUT_DEFAULT = 'reports/latest';

/** Adds the command. */
export function addRunCommand(program: Command, { io, exit }: CommandContext): void {
  const collect = (spec: string, before: string[]) => [...before, spec];
  program
    .command('run')
    .description('run scenarios with strategies in virtual time, and report which one wins')
    .argument('[names...]', 'scenarios: built-in names, or files (./my-scenario.ts); all built-in ones when left out')
    .option('-s, --strategy <spec>', 'a strategy, or a file (./my-limiter.ts); may be given again', collect, [])
    .option('--seeds <n|a-b>', 'how many paired seeds, or which', SEEDS_DEFAULT)
    .option('--out <folder>', 'where results.json and the report go', OUT_DEFAULT)
    .option('--no-out', 'write nothing')
    .option('--json', 'print the results as JSON instead of the report')
    .option('--workers <n>', 'worker threads; 0: everything in the main thread (default: one per core)')
    .option('--stall-after <s>', 'fail a trial that blocks its thread for this many real seconds', '60')
    .option('--claims', 'check the claims of the threads (default: unless strategies or a policy were chosen)')
    .option('--no-claims', 'do not check the claims')
    .addOption(new Option('--progress <kind>', 'progress on standard error').choices(PROGRESS_KINDS).default('auto'))
    .option('--strict', 'exit 3 when a verdict is not settled')
    .option('-q, --quiet', 'print the recommendation only')
    .option('--policy <file>', 'a policy (JSON) to use instead of the scenarios\u2019 own')
    .action(async (names: string[], options: RunOptions) => exit(await run(names, options, io)));
}

async function run(names: readonly string[], options: RunOptions, io: Io): Promise<ExitCode> {
  const seeds = parseSeeds(options.seeds);
  const workers = options.workers === undefined ? io.cores : wholeNumber('--workers', options.workers, 0, 256);
  const stallMs = wholeNumber('--stall-after', options.stallAfter, 1, 86_400) * 1000;
  const { strategy: strategies, policy = null, claims = null } = options;
  const scenarios = await loadSelection({ names, strategies, policy, claims }, io.cwd);
  const out = options.out === false ? null : resolve(io.cwd, options.out);
  if (out !== null) await checkWritable(out, String(options.out));
  const plan = planSuite(scenarios, seeds);
  const results = await runWith({ workers, stallMs }, io, options, (executor, signal, onEvent) =>
    runSuite({
      plan,
      executor,
      clock: createSystemClock(),
      version: VERSION,
      replay: replayCommand(names, options, seeds),
      signal,
      onEvent,
    }),
  );
  return finish(results, out, options, io);
}

type Work = (
  executor: Executor,
  signal: AbortSignal,
  onEvent: Parameters<typeof runSuite>[0]['onEvent'] & {},
) => Promise<SuiteResults>;

/** Runs `work` with threads, progress and Ctrl-C, and cleans up after it. */
async function runWith(
  { workers, stallMs }: { readonly workers: number; readonly stallMs: number },
  io: Io,
  options: RunOptions,
  work: Work,
): Promise<SuiteResults> {
  const clock = createSystemClock();
  const onStrayOutput = (text: string) => io.stderr.write(text);
  const executor = workers === 0 ? inProcessExecutor() : workerExecutor({ workers, stallMs, clock, onStrayOutput });
  const view = progressView(options.quiet ? 'none' : options.progress, io.stderr, clock);
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

/** Results first; then the report, made from what the file says, so that `ratelab report` gives the same bytes again. */
async function finish(made: SuiteResults, out: string | null, options: RunOptions, io: Io): Promise<ExitCode> {
  const text = canonicalJson(made);
  const results = JSON.parse(text) as SuiteResults;
  if (out !== null) await writeWhole(join(out, 'results.json'), text);
  const model = out === null ? buildReport(results) : await writeReport(results, out);
  if (out !== null) io.stderr.write(`Wrote ${options.out}: results.json, report.html, report.md, charts\n`);
  print(results, text, model, options, io);
  return exitCodeOf(results, options.strict === true);
}

function print(results: SuiteResults, text: string, model: ReportModel, options: RunOptions, io: Io): void {
  if (options.json) return io.stdout.write(text);
  if (options.quiet) return io.stdout.write(`${judgeSuite(results).headline}\n`);
  const { columns, colour } = io.stdout;
  io.stdout.write(renderTerminal(model, { columns, colour, unicode: io.unicode }));
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

function wholeNumber(option: string, text: string, from: number, to: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw inputError('run', option, `it must be a whole number from ${from} to ${to}, current value is ${text}`);
}
