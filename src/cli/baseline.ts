/** `ratelab baseline`: makes, shows and moves what the gate holds builds against. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type AcceptNote, type Baseline, baselineText } from '../gate/baseline.ts';
import { judge } from '../gate/judge.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { inputError } from '../results/input-error.ts';
import type { PlannedScenario } from '../suite/plan.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { countOf } from '../wording/format.ts';
import { writeWhole } from './files.ts';
import {
  addRunningOptions,
  type GateCommandSettings,
  gateSettings,
  hasBaseline,
  readBaseline,
  type RunningFlags,
} from './gate-options.ts';
import { baselineSelection, merged, unheldSelection } from './gate-selection.ts';
import { gitCommit } from './git-commit.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { measure, scenarioFingerprint } from './measure.ts';
import type { CommandContext } from './program.ts';
import { parseSeeds, seedsText } from './seeds.ts';
import { loadSelection } from './selection.ts';
import { textTable } from './table.ts';
import { VERSION } from './version.ts';

interface BaselineFlags extends RunningFlags {
  readonly strategy?: readonly string[];
  readonly seeds?: string;
  readonly policy?: string;
  readonly force?: boolean;
  readonly why?: string;
  readonly json?: boolean;
}

type Action = 'save' | 'list' | 'accept';

/** Options and action. */
export function setUpBaseline(command: Command, { io, exit }: CommandContext): void {
  const collect = (spec: string, before: string[] = []) => [...before, spec];
  addRunningOptions(command)
    .option('-s, --strategy <spec>', 'save: a strategy, or a file (./my-limiter.ts); may be given again', collect)
    .option('--seeds <n|a-b>', 'save: paired seeds (default: 20); as many again are held out, to confirm suspects on')
    .option('--policy <file>', 'save: a policy (JSON) to use instead of the scenarios\u2019 own')
    .option('--force', 'save: replace a baseline that is there')
    .option('--why <reason>', 'accept: why the new level is right; it is kept in the file')
    .option('--json', 'list: as JSON')
    .action(async (action: Action, names: string[], flags: BaselineFlags) => {
      if (action !== 'save' && names.length > 0)
        throw inputError('run', `baseline ${action}`, `it takes no names, but ${names.join(' ')} was given`);
      const { strategy: strategies, seeds, policy } = flags;
      const scenarios = names.length === 0 ? undefined : names;
      const settings = await gateSettings(flags, { strategies, seeds, policy, scenarios }, io);
      exit(await actions[action](settings, flags, io));
    });
}

const actions: Readonly<
  Record<Action, (command: GateCommandSettings, flags: BaselineFlags, io: Io) => Promise<ExitCode>>
> = { save, list, accept };

async function save(command: GateCommandSettings, flags: BaselineFlags, io: Io): Promise<ExitCode> {
  const { settings, origins, file } = command;
  const target = resolve(io.cwd, file);
  if (flags.force !== true && (await hasBaseline(file, io.cwd)))
    throw inputError(
      'save',
      file,
      'there is a baseline already; ratelab baseline accept --why "..." moves it, --force replaces it and its notes',
    );
  // Of the built-in scenarios and strategies, minutes of trials, nothing is the user's.
  if (origins.scenarios === 'default' && origins.strategies === 'default')
    throw inputError(
      'save',
      file,
      'what to hold must be named, as in ratelab baseline save users-fifty-orgs -s ./my-limiter.ts, or in a config file (ratelab init writes one)',
    );
  const seeds = parseSeeds(String(settings.seeds));
  const planned = await loadSelection({ ...settings, claims: false }, io.cwd);
  const made = await measured(planned, seeds, heldOutOf(seeds), { settings, file }, io);
  if (made === null) return EXIT.interrupted;
  await writeWhole(target, baselineText({ ...made, policy: settings.policy, notes: [] }));
  io.stderr.write(`Wrote ${file}: ${sizeText(made)}. Commit it, then: ratelab gate${baselineFlag(flags)}\n`);
  warnOfFailures(made, io);
  return EXIT.ok;
}

async function accept(command: GateCommandSettings, flags: BaselineFlags, io: Io): Promise<ExitCode> {
  const { settings, origins, file } = command;
  const why = flags.why?.trim() ?? '';
  if (why === '') throw inputError('accept', file, 'a reason must be given, which is kept in the file: --why "..."');
  if (why.length > WHY_MAX) throw inputError('accept', file, `--why must be a text of at most ${WHY_MAX} characters`);
  const before = await readBaseline(file, io.cwd);
  if (before === null)
    throw inputError('accept', file, 'there is no such file yet; ratelab baseline save makes the first');
  const { planned, absent } = await baselineSelection(before, io.cwd);
  const unheld = await unheldSelection(before, settings, origins, io.cwd);
  const made = await measured(merged([...planned, ...unheld]), before.seeds, before.heldOutSeeds, command, io);
  if (made === null) return EXIT.interrupted;
  const { checks } = judge({ baseline: before, now: made, absent, thresholds: settings.gate.thresholds ?? {} });
  const moved = checks.filter(({ verdict }) => verdict !== 'identical' && verdict !== 'within limits');
  const note: AcceptNote = {
    at: made.madeAt,
    why,
    checks: moved.slice(0, CHECKS_NOTED).map(({ key, verdict }) => `${verdict}: ${key}`),
  };
  const notes = [...before.notes, note].slice(-NOTES_MAX);
  await writeWhole(resolve(io.cwd, file), baselineText({ ...made, policy: before.policy, notes }));
  io.stderr.write(
    `Wrote ${file}: ${sizeText(made)}; ${countOf(moved.length, 'check')} moved${absent.length === 0 ? '' : `, ${countOf(absent.length, 'entry', 'entries')} dropped`}. Commit it.\n`,
  );
  io.stdout.write(moved.map(({ key, verdict }) => `${verdict}: ${key}\n`).join(''));
  warnOfFailures(made, io);
  return EXIT.ok;
}

const WHY_MAX = 1000;
const CHECKS_NOTED = 100;
const NOTES_MAX = 1000;

async function list({ file }: GateCommandSettings, flags: BaselineFlags, io: Io): Promise<ExitCode> {
  const baseline = await readBaseline(file, io.cwd);
  if (baseline === null) throw inputError('read', file, 'there is no such file; ratelab baseline save makes one');
  const entries = baseline.scenarios.flatMap(({ scenario, strategies }) =>
    strategies.map(({ strategy, trials, packages, contentHash }) => ({
      scenario,
      strategy,
      trials: trials.length,
      failed: trials.filter(({ failure }) => failure !== null).length,
      packages: packages.map(({ name, version }) => `${name} ${version}`),
      contentHash,
    })),
  );
  const { tool, madeAt, commit, seeds, heldOutSeeds, notes } = baseline;
  if (flags.json === true) {
    io.stdout.write(canonicalJson({ file, tool, madeAt, commit, seeds, heldOutSeeds, notes, entries }));
    return EXIT.ok;
  }
  const rows = entries.map((entry) => [
    entry.scenario,
    entry.strategy,
    String(entry.trials),
    String(entry.failed),
    [...entry.packages, ...(entry.contentHash === null ? [] : [`file ${entry.contentHash.slice(0, 12)}`])].join(', '),
  ]);
  io.stdout.write(
    `${file}: made ${madeAt} by ratelab ${tool}${commit === null ? '' : ` at ${commit.slice(0, 12)}`}, seeds ${seedsText(seeds)}, held out ${heldOutSeeds.length === 0 ? 'none' : seedsText(heldOutSeeds)}\n\n`,
  );
  io.stdout.write(textTable([['scenario', 'strategy', 'trials', 'failed', ''], ...rows], [2, 3]));
  for (const { at, why, checks } of notes)
    io.stdout.write(`\naccepted ${at}: ${why} (${countOf(checks.length, 'check')})\n`);
  return EXIT.ok;
}

/** Runs the seeds and the held-out ones; null when interrupted, as half a baseline is none. */
async function measured(
  planned: readonly PlannedScenario[],
  seeds: readonly number[],
  heldOutSeeds: readonly number[],
  { settings }: Pick<GateCommandSettings, 'settings' | 'file'>,
  io: Io,
): Promise<Omit<Baseline, 'policy' | 'notes'> | null> {
  const all = [...seeds, ...heldOutSeeds];
  const { measurement, complete } = await measure(planned, all, (each) => scenarioFingerprint(each, all), settings, io);
  if (!complete) {
    interrupted(io);
    return null;
  }
  const madeAt = new Date(createSystemClock().now()).toISOString();
  return { ...measurement, tool: VERSION, madeAt, commit: await gitCommit(io.cwd), seeds, heldOutSeeds };
}

function interrupted(io: Io): ExitCode {
  io.stderr.write('Interrupted: nothing was written, as half a baseline is none.\n');
  return EXIT.interrupted;
}

/** As many seeds again, right after the last. */
function heldOutOf(seeds: readonly number[]): number[] {
  const last = Math.max(...seeds);
  return seeds.map((_, index) => last + index + 1);
}

function sizeText({ scenarios, seeds, heldOutSeeds }: Omit<Baseline, 'policy' | 'notes'>): string {
  const cells = scenarios.reduce((sum, { strategies }) => sum + strategies.length, 0);
  return `${countOf(scenarios.length, 'scenario')}, ${countOf(cells, 'entry', 'entries')}, ${seeds.length} seeds and ${heldOutSeeds.length} held out`;
}

/** A baseline of failed trials or jobs holds little against anybody: that must not go unsaid. */
function warnOfFailures({ scenarios }: Omit<Baseline, 'policy' | 'notes'>, io: Io): void {
  for (const { scenario, strategies } of scenarios) {
    for (const { strategy, trials } of strategies) {
      const failed = trials.filter(({ failure }) => failure !== null);
      if (failed.length > 0)
        io.stderr.write(
          `Note: ${scenario} ${strategy}: ${failed.length} of ${trials.length} trials failed (${failed[0]?.failure ?? ''}) and are kept as failed.\n`,
        );
      const unfinished = trials.filter(({ values }) => (values['jobs-unfinished'] ?? 0) > 0);
      if (unfinished.length > 0)
        io.stderr.write(
          `Note: ${scenario} ${strategy}: jobs were lost or failed in ${unfinished.length} of ${trials.length} trials (up to ${Math.max(...unfinished.map(({ values }) => values['jobs-unfinished'] ?? 0))}), and are kept as what is normal.\n`,
        );
    }
  }
}

function baselineFlag({ baseline }: RunningFlags): string {
  return baseline === undefined ? '' : ` --baseline ${baseline}`;
}
