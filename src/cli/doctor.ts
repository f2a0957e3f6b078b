/** `ratelab doctor`: can this machine run everything, and does it run it the same way every time? */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Command } from 'commander';
import { scenarios } from '../../scenarios/index.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { type Executor, inProcessExecutor } from '../suite/executor.ts';
import type { TrialOutput } from '../suite/run-task.ts';
import { workerExecutor } from '../suite/worker-executor.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { addRunningOptions, type RunningFlags } from './gate-options.ts';
import { EXIT, type Io } from './io.ts';
import type { CommandContext } from './program.ts';
import { textTable } from './table.ts';

/** One thing looked at. `warn`: something optional is missing. */
interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly text: string;
}

interface DoctorFlags extends RunningFlags {
  readonly aa?: boolean;
  readonly json?: boolean;
}

/** Options and action. */
export function setUpDoctor(command: Command, { io, exit }: CommandContext): void {
  addRunningOptions(command)
    .option(
      '--aa',
      'hold the build against itself with the gate: how often it cries for nothing, how little it can see',
    )
    .option('--json', 'as JSON')
    .action(async (flags: DoctorFlags) => {
      if (flags.aa === true) {
        const { selfTestCommand } = await import('./self-test.ts');
        return exit(await selfTestCommand(flags, io));
      }
      const findings = [nodeFinding(io), coresFinding(io), await chromiumFinding(io), await determinismFinding()];
      const rows = findings.map(({ name, state, text }) => [state, name, text]);
      io.stdout.write(flags.json === true ? canonicalJson(findings) : textTable(rows));
      if (findings.some(({ state }) => state === 'fail')) exit(EXIT.failed);
    });
}

function nodeFinding({ nodeVersion }: Io): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 20);
  return { name: 'node', state: enough ? 'ok' : 'fail', text: `${nodeVersion} (20.20 or later is needed)` };
}

function coresFinding({ cores }: Io): Finding {
  return { name: 'cores', state: 'ok', text: `${cores}, so a suite runs on ${cores} threads` };
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

async function chromiumFinding({ env }: Io): Promise<Finding> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const path of folders.flatMap((folder) => BROWSERS.map((name) => join(folder, name))))
    if (await isExecutable(path)) return { name: 'chromium', state: 'ok', text: path };
  return { name: 'chromium', state: 'warn', text: 'none found: only the browser tests need one' };
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The same small trial twice in this thread and once in a worker: three equal digests. */
async function determinismFinding(): Promise<Finding> {
  const name = 'determinism';
  const scenario = scenarios[0];
  if (scenario === undefined) return { name, state: 'fail', text: 'there is no scenario' };
  const here = inProcessExecutor();
  const workers = workerExecutor({ workers: 1, clock: createSystemClock() });
  try {
    const digests = [
      await digestOf(here, scenario.name),
      await digestOf(here, scenario.name),
      await digestOf(workers, scenario.name),
    ];
    const equal = new Set(digests).size === 1;
    const text = equal
      ? `${scenario.name} retry-after, seed 1, gave ${digests[0]?.slice(0, 12)} three times, once in a worker`
      : `${scenario.name} retry-after, seed 1, gave ${digests.map((digest) => digest.slice(0, 12)).join(', ')}`;
    return { name, state: equal ? 'ok' : 'fail', text };
  } finally {
    await workers.close();
  }
}

async function digestOf(executor: Executor, scenario: string): Promise<string> {
  const outputs: TrialOutput[] = [];
  const task = {
    scenario: { name: scenario, file: null, policy: null },
    variant: '',
    strategy: { spec: 'retry-after', file: null },
    seeds: [1],
    isolatedSeeds: [],
    alone: false,
    trace: false,
  };
  const end = await executor.run(task, (output) => outputs.push(output));
  return outputs[0]?.trial.digest ?? `none (${end.kind === 'lost' ? end.detail : end.kind})`;
}
