/** What the commands of the gate have in common: options, the baseline file, the time of day. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Baseline, BASELINE_FILE, parseBaseline } from '../gate/baseline.ts';
import { strangeGlobs } from '../gate/thresholds.ts';
import { GATED_METRICS } from '../gate/metrics.ts';
import { inputError } from '../results/input-error.ts';
import { didYouMean } from '../suite/sources.ts';
import { readJson } from './files.ts';
import type { Io } from './io.ts';
import { PROGRESS_KINDS } from './progress.ts';
import { type Origins, resolveSettings, type Settings } from './settings.ts';

/** Options that decide how trials are run, not what they give. */
export interface RunningFlags {
  readonly workers?: string;
  readonly stallAfter?: string;
  readonly progress?: string;
  readonly quiet?: boolean;
  readonly strict?: boolean;
  readonly config?: string;
  readonly baseline?: string;
}

/** Adds them. */
export function addRunningOptions(command: Command): Command {
  return command
    .option('--baseline <file>', `the baseline file (default: ${BASELINE_FILE}, or what the config file says)`)
    .option('--workers <n>', 'worker threads; 0: everything in the main thread (default: one per core)')
    .option('--stall-after <s>', 'fail a trial that blocks its thread for this many real seconds (default: 60)')
    .addOption(new Option('--progress <kind>', 'progress on standard error (default: auto)').choices(PROGRESS_KINDS))
    .option('--config <file>', 'a config file (default: ratelab.config.ts, .mts, .js, .mjs or .json, if there)');
}

/** Settings of a command of the gate, and its baseline file. */
export interface GateCommandSettings {
  readonly settings: Settings;
  readonly origins: Origins;
  /** As the user wrote it. */
  readonly file: string;
}

/**
 * Resolves flags, environment and config file.
 *
 * @param more Further settings by name, as flags.
 * @throws InputError also for a glob that names a metric that there is not: it would switch nothing on or off, silently.
 */
export async function gateSettings(
  flags: RunningFlags,
  more: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<GateCommandSettings> {
  const { workers, stallAfter, progress, quiet, strict, config, baseline } = flags;
  const given = { workers, stallAfter, progress, quiet, strict, ...more };
  const { settings, origins } = await resolveSettings(given, config, io);
  if (settings.wire) throw inputError('run', 'the gate', 'it is made for virtual time, but wire is set');
  const [strange] = strangeGlobs(settings.gate.thresholds ?? {});
  if (strange !== undefined) {
    const metric = strange.slice(strange.lastIndexOf('/') + 1);
    throw inputError(
      'read',
      `gate.thresholds[${JSON.stringify(strange)}]`,
      `no metric is named ${metric}${didYouMean(metric, GATED_METRICS)} (known: ${GATED_METRICS.join(', ')})`,
    );
  }
  return { settings, origins, file: baseline ?? settings.gate.baseline ?? BASELINE_FILE };
}

/**
 * Reads a baseline; null when there is no such file.
 *
 * @throws InputError when it is there and cannot be read.
 */
export async function readBaseline(file: string, cwd: string): Promise<Baseline | null> {
  return (await hasBaseline(file, cwd)) ? parseBaseline(await readJson(file, cwd), file) : null;
}

/** Whether there is a baseline file; one that cannot be reached is taken to be there. */
export function hasBaseline(file: string, cwd: string): Promise<boolean> {
  return access(resolve(cwd, file)).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
